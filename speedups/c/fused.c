/* From an event to the bytes of its line: `obskit.line.fused.Fused`, which is asked about all that is not plain. */
#include "speedups.h"
#include <stddef.h>

#define MOST_NAMES 4096

/* Whose keys are judged, and what they said so far. */
typedef struct {
    Fused *fused;
    int bits;
} Judging;

static int bits_of(const Fused *fused, PyObject *name)
{
    PyObject *lower = PyUnicode_InternFromString("lower");
    PyObject *lowered = lower == NULL ? NULL : PyObject_CallMethodNoArgs(name, lower);
    Py_XDECREF(lower);
    if (lowered == NULL) {
        return FAILED;
    }
    int naming = PySet_Contains(fused->naming, lowered), holding = PySet_Contains(fused->holding, lowered);
    Py_DECREF(lowered);
    return naming < 0 || holding < 0 ? FAILED : (naming ? NAMING : 0) | (holding ? HOLDING : 0);
}

/* Tells whether a name below the fields is known to say nothing of its value. */
static int judge(void *whose, PyObject *name)
{
    Judging *judging = whose;
    Fused *fused = judging->fused;
    PyObject *known = PyDict_GetItemWithError(fused->names, name);
    if (known != NULL) {
        judging->bits |= (int)PyLong_AsLong(known);
        return DONE;
    }
    PyObject *encoded = PyErr_Occurred() ? NULL : PyUnicode_AsUTF8String(name);
    int harmless = encoded == NULL ? FAILED : PySet_Contains(fused->harmless, encoded);
    Py_XDECREF(encoded);
    int bits = harmless == DONE ? bits_of(fused, name) : FAILED;
    PyObject *number = bits == FAILED ? NULL : PyLong_FromLong(bits);
    if (number == NULL) {
        /* Not known yet: Python looks at it, and then it is. */
        PyErr_Clear();
        return LEFT;
    }
    if (PyDict_GET_SIZE(fused->names) >= MOST_NAMES) {
        PyDict_Clear(fused->names);
    }
    int done = PyDict_SetItem(fused->names, name, number);
    Py_DECREF(number);
    if (done < 0) {
        PyErr_Clear();
    }
    judging->bits |= bits;
    return DONE;
}

/* Looks up what Python has decided of these names; what it has not is its to decide. */
static void ask(Fused *fused, const Fields *fields, Shape *shape)
{
    PyObject *names = PyTuple_New(fields->count);
    if (names == NULL) {
        PyErr_Clear();
        return;
    }
    for (Py_ssize_t place = 0; place < fields->count; place++) {
        PyTuple_SET_ITEM(names, place, Py_NewRef(fields->keys[place]));
    }
    PyObject *found = PyDict_GetItemWithError(fused->shapes, names);
    int verdict = found == NULL ? UNJUDGED : (int)PyLong_AsLong(found), bits = 0;
    for (Py_ssize_t place = 0; verdict > WALKED && place < fields->count; place++) {
        int more = bits_of(fused, fields->keys[place]);
        verdict = more == FAILED ? UNJUDGED : verdict;
        bits |= more;
    }
    Py_DECREF(names);
    if (PyErr_Occurred()) {
        PyErr_Clear();
        verdict = UNJUDGED;
    }
    shape->verdict = verdict;
    shape->bits = bits;
}

/* The places in the line of what is scanned. */
typedef struct {
    Stretch text, data;
    Stretch values[MOST_FIELDS];
    Listed listed;
} Places;

static int write_fields(Fused *fused, const Event *event, Shape *shape, Writer *writer, Places *places)
{
    const Fields *fields = event->fields;
    Buffer *out = writer->out;
    Judging judging = {fused, shape->bits};
    writer->whose = &judging;
    writer->keys = (int)fields->count;
    writer->flat = fused->flat || shape->verdict == TELLING;
    writer->ascii = writer->ascii && shape->ascii;
    size_t begin = 0;
    if (!buffer_add(out, "{", 1)) {
        return LEFT;
    }
    const Py_ssize_t count = fields->count;
    for (Py_ssize_t place = 0; place < count; place++) {
        size_t length = shape->ends[place] - begin;
        if ((place > 0 && !buffer_add(out, ",", 1)) || !buffer_add(out, shape->names + begin, length)) {
            return LEFT;
        }
        begin = shape->ends[place];
        places->values[place].begin = (uint32_t)out->length;
        if (!json_value(writer, fields->values[place])) {
            return LEFT;
        }
        places->values[place].end = (uint32_t)out->length;
    }
    if (judging.bits == (NAMING | HOLDING)) {
        /* A name and its value, each under a key that says no more than that. */
        return LEFT;
    }
    writer->commas += (int)count;
    return buffer_add(out, "}", 1);
}

