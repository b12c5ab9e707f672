/* The way of a plain record, `Pipeline.log` without its long ways; what is not plain is left to it. */
#include "speedups.h"
#include <stddef.h>

enum { CHOOSY, LIMITS, FLIGHT, RECORDER, SINKS, HOLD, FAILURE, EVENT, LEVEL, EMITTER_NAMES };
static const char *const spelled[EMITTER_NAMES] = {
    "_choosy", "_limits", "flight", "recorder", "sinks", "hold", "failed", "event", "level",
};

/* As flight.py has it: what is larger is cut to the length of a line before it is held. */
#define MOST_HELD_BYTES (32 << 10)

struct Emitter {
    PyObject_HEAD
    PyObject *names[EMITTER_NAMES];
    PyObject *pipeline, *state;
    Fused *fused;
    long error;
    Surroundings around;
    Outlets outlets;
};

/* Hands an exception that nobody waits for to the pipeline, which counts and tells of it; others go on. */
static int tell(Emitter *self, const char *what)
{
    if (!PyErr_ExceptionMatches(PyExc_Exception)) {
        return FAILED;
    }
    PyObject *type, *value, *trace;
    PyErr_Fetch(&type, &value, &trace);
    PyErr_NormalizeException(&type, &value, &trace);
    if (trace != NULL) {
        PyException_SetTraceback(value, trace);
    }
    PyObject *name = PyUnicode_FromString(what);
    PyObject *said = name == NULL ? NULL
                                  : PyObject_CallMethodObjArgs(self->pipeline, self->names[FAILURE], name, value, NULL);
    Py_XDECREF(said);
    Py_XDECREF(name);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(trace);
    return said == NULL ? FAILED : DONE;
}

/* What the pipeline has under a name, borrowed; NULL without an exception where it has nothing. */
static PyObject *of_pipeline(Emitter *self, int name)
{
    PyObject *found = PyDict_GetItemWithError(self->state, self->names[name]);
    if (found == NULL) {
        PyErr_Clear();
    }
    return found;
}

static int gather(const Moment *moment, const Call *call, const Surroundings *around, Fields *fields)
{
    PyObject *of_unit = moment->scope == NULL ? NULL : SLOT(moment->scope, around->scope_fields);
    PyObject *layers[] = {of_unit, moment->own, moment->bound, call->bound};
    int merged = 0;
    for (size_t place = 0; place < sizeof layers / sizeof *layers; place++) {
        PyObject *layer = layers[place];
        if (layer == NULL) {
            if (place == 0 && moment->scope != NULL) {
                return LEFT;
            }
            continue;
        }
        if (!PyDict_CheckExact(layer)) {
            return LEFT;
        }
        if (PyDict_GET_SIZE(layer) > 0) {
            merged = 1;
            if (!fields_merge(fields, layer)) {
                return LEFT;
            }
        }
    }
    return merged ? fields_merge_given(fields, call->values, call->names)
                  : fields_given(fields, call->values, call->names);
}

/* Tells what becomes of a record below its logger's level: DONE with `write` or `hold` set, else it is dropped. */
static int below(Emitter *self, const Moment *moment, const Call *call, int *write, PyObject **recorder)
{
    const Surroundings *around = &self->around;
    PyObject *scope = moment->scope;
    if (scope == NULL) {
        return DONE;
    }
    PyObject *kept = SLOT(scope, around->scope_kept), *verbose = SLOT(scope, around->scope_verbose);
    PyObject *level = SLOT(scope, around->scope_level), *sealed = SLOT(scope, around->scope_sealed);
    if (level == NULL || !PyLong_CheckExact(level) || (sealed != Py_True && sealed != Py_False)) {
        return LEFT;
    }
    if (kept == Py_True || (verbose == Py_True && call->number >= PyLong_AsLong(level))) {
        *write = 1;
        return DONE;
    }
    PyObject *flight = of_pipeline(self, FLIGHT);
    PyObject *found = flight == NULL ? NULL : PyObject_GetAttr(flight, self->names[RECORDER]);
    if (found == NULL) {
        return LEFT;
    }
    if (found != Py_None && sealed == Py_False) {
        *recorder = Py_NewRef(found);
    }
    Py_DECREF(found);
    return DONE;
}

