/* What the parts of the accelerator have in common. */
#ifndef OBSKIT_SPEEDUPS_H
#define OBSKIT_SPEEDUPS_H

#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <stdint.h>
#include <string.h>

/* --- buffer.c: bytes that grow, on the stack as long as they are few --- */

typedef struct {
    char *data;
    size_t length, room;
    char few[4096];
} Buffer;

void buffer_begin(Buffer *buffer);
void buffer_end(Buffer *buffer);
int buffer_reserve(Buffer *buffer, size_t more);
int buffer_add(Buffer *buffer, const char *data, size_t length);
int buffer_add_bytes(Buffer *buffer, PyObject *bytes);
int buffer_add_number(Buffer *buffer, long long number);
int buffer_add_time(Buffer *buffer, long long nanoseconds);

/* What a step answers: done, it is somebody else's (the plain Python's), or a Python exception is set. */
enum { DONE = 1, LEFT = 0, FAILED = -1 };

/* --- json.c: plain values as JSON, byte for byte as orjson writes them --- */

typedef int (*KeyJudge)(void *whose, PyObject *key);

#define MOST_FIELDS 200
#define MOST_LISTED 100

/* Places in a buffer. */
typedef struct {
    uint32_t begin, end;
} Stretch;

/* Texts in lists that may be the names of what stands behind them. */
typedef struct {
    int count;
    Stretch texts[MOST_LISTED];
} Listed;

typedef struct {
    Buffer *out;
    /* Gets the texts in lists that may be names; where it is NULL, and there is a judge, they are left. */
    Listed *listed;
    /* Asked about each key below the fields; NULL where everything may be written, escapes too. */
    KeyJudge judge;
    void *whose;
    int flat, depth, containers, commas, keys;
    int ascii;
} Writer;

int json_value(Writer *writer, PyObject *value);
int json_text(Writer *writer, PyObject *text);

/* --- pattern.c and automaton.c: does any of many patterns match, one step a byte --- */

typedef struct Automaton Automaton;

enum { MET = 1, TOLD = 2 };

Automaton *automaton_new(void);
void automaton_free(Automaton *automaton);
/* Adds a pattern; `mark` is MET or TOLD. LEFT: it has something that is not known here. */
int automaton_add(Automaton *automaton, PyObject *pattern, int mark);
int automaton_ready(Automaton *automaton);
size_t automaton_states(const Automaton *automaton);

typedef struct {
    Automaton *automaton;
    int state, marks;
} Reading;

void reading_begin(Reading *reading, Automaton *automaton);
/* FAILED here is no exception: a byte outside of ASCII, or no memory. DONE: MET, no need to go on. */
int reading_feed(Reading *reading, const char *data, size_t length);
int reading_end(Reading *reading);

/* --- scan.c: the prefilter over the bytes of a line --- */

enum { CLEAR = 0, SUSPECT = 2, UNSURE = 3 };

typedef struct {
    const char *data;
    size_t length;
} Piece;

extern PyType_Spec scanner_spec;
int scanner_scan(PyObject *scanner, const Piece *pieces, size_t count);

/* --- suspicion.c: a second look at what is suspected --- */

#define LONGEST_SUSPECT 4096

/* Whether a value as JSON is a number too short to be a secret, a fraction, true, false or null. */
int suspicion_is_count(Piece value);

/* DONE: no detector finds anything in one of these values as JSON, in ASCII, each looked at alone. */
int suspicion_unfounded(PyObject *scanner, PyObject *find, const Piece *values, size_t count);

/* --- shapes.c: what is known of the names of a record's fields --- */

typedef struct {
    Py_ssize_t count;
    int held; /* whether the references are this one's own */
    PyObject *keys[MOST_FIELDS];
    PyObject *values[MOST_FIELDS];
} Fields;

void fields_begin(Fields *fields);
void fields_end(Fields *fields);
int fields_given(Fields *fields, PyObject *const *values, PyObject *names);
int fields_merge(Fields *fields, PyObject *dict);
int fields_merge_given(Fields *fields, PyObject *const *values, PyObject *names);

enum { UNJUDGED = -1, WALKED = 0, QUIET = 1, TELLING = 2 };
enum { NAMING = 1, HOLDING = 2 };

typedef struct {
    Py_hash_t hash;
    Py_ssize_t count;
    PyObject **keys;
    int verdict;
    int special; /* a name that means something to the logger's methods */
    int bits, ascii;
    char *names; /* `"name":` for each field, one after the other */
    uint32_t *ends;
} Shape;

