/* The type `Fused`: called like the one in Python, which it calls for all that it leaves. */
#include "speedups.h"
#include <stddef.h>
#include <structmember.h>

enum { WHEN, LEVEL, MESSAGE, LOGGER, UNIT, SPAN, FIELDS, SAMPLING, ARGUMENTS };

static PyObject *attempt(Fused *self, PyObject *const *args)
{
    if (!PyLong_CheckExact(args[WHEN]) || !PyBytes_CheckExact(args[UNIT]) || !PyBytes_CheckExact(args[SPAN]) ||
        !PyBytes_CheckExact(args[SAMPLING])) {
        Py_RETURN_NONE;
    }
    int over = 0;
    Fields fields;
    fields_begin(&fields);
    Event event = {
        .when = PyLong_AsLongLongAndOverflow(args[WHEN], &over),
        .level = args[LEVEL], .message = args[MESSAGE], .logger = args[LOGGER],
        .unit = args[UNIT], .span = args[SPAN], .sampling = args[SAMPLING],
        .fields = &fields,
    };
    Buffer out;
    buffer_begin(&out);
    int done = over ? LEFT : fields_merge(&fields, args[FIELDS]);
    Shape *shape = done == DONE ? shapes_find(&self->known, &fields) : NULL;
    done = shape == NULL ? LEFT : fused_write(self, &event, shape, &out);
    PyObject *line = NULL;
    if (done == DONE) {
        line = PyBytes_FromStringAndSize(out.data, (Py_ssize_t)out.length);
    } else if (done == LEFT) {
        line = Py_NewRef(Py_None);
    }
    buffer_end(&out);
    fields_end(&fields);
    return line;
}

static PyObject *fused_call(PyObject *object, PyObject *const *args, size_t nargsf, PyObject *names)
{
    Fused *self = (Fused *)object;
    if (PyVectorcall_NARGS(nargsf) == ARGUMENTS && names == NULL) {
        PyObject *line = attempt(self, args);
        if (line != Py_None) {
            return line;
        }
        Py_DECREF(line);
    }
    if (self->pure == NULL) {
        /* A finaliser logs while the collector takes this apart. */
        Py_RETURN_NONE;
    }
    return PyObject_Vectorcall(self->pure, args, nargsf & ~PY_VECTORCALL_ARGUMENTS_OFFSET, names);
}