static int hold(Emitter *self, const Moment *moment, const Event *event, const Shape *shape, PyObject *recorder)
{
    Buffer out;
    buffer_begin(&out);
    int done = fused_hold(event, shape, &out);
    PyObject *held = NULL, *flight = of_pipeline(self, FLIGHT);
    if (done == DONE && flight != NULL && out.length <= MOST_HELD_BYTES) {
        held = Py_BuildValue("(y#OOLOOO)", out.data, (Py_ssize_t)out.length, self->names[EVENT], self->names[LEVEL],
                             event->when, event->level, event->logger, event->span);
    }
    buffer_end(&out);
    if (held == NULL) {
        return PyErr_Occurred() ? FAILED : LEFT;
    }
    Py_INCREF(flight);
    PyObject *said = PyObject_CallMethodObjArgs(flight, self->names[HOLD], recorder, moment->scope, held, NULL);
    Py_DECREF(flight);
    Py_DECREF(held);
    int failed = said == NULL;
    Py_XDECREF(said);
    return failed ? tell(self, "a log call") : DONE;
}

static int to_sinks(Emitter *self, PyObject *line, PyObject *level)
{
    PyObject *sinks = of_pipeline(self, SINKS);
    if (sinks == NULL || !PyList_CheckExact(sinks)) {
        return DONE;
    }
    int done = DONE;
    Py_INCREF(sinks);
    for (Py_ssize_t place = 0; done == DONE && place < PyList_GET_SIZE(sinks); place++) {
        PyObject *sink = Py_NewRef(PyList_GET_ITEM(sinks, place));
        done = outlets_console(&self->outlets, sink, line);
        if (done == LEFT) {
            PyObject *arguments[] = {NULL, line, level, Py_None};
            PyObject *said = PyObject_Vectorcall(sink, arguments + 1, 3 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
            Py_XDECREF(said);
            done = said == NULL ? FAILED : DONE;
        }
        Py_DECREF(sink);
        if (done == FAILED) {
            done = tell(self, "a sink");
        }
    }
    Py_DECREF(sinks);
    return done;
}

/* The line has its id: nothing is left to anybody else from here on. */
static int hand_out(Emitter *self, PyObject *session, const Buffer *out, PyObject *level)
{
    PyObject *line = PyBytes_FromStringAndSize(out->data, (Py_ssize_t)out->length);
    int done = line == NULL ? FAILED : outlets_journal(&self->outlets, session, line);
    if (done == FAILED) {
        done = tell(self, "a log call");
    } else {
        done = to_sinks(self, line, level);
    }
    Py_XDECREF(line);
    return done;
}

static int may_write(Emitter *self, const Moment *moment, long number)
{
    PyObject *scope = moment->scope;
    if (scope != NULL && (SLOT(scope, self->around.scope_sealed) != Py_False ||
                          (number >= self->error && SLOT(scope, self->around.scope_kept) != Py_True))) {
        return LEFT;
    }
    return number >= self->error ? of_pipeline(self, LIMITS) == Py_None : of_pipeline(self, CHOOSY) == Py_False;
}

static int write_record(Emitter *self, const Moment *moment, Event *event, Shape *shape)
{
    PyObject *session = NULL;
    if (moment->scope != NULL) {
        event->unit = SLOT(moment->scope, self->around.scope_json);
        if (event->unit == NULL || !PyBytes_CheckExact(event->unit)) {
            return LEFT;
        }
    }
    if (!outlets_session(&self->outlets, &session)) {
        return LEFT;
    }
    /* Other threads may run while Python is asked about a line: what is in use is held. */
    Py_XINCREF(event->unit);
    Buffer out;
    buffer_begin(&out);
    int done = fused_write(self->fused, event, shape, &out);
    if (done == DONE) {
        done = outlets_identify(&self->outlets, session, &out);
    }
    if (done == DONE) {
        done = hand_out(self, session, &out, event->level);
    }
    buffer_end(&out);
    Py_XDECREF(event->unit);
    Py_DECREF(session);
    return done;
}

int emitter_log(Emitter *self, const Call *call)
{
    Moment moment;
    Fields fields;
    PyObject *recorder = NULL, *nothing = NULL;
    int write = !call->below;
    int done = moment_layer(&self->around, &moment);
    fields_begin(&fields);
    if (done == DONE && call->below) {
        done = below(self, &moment, call, &write, &recorder);
        if (done == DONE && !write && recorder == NULL) {
            moment_end(&moment);
            return DONE;
        }
    }
    if (done == DONE && write) {
        done = may_write(self, &moment, call->number);
    }
    if (done == DONE) {
        done = moment_time(&self->around, &moment);
    }
    if (done == DONE) {
        done = gather(&moment, call, &self->around, &fields);
    }
    if (done == DONE && moment.span == NULL) {
        nothing = PyBytes_FromStringAndSize(NULL, 0);
        done = nothing == NULL ? FAILED : DONE;
    }
    if (done == DONE) {
        Event event = {.when = moment.when, .level = call->level, .message = call->message, .logger = call->logger,
                       .span = moment.span == NULL ? nothing : moment.span, .fields = &fields};
        Shape *shape = shapes_find(&self->fused->known, &fields);
        if (shape == NULL || shape->special) {
            done = LEFT;
        } else {
            done = write ? write_record(self, &moment, &event, shape) : hold(self, &moment, &event, shape, recorder);
        }
    }
    fields_end(&fields);
    Py_XDECREF(nothing);
    Py_XDECREF(recorder);
    moment_end(&moment);
    return done;
}

static PyObject *emitter_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"pipeline", "fused", "error", "parts", NULL};
    PyObject *pipeline, *fused, *parts;
    long error;
    PyObject *module = PyType_GetModuleByDef(type, &speedups_module);
    Types *types = module == NULL ? NULL : PyModule_GetState(module);
    if (types == NULL || !PyArg_ParseTupleAndKeywords(args, kwargs, "OO!lO!:Emitter", names, &pipeline, types->fused,
                                                      &fused, &error, &PyDict_Type, &parts)) {
        return NULL;
    }
    Emitter *self = (Emitter *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->pipeline = Py_NewRef(pipeline);
    self->fused = (Fused *)Py_NewRef(fused);
    self->error = error;
    self->state = PyObject_GetAttrString(pipeline, "__dict__");
    for (int name = 0; name < EMITTER_NAMES; name++) {
        self->names[name] = PyUnicode_InternFromString(spelled[name]);
    }
    if (PyErr_Occurred() || surroundings_begin(&self->around, parts) == FAILED ||
        outlets_begin(&self->outlets, parts) == FAILED) {
        Py_DECREF(self);
        return NULL;
    }
    return (PyObject *)self;
}