typedef struct {
    Shape **slots;
    size_t used;
    /* How many are looking at a shape: none goes meanwhile. */
    int busy;
} Shapes;

void shapes_clear(Shapes *shapes);
Shape *shapes_find(Shapes *shapes, const Fields *fields);

/* --- fused.c: from an event to the bytes of its line --- */

typedef struct {
    PyObject_HEAD
    vectorcallfunc call;
    PyObject *pure, *fixed, *heads, *loggers, *shapes, *harmless, *naming, *holding, *quiet, *scan, *scanner, *find,
        *names;
    Py_ssize_t limit;
    int flat, lists;
    Shapes known;
} Fused;

typedef struct {
    long long when;
    PyObject *level, *message, *logger, *unit, *span, *sampling;
    const Fields *fields;
} Event;

extern PyType_Spec fused_spec;
int fused_write(Fused *fused, const Event *event, Shape *shape, Buffer *out);
/* The event and its fields as the flight recorder keeps them. */
int fused_hold(const Event *event, const Shape *shape, Buffer *out);

/* --- emitter.c and method.c: the way of a log call --- */

/* What a logger's method was called with, and who logs. */
typedef struct {
    PyObject *level, *message, *logger, *bound;
    long number;
    int below;
    PyObject *const *values;
    PyObject *names;
} Call;

typedef struct Emitter Emitter;

extern PyType_Spec emitter_spec;
extern PyType_Spec method_spec;
int emitter_log(Emitter *emitter, const Call *call);

/* --- moment.c: what surrounds a call: the layer of the context, the span, the time --- */

typedef struct {
    PyObject *layer, *context, *key;
    PyTypeObject *layer_type, *scope_type, *span_type, *frame_type, *local_type;
    Py_ssize_t layer_frame, layer_own, frame_scope, frame_fields, frame_closed, scope_fields, scope_json, scope_kept,
        scope_verbose, scope_level, scope_sealed, span_shown, span_local, local_offset;
} Surroundings;

/* All references but `span` are held by `seen`; `span` is the bytes that a line shows, or NULL. */
typedef struct {
    PyObject *seen, *own, *bound, *scope, *span;
    long long when;
} Moment;

int surroundings_begin(Surroundings *around, PyObject *parts);
void surroundings_end(Surroundings *around);
int moment_layer(const Surroundings *around, Moment *moment);
int moment_time(const Surroundings *around, Moment *moment);
void moment_end(Moment *moment);

/* --- outlets.c: the line's way out --- */

#define OUTLET_NAMES 5

typedef struct {
    PyObject *names[OUTLET_NAMES];
    PyObject *sessions, *finish, *console, *stream, *write_all;
    PyTypeObject *session_type, *ids_type, *writer_type, *standard_type, *file_type, *descriptor_type;
    Py_ssize_t session_ids, session_writer, session_memory, ids_prefix, ids_next, writer_fd, writer_segment,
        writer_limit, writer_size, writer_slow, writer_sync, file_quiet, file_below;
} Outlets;

int outlets_begin(Outlets *outlets, PyObject *parts);
void outlets_end(Outlets *outlets);
/* The session in force, new; LEFT where none has begun. */
int outlets_session(const Outlets *outlets, PyObject **session);
int outlets_identify(const Outlets *outlets, PyObject *session, Buffer *line);
int outlets_journal(const Outlets *outlets, PyObject *session, PyObject *line);
/* Writes to a console that is a plain descriptor; LEFT where it is anything else. */
int outlets_console(const Outlets *outlets, PyObject *sink, PyObject *line);

/* --- module.c --- */

typedef struct {
    PyTypeObject *scanner, *fused, *emitter, *method;
} Types;

extern struct PyModuleDef speedups_module;

/* --- parts.c: what Python hands over by name --- */

/* New references; NULL with an exception where it is missing or of another kind. */
PyObject *part(PyObject *parts, const char *name);
PyTypeObject *part_type(PyObject *parts, const char *name);
/* The offset of a slot in the instances of a class that has `__slots__`; -1 with an exception where it has none. */
Py_ssize_t slot_of(PyTypeObject *type, const char *name);
#define SLOT(object, offset) (*(PyObject **)((char *)(object) + (offset)))

#endif