static PyObject *fused_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"pure", "fixed", "limit", "heads", "loggers", "shapes", "harmless", "naming", "holding",
                            "quiet", "scan", "scanner", "find", "flat", "lists", NULL};
    PyObject *pure, *fixed, *heads, *loggers, *shapes, *harmless, *naming, *holding, *quiet, *scan, *scanner, *find;
    Py_ssize_t limit;
    int flat, lists;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "OSnO!O!O!O!O!O!O!OOOpp:Fused", names, &pure, &fixed, &limit,
                                     &PyDict_Type, &heads, &PyDict_Type, &loggers, &PyDict_Type, &shapes, &PySet_Type,
                                     &harmless, &PyFrozenSet_Type, &naming, &PyFrozenSet_Type, &holding,
                                     &PySet_Type, &quiet, &scan, &scanner, &find, &flat, &lists)) {
        return NULL;
    }
    PyObject *module = PyType_GetModuleByDef(type, &speedups_module);
    Types *types = module == NULL ? NULL : PyModule_GetState(module);
    if (types == NULL) {
        return NULL;
    }
    if (scanner != Py_None && !Py_IS_TYPE(scanner, types->scanner)) {
        PyErr_SetString(PyExc_TypeError, "scanner is a Scanner or None");
        return NULL;
    }
    Fused *self = (Fused *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->call = fused_call;
    self->pure = Py_NewRef(pure);
    self->fixed = Py_NewRef(fixed);
    self->heads = Py_NewRef(heads);
    self->loggers = Py_NewRef(loggers);
    self->shapes = Py_NewRef(shapes);
    self->harmless = Py_NewRef(harmless);
    self->naming = Py_NewRef(naming);
    self->holding = Py_NewRef(holding);
    self->quiet = Py_NewRef(quiet);
    self->scan = Py_NewRef(scan);
    self->scanner = Py_NewRef(scanner);
    self->find = Py_NewRef(find);
    self->limit = limit;
    self->flat = flat;
    self->lists = lists;
    self->names = PyDict_New();
    if (self->names == NULL) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static int fused_traverse(PyObject *object, visitproc visit, void *arg)
{
    Fused *self = (Fused *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->pure);
    Py_VISIT(self->heads);
    Py_VISIT(self->loggers);
    Py_VISIT(self->shapes);
    Py_VISIT(self->harmless);
    Py_VISIT(self->scan);
    Py_VISIT(self->scanner);
    Py_VISIT(self->find);
    Py_VISIT(self->names);
    return 0;
}

static int fused_clear(PyObject *object)
{
    Fused *self = (Fused *)object;
    Py_CLEAR(self->pure);
    Py_CLEAR(self->scan);
    Py_CLEAR(self->find);
    return 0;
}

static void fused_dealloc(PyObject *object)
{
    Fused *self = (Fused *)object;
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    shapes_clear(&self->known);
    Py_XDECREF(self->pure);
    Py_XDECREF(self->fixed);
    Py_XDECREF(self->heads);
    Py_XDECREF(self->loggers);
    Py_XDECREF(self->shapes);
    Py_XDECREF(self->harmless);
    Py_XDECREF(self->naming);
    Py_XDECREF(self->holding);
    Py_XDECREF(self->quiet);
    Py_XDECREF(self->scan);
    Py_XDECREF(self->scanner);
    Py_XDECREF(self->find);
    Py_XDECREF(self->names);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *fused_attempt(PyObject *self, PyObject *const *args, Py_ssize_t count)
{
    if (count != ARGUMENTS) {
        PyErr_Format(PyExc_TypeError, "attempt takes %d arguments", ARGUMENTS);
        return NULL;
    }
    return attempt((Fused *)self, args);
}

static PyMethodDef fused_methods[] = {
    {"attempt", (PyCFunction)(void (*)(void))fused_attempt, METH_FASTCALL,
     "attempt(when, level, message, logger, unit, span, fields, sampling, /)\n--\n\n"
     "Return the line, or None where `pure` would be asked."},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef fused_members[] = {
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(Fused, call), READONLY, NULL},
    {"pure", T_OBJECT_EX, offsetof(Fused, pure), READONLY, "What is called for all that is not plain."},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot fused_slots[] = {
    {Py_tp_doc, "Builds, protects and serialises the plain records in one step; asks `pure` about all others.\n\n"
                "Args:\n"
                "    pure: The same in Python.\n"
                "    fixed: The service fields of every line, as JSON.\n"
                "    limit: The bytes that message and fields may have together.\n"
                "    heads, loggers, shapes, harmless: What Python has found out so far; only looked at.\n"
                "    naming, holding: Keys that may hold a name and its value.\n"
                "    quiet: Texts in lists that name nothing.\n"
                "    scan: Tells CLEAR, NESTED or SUSPECT of JSON.\n"
                "    scanner: The same for ASCII, a Scanner, or None.\n"
                "    find: Gives what is found in a text.\n"
                "    flat: Whether whatever is nested is left.\n"
                "    lists: Whether texts in lists are looked at, or left."},
    {Py_tp_new, fused_new},
    {Py_tp_dealloc, fused_dealloc},
    {Py_tp_traverse, fused_traverse},
    {Py_tp_clear, fused_clear},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_methods, fused_methods},
    {Py_tp_members, fused_members},
    {0, NULL},
};

PyType_Spec fused_spec = {
    .name = "obskit_speedups.Fused",
    .basicsize = sizeof(Fused),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = fused_slots,
};
