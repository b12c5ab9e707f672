/* What surrounds a log call: the layer of the context, the span, the time. */
#include "speedups.h"
#include <time.h>

int surroundings_begin(Surroundings *around, PyObject *parts)
{
    around->layer = part(parts, "layer");
    around->context = part(parts, "context");
    around->key = part(parts, "span_key");
    around->layer_type = part_type(parts, "Layer");
    around->frame_type = part_type(parts, "Frame");
    around->scope_type = part_type(parts, "Scope");
    around->span_type = part_type(parts, "Span");
    around->local_type = part_type(parts, "LocalTrace");
    if (PyErr_Occurred()) {
        return FAILED;
    }
    if (!PyContextVar_CheckExact(around->layer) || !PyContextVar_CheckExact(around->context)) {
        PyErr_SetString(PyExc_TypeError, "a context variable is wanted");
        return FAILED;
    }
    around->layer_frame = slot_of(around->layer_type, "frame");
    around->layer_own = slot_of(around->layer_type, "own");
    around->frame_scope = slot_of(around->frame_type, "scope");
    around->frame_fields = slot_of(around->frame_type, "fields");
    around->frame_closed = slot_of(around->frame_type, "closed");
    around->scope_fields = slot_of(around->scope_type, "fields");
    around->scope_json = slot_of(around->scope_type, "json");
    around->scope_kept = slot_of(around->scope_type, "kept");
    around->scope_verbose = slot_of(around->scope_type, "verbose");
    around->scope_level = slot_of(around->scope_type, "level");
    around->scope_sealed = slot_of(around->scope_type, "sealed");
    around->span_shown = slot_of(around->span_type, "shown");
    around->span_local = slot_of(around->span_type, "local");
    around->local_offset = slot_of(around->local_type, "offset");
    return PyErr_Occurred() ? FAILED : DONE;
}

void surroundings_end(Surroundings *around)
{
    Py_CLEAR(around->layer);
    Py_CLEAR(around->context);
    Py_CLEAR(around->key);
    Py_CLEAR(around->layer_type);
    Py_CLEAR(around->frame_type);
    Py_CLEAR(around->scope_type);
    Py_CLEAR(around->span_type);
    Py_CLEAR(around->local_type);
}

/* Finds the layer: LEFT where it is not as it is nearly always. */
int moment_layer(const Surroundings *around, Moment *moment)
{
    *moment = (Moment){0};
    if (PyContextVar_Get(around->layer, NULL, &moment->seen) < 0) {
        return FAILED;
    }
    if (moment->seen == NULL || !Py_IS_TYPE(moment->seen, around->layer_type)) {
        return LEFT;
    }
    PyObject *frame = SLOT(moment->seen, around->layer_frame);
    moment->own = SLOT(moment->seen, around->layer_own);
    if (frame == NULL || moment->own == NULL || !Py_IS_TYPE(frame, around->frame_type) ||
        SLOT(frame, around->frame_closed) != Py_False) {
        return LEFT;
    }
    moment->bound = SLOT(frame, around->frame_fields);
    moment->scope = SLOT(frame, around->frame_scope);
    if (moment->scope == Py_None) {
        moment->scope = NULL;
        return moment->bound == NULL ? LEFT : DONE;
    }
    return moment->scope == NULL || moment->bound == NULL || !Py_IS_TYPE(moment->scope, around->scope_type) ? LEFT : DONE;
}

/* What Python's perf_counter reads: on macOS a clock that stands still while the machine sleeps. */
#ifdef __APPLE__
#define STEADY CLOCK_UPTIME_RAW
#else
#define STEADY CLOCK_MONOTONIC
#endif

/* Negative where there is no such clock. */
static long long nanoseconds(clockid_t clock)
{
    struct timespec now;
    return clock_gettime(clock, &now) == 0 ? (long long)now.tv_sec * 1000000000 + now.tv_nsec : -1;
}

/* Finds the span and, by the clock that it shares with its local root, the time. */
int moment_time(const Surroundings *around, Moment *moment)
{
    PyObject *context;
    if (PyContextVar_Get(around->context, NULL, &context) < 0) {
        return FAILED;
    }
    int done = context != NULL && PyDict_Check(context) ? DONE : LEFT;
    PyObject *span = done ? PyDict_GetItemWithError(context, around->key) : NULL;
    if (span == NULL && PyErr_Occurred()) {
        PyErr_Clear();
        done = LEFT;
    } else if (done && span == NULL) {
        moment->when = nanoseconds(CLOCK_REALTIME);
        done = moment->when < 0 ? LEFT : DONE;
    } else if (done && Py_IS_TYPE(span, around->span_type)) {
        PyObject *local = SLOT(span, around->span_local), *shown = SLOT(span, around->span_shown);
        PyObject *offset = local == NULL || !Py_IS_TYPE(local, around->local_type)
                               ? NULL : SLOT(local, around->local_offset);
        if (offset == NULL || !PyLong_CheckExact(offset) || shown == NULL || !PyBytes_CheckExact(shown)) {
            done = LEFT;
        } else {
            int over;
            long long now = nanoseconds(STEADY), between = PyLong_AsLongLongAndOverflow(offset, &over);
            done = over || now < 0 ? LEFT : DONE;
            moment->when = done ? between + now : 0;
            moment->span = Py_NewRef(shown);
        }
    } else {
        done = LEFT;
    }
    Py_XDECREF(context);
    return done;
}

void moment_end(Moment *moment)
{
    Py_CLEAR(moment->seen);
    Py_CLEAR(moment->span);
}