static int ask_python(Fused *fused, const Piece *pieces, size_t count)
{
    if (fused->scan == NULL) {
        return SUSPECT;
    }
    size_t length = 0;
    for (size_t place = 0; place < count; place++) {
        length += pieces[place].length;
    }
    PyObject *data = PyBytes_FromStringAndSize(NULL, (Py_ssize_t)length);
    if (data == NULL) {
        PyErr_Clear();
        return SUSPECT;
    }
    char *at = PyBytes_AS_STRING(data);
    for (size_t place = 0; place < count; place++) {
        memcpy(at, pieces[place].data, pieces[place].length);
        at += pieces[place].length;
    }
    PyObject *found = PyObject_CallOneArg(fused->scan, data);
    Py_DECREF(data);
    long said = found == NULL ? SUSPECT : PyLong_AsLong(found);
    Py_XDECREF(found);
    if (PyErr_Occurred()) {
        if (!PyErr_ExceptionMatches(PyExc_Exception)) {
            return FAILED;
        }
        PyErr_Clear();
        return SUSPECT;
    }
    return (int)said;
}

static int scan(Fused *fused, const Piece *pieces, size_t count, int ascii)
{
    int found = UNSURE;
    if (ascii && fused->scanner != Py_None) {
        found = scanner_scan(fused->scanner, pieces, count);
    }
    return found == UNSURE ? ask_python(fused, pieces, count) : found;
}

static Piece piece_of(const Buffer *out, Stretch stretch)
{
    return (Piece){out->data + stretch.begin, stretch.end - stretch.begin};
}

/* The scan sees where values meet, too: whatever is suspected is judged value by value, where that is short. */
static int look_again(Fused *fused, const Buffer *out, const Places *places, Py_ssize_t fields, int ascii)
{
    Piece pieces[MOST_FIELDS + 1];
    pieces[0] = piece_of(out, places->text);
    if (!ascii || fused->scanner == Py_None || fused->find == NULL || out->length > LONGEST_SUSPECT) {
        return LEFT;
    }
    for (Py_ssize_t place = 0; place < fields; place++) {
        pieces[place + 1] = piece_of(out, places->values[place]);
    }
    return suspicion_unfounded(fused->scanner, fused->find, pieces, (size_t)fields + 1);
}

static int is_clear(Fused *fused, const Buffer *out, const Places *places, Py_ssize_t fields, int ascii)
{
    Piece pieces[2 * MOST_FIELDS + 1];
    size_t count = 1;
    pieces[0] = piece_of(out, places->text);
    for (Py_ssize_t place = 0; place < fields; place++) {
        /* The names are known to say nothing, and a count holds nothing. */
        Piece value = piece_of(out, places->values[place]);
        if (!suspicion_is_count(value)) {
            pieces[count++] = (Piece){",", 1};
            pieces[count++] = value;
        }
    }
    int found = scan(fused, pieces, count, ascii);
    return found == SUSPECT ? look_again(fused, out, places, fields, ascii) : found == FAILED ? FAILED : DONE;
}

/* Tells whether no text in a list names what stands behind it, as far as Python has judged those texts before. */
static int lists_nothing(Fused *fused, const Buffer *out, const Listed *listed)
{
    int nothing = DONE;
    for (int place = 0; nothing == DONE && place < listed->count; place++) {
        Piece piece = piece_of(out, listed->texts[place]);
        PyObject *text = PyUnicode_DecodeUTF8(piece.data, (Py_ssize_t)piece.length, NULL);
        nothing = text == NULL ? FAILED : PySet_Contains(fused->quiet, text);
        Py_XDECREF(text);
    }
    if (nothing == FAILED) {
        PyErr_Clear();
        return LEFT;
    }
    return nothing;
}

