/* A logger's method: records that go nowhere end here, plain ones are handed to the emitter, all others to Python. */
#include "speedups.h"
#include <stddef.h>
#include <structmember.h>

enum { RUNTIME, PROCESSORS, METHOD_NAMES };
static const char *const spelled[METHOD_NAMES] = {"runtime", "default_processors"};

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *names[METHOD_NAMES];
    PyObject *function, *level, *dict, *weak;
    long number;
    /* The module that knows the runtime in force; the layer that everybody begins with; what structlog knows. */
    PyObject *state, *layer, *outside, *bound, *config, *emit;
    PyTypeObject *logger_type, *named_type, *runtime_type, *emitter_type;
    Py_ssize_t named_name, named_least, logger_inner, logger_context, runtime_quick;
} Method;

/* Whether this context has bound anything by structlog.contextvars. */
static int has_bound(Method *self)
{
    PyObject *name, *variable;
    Py_ssize_t at = 0;
    int found = 0;
    while (!found && PyDict_Next(self->bound, &at, &name, &variable)) {
        PyObject *value = NULL;
        if (!PyContextVar_CheckExact(variable) || PyContextVar_Get(variable, NULL, &value) < 0) {
            PyErr_Clear();
            return 1;
        }
        /* What was unbound holds an ellipsis. */
        found = value != NULL && value != Py_Ellipsis;
        Py_XDECREF(value);
    }
    return found;
}

/* Whether nothing of structlog's stands between the call and the pipeline. */
static int is_direct(Method *self)
{
    if (PyDict_GET_SIZE(self->bound) > 0 && has_bound(self)) {
        return 0;
    }
    PyObject *processors = PyDict_GetItemWithError(self->config, self->names[PROCESSORS]);
    return processors != NULL && PyList_CheckExact(processors) && PyList_GET_SIZE(processors) == 1 &&
           PyList_GET_ITEM(processors, 0) == self->emit;
}

static Emitter *emitter_in_force(Method *self)
{
    PyObject *runtime = PyDict_GetItemWithError(self->state, self->names[RUNTIME]);
    if (runtime == NULL || !PyObject_TypeCheck(runtime, self->runtime_type)) {
        return NULL;
    }
    PyObject *found = SLOT(runtime, self->runtime_quick);
    return found != NULL && Py_IS_TYPE(found, self->emitter_type) ? (Emitter *)Py_NewRef(found) : NULL;
}

static int is_outside(Method *self)
{
    PyObject *seen = NULL;
    if (PyContextVar_Get(self->layer, NULL, &seen) < 0) {
        PyErr_Clear();
    }
    Py_XDECREF(seen);
    return seen == self->outside;
}

static int attempt(Method *self, PyObject *const *args, Py_ssize_t count, PyObject *names)
{
    PyObject *logger = args[0];
    if (!Py_IS_TYPE(logger, self->logger_type)) {
        return LEFT;
    }
    PyObject *named = SLOT(logger, self->logger_inner), *bound = SLOT(logger, self->logger_context);
    Emitter *emitter = NULL;
    int done = LEFT;
    /* Held, for whoever is called meanwhile may give the logger others. */
    Py_XINCREF(named);
    Py_XINCREF(bound);
    if (named != NULL && Py_IS_TYPE(named, self->named_type)) {
        PyObject *least = SLOT(named, self->named_least), *name = SLOT(named, self->named_name);
        long number = least != NULL && PyLong_CheckExact(least) ? PyLong_AsLong(least) : 0;
        /* 0: the logger has to ask for its level. */
        int below = self->number < number;
        if (below && is_outside(self)) {
            done = DONE;
        } else if (number > 0 && name != NULL && count == 2 && PyUnicode_CheckExact(args[1]) && is_direct(self)) {
            emitter = bound == NULL ? NULL : emitter_in_force(self);
            if (emitter != NULL) {
                Call call = {.level = self->level, .message = args[1], .logger = name, .bound = bound,
                             .number = self->number, .below = below, .values = args + count, .names = names};
                Py_INCREF(name);
                done = emitter_log(emitter, &call);
                Py_DECREF(name);
            }
        }
    }
    if (done != FAILED) {
        PyErr_Clear();
    }
    Py_XDECREF(emitter);
    Py_XDECREF(bound);
    Py_XDECREF(named);
    return done;
}

static PyObject *method_call(PyObject *object, PyObject *const *args, size_t nargsf, PyObject *names)
{
    Method *self = (Method *)object;
    Py_ssize_t count = PyVectorcall_NARGS(nargsf);
    int done = count > 0 ? attempt(self, args, count, names) : LEFT;
    if (done == DONE) {
        Py_RETURN_NONE;
    }
    return done == FAILED ? NULL : PyObject_Vectorcall(self->function, args, nargsf, names);
}