static int emitter_traverse(PyObject *object, visitproc visit, void *arg)
{
    Emitter *self = (Emitter *)object;
    Py_VISIT(Py_TYPE(object));
    Py_VISIT(self->pipeline);
    Py_VISIT(self->state);
    Py_VISIT(self->fused);
    Py_VISIT(self->outlets.sessions);
    Py_VISIT(self->outlets.finish);
    Py_VISIT(self->outlets.console);
    Py_VISIT(self->outlets.stream);
    return 0;
}

static int emitter_clear(PyObject *object)
{
    Emitter *self = (Emitter *)object;
    Py_CLEAR(self->pipeline);
    Py_CLEAR(self->state);
    Py_CLEAR(self->fused);
    for (int name = 0; name < EMITTER_NAMES; name++) {
        Py_CLEAR(self->names[name]);
    }
    surroundings_end(&self->around);
    outlets_end(&self->outlets);
    return 0;
}

static void emitter_dealloc(PyObject *object)
{
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    emitter_clear(object);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyType_Slot emitter_slots[] = {
    {Py_tp_doc, "Takes the plain records of a pipeline from the call to the write.\n\n"
                "Args:\n"
                "    pipeline: What takes all others.\n"
                "    fused: Goes from an event to the bytes of its line.\n"
                "    error: The level from which a record says that its unit has failed.\n"
                "    parts: What surrounds a call and leads out, by name: classes, context variables, functions."},
    {Py_tp_new, emitter_new},
    {Py_tp_dealloc, emitter_dealloc},
    {Py_tp_traverse, emitter_traverse},
    {Py_tp_clear, emitter_clear},
    {0, NULL},
};

PyType_Spec emitter_spec = {
    .name = "obskit_speedups.Emitter",
    .basicsize = sizeof(Emitter),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = emitter_slots,
};