static int has_bytes(PyObject *dict, PyObject *key, PyObject **found)
{
    *found = PyDict_GetItemWithError(dict, key);
    if (*found == NULL || !PyBytes_CheckExact(*found)) {
        PyErr_Clear();
        *found = NULL;
        return LEFT;
    }
    Py_INCREF(*found);
    return DONE;
}

static int write_frame(Fused *fused, const Event *event, Writer *writer, Places *places)
{
    Buffer *out = writer->out;
    PyObject *head = NULL, *logger = NULL;
    int done = has_bytes(fused->heads, event->level, &head) && has_bytes(fused->loggers, event->logger, &logger) &&
               buffer_add_time(out, event->when) && buffer_add_bytes(out, head);
    if (done) {
        places->text.begin = (uint32_t)out->length;
        done = json_text(writer, event->message);
        places->text.end = (uint32_t)out->length;
    }
    done = done && buffer_add_bytes(out, logger) && (event->unit == NULL || buffer_add_bytes(out, event->unit)) &&
           (event->span == NULL || buffer_add_bytes(out, event->span)) && buffer_add_bytes(out, fused->fixed);
    Py_XDECREF(head);
    Py_XDECREF(logger);
    return done;
}

static int write_line(Fused *fused, const Event *event, Shape *shape, Buffer *out)
{
    if (!PyUnicode_CheckExact(event->message) || !PyUnicode_CheckExact(event->logger)) {
        return LEFT;
    }
    if (shape->verdict == UNJUDGED) {
        ask(fused, event->fields, shape);
    }
    if (shape->verdict <= WALKED) {
        return LEFT;
    }
    Places places;
    places.text = places.data = (Stretch){0, 0};
    places.listed.count = 0;
    Writer writer = {.out = out, .listed = fused->lists ? &places.listed : NULL, .judge = judge, .ascii = 1};
    if (!write_frame(fused, event, &writer, &places)) {
        return LEFT;
    }
    if (event->fields->count > 0 && !buffer_add(out, ",\"context\":", 11)) {
        return LEFT;
    }
    places.data.begin = (uint32_t)out->length;
    if (!write_fields(fused, event, shape, &writer, &places)) {
        return LEFT;
    }
    places.data.end = (uint32_t)out->length;
    size_t length = places.text.end - places.text.begin + places.data.end - places.data.begin;
    if (length > (size_t)fused->limit || out->length > UINT32_MAX) {
        return LEFT;
    }
    int clear = is_clear(fused, out, &places, event->fields->count, writer.ascii);
    if (clear == DONE) {
        clear = lists_nothing(fused, out, &places.listed);
    }
    if (clear != DONE) {
        return clear;
    }
    if (event->fields->count == 0) {
        out->length = places.data.begin;
    }
    return (event->sampling == NULL || buffer_add_bytes(out, event->sampling)) && buffer_add(out, "}", 1);
}

int fused_write(Fused *fused, const Event *event, Shape *shape, Buffer *out)
{
    /* A new object may set off a collection, and Python may be asked: in both, others may log, and forget shapes. */
    fused->known.busy++;
    int done = write_line(fused, event, shape, out);
    fused->known.busy--;
    return done;
}

int fused_hold(const Event *event, const Shape *shape, Buffer *out)
{
    const Fields *fields = event->fields;
    /* Without a judge all is written: what is held is looked at when it is released. */
    Writer writer = {.out = out, .ascii = 1};
    if (shape->names == NULL || !buffer_add(out, "[", 1) || !json_text(&writer, event->message) ||
        !buffer_add(out, ",{", 2)) {
        return LEFT;
    }
    size_t begin = 0;
    for (Py_ssize_t place = 0; place < fields->count; place++) {
        size_t length = shape->ends[place] - begin;
        if ((place > 0 && !buffer_add(out, ",", 1)) || !buffer_add(out, shape->names + begin, length) ||
            !json_value(&writer, fields->values[place])) {
            return LEFT;
        }
        begin = shape->ends[place];
    }
    return buffer_add(out, "}]", 2);
}
