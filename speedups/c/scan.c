/* The prefilter over the bytes of a line: what RE2's two sets say of text in ASCII, in one pass without a call. */
#include "speedups.h"
#include <stddef.h>

typedef struct {
    PyObject_HEAD
    Automaton *first, *second;
} Scanner;

static int add_all(Automaton *automaton, PyObject *patterns, int mark)
{
    for (Py_ssize_t place = 0; place < PyTuple_GET_SIZE(patterns); place++) {
        PyObject *pattern = PyTuple_GET_ITEM(patterns, place);
        if (!PyUnicode_Check(pattern)) {
            PyErr_SetString(PyExc_TypeError, "a pattern is a text");
            return FAILED;
        }
        int done = automaton_add(automaton, pattern, mark);
        if (done == LEFT) {
            PyErr_Format(PyExc_ValueError, "a pattern that is not known here: %R", pattern);
        }
        if (done != DONE) {
            return FAILED;
        }
    }
    return DONE;
}

static PyObject *scanner_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"always", "telling", "words", NULL};
    PyObject *always, *telling, *words;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O!O!O!:Scanner", names, &PyTuple_Type, &always, &PyTuple_Type,
                                     &telling, &PyTuple_Type, &words)) {
        return NULL;
    }
    Scanner *self = (Scanner *)type->tp_alloc(type, 0);
    if (self == NULL) {
        return NULL;
    }
    self->first = automaton_new();
    self->second = automaton_new();
    if (self->first == NULL || self->second == NULL) {
        Py_DECREF(self);
        return PyErr_NoMemory();
    }
    if (add_all(self->first, always, MET) == FAILED || add_all(self->first, words, TOLD) == FAILED ||
        add_all(self->second, telling, MET) == FAILED) {
        Py_DECREF(self);
        return NULL;
    }
    if (!automaton_ready(self->first) || !automaton_ready(self->second)) {
        Py_DECREF(self);
        PyErr_SetString(PyExc_ValueError, "a pattern that every text has");
        return NULL;
    }
    return (PyObject *)self;
}

static void scanner_dealloc(PyObject *object)
{
    Scanner *self = (Scanner *)object;
    PyTypeObject *type = Py_TYPE(object);
    automaton_free(self->first);
    automaton_free(self->second);
    type->tp_free(object);
    Py_DECREF(type);
}

static int read_all(Automaton *automaton, const Piece *pieces, size_t count)
{
    Reading reading;
    reading_begin(&reading, automaton);
    for (size_t place = 0; place < count; place++) {
        int done = reading_feed(&reading, pieces[place].data, pieces[place].length);
        if (done != LEFT) {
            return done == DONE ? MET : FAILED;
        }
    }
    return reading_end(&reading);
}

int scanner_scan(PyObject *object, const Piece *pieces, size_t count)
{
    Scanner *self = (Scanner *)object;
    int marks = read_all(self->first, pieces, count);
    if (marks == TOLD) {
        marks = read_all(self->second, pieces, count);
    }
    if (marks == FAILED) {
        return UNSURE;
    }
    return marks & MET ? SUSPECT : CLEAR;
}

static PyObject *scanner_json(PyObject *self, PyObject *data)
{
    if (!PyBytes_Check(data)) {
        PyErr_SetString(PyExc_TypeError, "bytes are scanned");
        return NULL;
    }
    Piece piece = {PyBytes_AS_STRING(data), (size_t)PyBytes_GET_SIZE(data)};
    return PyLong_FromLong(scanner_scan(self, &piece, 1));
}

static PyObject *scanner_states(PyObject *object, void *Py_UNUSED(closure))
{
    Scanner *self = (Scanner *)object;
    return Py_BuildValue("(nn)", (Py_ssize_t)automaton_states(self->first), (Py_ssize_t)automaton_states(self->second));
}

static PyMethodDef scanner_methods[] = {
    {"json", scanner_json, METH_O,
     "json(data, /)\n--\n\nTell CLEAR (0) or SUSPECT (2) of bytes in ASCII; UNSURE (3) of others."},
    {NULL, NULL, 0, NULL},
};

static PyGetSetDef scanner_getset[] = {
    {"states", scanner_states, NULL, "How many states of each automaton are known by now.", NULL},
    {NULL, NULL, NULL, NULL, NULL},
};

static PyType_Slot scanner_slots[] = {
    {Py_tp_doc, "Tells whether any of many patterns is in a text.\n\n"
                "Args:\n"
                "    always: Patterns.\n"
                "    telling: Patterns that count where one of the words is there as well.\n"
                "    words: Those, as patterns.\n\n"
                "Raises:\n"
                "    ValueError: A pattern has something that is not known here."},
    {Py_tp_new, scanner_new},
    {Py_tp_dealloc, scanner_dealloc},
    {Py_tp_methods, scanner_methods},
    {Py_tp_getset, scanner_getset},
    {0, NULL},
};

PyType_Spec scanner_spec = {
    .name = "obskit_speedups.Scanner",
    .basicsize = sizeof(Scanner),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = scanner_slots,
};