static PyObject *method_get(PyObject *self, PyObject *object, PyObject *Py_UNUSED(type))
{
    return object == NULL || object == Py_None ? Py_NewRef(self) : PyMethod_New(self, object);
}

static int method_begin(Method *self, PyObject *parts)
{
    self->state = part(parts, "state");
    self->layer = part(parts, "layer");
    self->outside = part(parts, "outside");
    self->bound = part(parts, "bound");
    PyObject *config = part(parts, "config");
    self->config = config == NULL ? NULL : PyObject_GetAttrString(config, "__dict__");
    Py_XDECREF(config);
    self->emit = part(parts, "emit");
    self->logger_type = part_type(parts, "Logger");
    self->named_type = part_type(parts, "NamedLogger");
    self->runtime_type = part_type(parts, "InForce");
    for (int name = 0; name < METHOD_NAMES; name++) {
        self->names[name] = PyUnicode_InternFromString(spelled[name]);
    }
    if (PyErr_Occurred()) {
        return FAILED;
    }
    if (!PyContextVar_CheckExact(self->layer) || !PyDict_CheckExact(self->state) || !PyDict_CheckExact(self->bound) ||
        !PyDict_CheckExact(self->config)) {
        PyErr_SetString(PyExc_TypeError, "layer is a context variable, state, bound and what config has are dicts");
        return FAILED;
    }
    self->named_name = slot_of(self->named_type, "name");
    self->named_least = slot_of(self->named_type, "least");
    self->logger_inner = slot_of(self->logger_type, "_logger");
    self->logger_context = slot_of(self->logger_type, "_context");
    self->runtime_quick = slot_of(self->runtime_type, "quick");
    return PyErr_Occurred() ? FAILED : DONE;
}

static PyObject *method_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"function", "level", "parts", NULL};
    PyObject *function, *level, *parts;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OO!O!:Method", names, &function, &PyLong_Type, &level, &PyDict_Type,
                                     &parts)) {
        return NULL;
    }
    PyObject *module = PyType_GetModuleByDef(type, &speedups_module);
    Types *types = module == NULL ? NULL : PyModule_GetState(module);
    Method *self = types == NULL ? NULL : (Method *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->call = method_call;
    self->function = Py_NewRef(function);
    self->level = Py_NewRef(level);
    self->number = PyLong_AsLong(level);
    self->emitter_type = (PyTypeObject *)Py_NewRef(types->emitter);
    if (PyErr_Occurred() || method_begin(self, parts) == FAILED) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static int method_traverse(PyObject *object, visitproc visit, void *arg)
{
    Method *self = (Method *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->function);
    Py_VISIT(self->dict);
    Py_VISIT(self->state);
    Py_VISIT(self->bound);
    Py_VISIT(self->config);
    Py_VISIT(self->emit);
    Py_VISIT(self->outside);
    Py_VISIT(self->logger_type);
    Py_VISIT(self->named_type);
    Py_VISIT(self->runtime_type);
    Py_VISIT(self->emitter_type);
    return 0;
}

static int method_clear(PyObject *object)
{
    Method *self = (Method *)object;
    for (int name = 0; name < METHOD_NAMES; name++) {
        Py_CLEAR(self->names[name]);
    }
    Py_CLEAR(self->function);
    Py_CLEAR(self->level);
    Py_CLEAR(self->dict);
    Py_CLEAR(self->state);
    Py_CLEAR(self->layer);
    Py_CLEAR(self->outside);
    Py_CLEAR(self->bound);
    Py_CLEAR(self->config);
    Py_CLEAR(self->emit);
    Py_CLEAR(self->logger_type);
    Py_CLEAR(self->named_type);
    Py_CLEAR(self->runtime_type);
    Py_CLEAR(self->emitter_type);
    return 0;
}

static void method_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    if (((Method *)object)->weak != NULL) {
        PyObject_ClearWeakRefs(object);
    }
    method_clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyMemberDef method_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Method, call), READONLY, NULL},
    {"__dictoffset__", T_PYSSIZET, offsetof(Method, dict), READONLY, NULL},
    {"__weaklistoffset__", T_PYSSIZET, offsetof(Method, weak), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyGetSetDef method_getset[] = {
    {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot method_slots[] = {
    {Py_tp_new, method_new},
    {Py_tp_dealloc, method_dealloc},
    {Py_tp_traverse, method_traverse},
    {Py_tp_clear, method_clear},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_descr_get, method_get},
    {Py_tp_members, method_members},
    {Py_tp_getset, method_getset},
    {0, NULL},
};

PyType_Spec method_spec = {
    .name = "obskit_speedups.Method",
    .basicsize = sizeof(Method),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_METHOD_DESCRIPTOR |
             Py_TPFLAGS_IMMUTABLETYPE,
    .slots = method_slots,
};
