/* A second look at a line that is suspected: each value alone, for the scan also sees where values meet. */
#include "speedups.h"

/* A card number may come as an integer; shorter ones are counts. */
#define COUNT_DIGITS 11

int suspicion_is_count(Piece value)
{
    if (value.data[0] == '"' || value.data[0] == '{' || value.data[0] == '[') {
        return LEFT;
    }
    /* A float is no card number. */
    return value.length <= COUNT_DIGITS || memchr(value.data, '.', value.length) != NULL ||
           memchr(value.data, 'e', value.length) != NULL;
}

/* Asks the detectors themselves, which are Python's; what they raise is left to the walk. */
static int finds_nothing(PyObject *find, Piece text)
{
    PyObject *given = PyUnicode_DecodeASCII(text.data, (Py_ssize_t)text.length, NULL);
    PyObject *spans = given == NULL ? NULL : PyObject_CallOneArg(find, given);
    int nothing = spans == NULL ? FAILED : PyObject_Not(spans);
    Py_XDECREF(given);
    Py_XDECREF(spans);
    if (nothing == FAILED && PyErr_ExceptionMatches(PyExc_Exception)) {
        PyErr_Clear();
        return LEFT;
    }
    return nothing;
}

int suspicion_unfounded(PyObject *scanner, PyObject *find, const Piece *values, size_t count)
{
    for (size_t place = 0; place < count; place++) {
        Piece value = values[place];
        if (value.data[0] != '"') {
            if (!suspicion_is_count(value) && scanner_scan(scanner, &value, 1) != CLEAR) {
                return LEFT;
            }
            continue;
        }
        Piece text = {value.data + 1, value.length - 2};
        if (memchr(text.data, '\\', text.length) != NULL) {
            return LEFT;
        }
        if (scanner_scan(scanner, &text, 1) != CLEAR) {
            int done = finds_nothing(find, text);
            if (done != DONE) {
                return done;
            }
        }
    }
    return DONE;
}
