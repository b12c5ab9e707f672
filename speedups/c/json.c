/* Plain values as JSON, byte for byte as orjson writes them; what is not plain is left to Python. */
#include "speedups.h"
#include <math.h>

#define DEEPEST 32
#define MOST_CONTAINERS 8
/* Beside the record and its fields, each of which is one. */
#define MOST_HELD (MOST_FIELDS - 2)
#define MOST_COMMAS (2 * MOST_FIELDS)
/* A longer text is above every limit: not even copied. */
#define LONGEST_TEXT (1 << 20)

/* What has to be escaped: 1, and what stands behind the backslash where that is a letter. */
static const unsigned char escaped[256] = {
    1, 1, 1, 1, 1, 1, 1, 1, 'b', 't', 'n', 1, 'f', 'r', 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
    ['"'] = '"', ['\\'] = '\\', [0x7F] = 1,
};

/* What steers a terminal: delete, C1, and what reorders, hides or breaks lines. Lines have it as an escape. */
static int steers(Py_UCS4 letter)
{
    return (letter >= 0x7F && letter < 0xA0) || letter == 0xAD || letter == 0x61C || letter == 0x180E ||
           letter == 0x200B || letter == 0x200E || letter == 0x200F || (letter >= 0x2028 && letter <= 0x202E) ||
           (letter >= 0x2060 && letter <= 0x206F) || letter == 0xFEFF || (letter >= 0xFFF9 && letter <= 0xFFFB) ||
           (letter >= 0xE0000 && letter <= 0xE007F);
}

static int put_ascii(Writer *writer, const unsigned char *text, size_t length)
{
    Buffer *out = writer->out;
    if (!buffer_reserve(out, length + 2)) {
        return LEFT;
    }
    char *at = out->data + out->length;
    *at++ = '"';
    size_t place = 0;
    for (; place < length && !escaped[text[place]]; place++) {
        at[place] = (char)text[place];
    }
    if (place == length) {
        at[length] = '"';
        out->length += length + 2;
        return DONE;
    }
    if (writer->judge != NULL) {
        /* An escape may be a disguise. */
        return LEFT;
    }
    if (!buffer_reserve(out, 6 * length + 2)) {
        return LEFT;
    }
    static const char digits[] = "0123456789abcdef";
    at = out->data + out->length;
    *at++ = '"';
    for (place = 0; place < length; place++) {
        unsigned char letter = text[place], how = escaped[letter];
        if (!how) {
            *at++ = (char)letter;
        } else if (how > 1) {
            *at++ = '\\';
            *at++ = (char)how;
        } else {
            memcpy(at, "\\u00", 4);
            at[4] = digits[letter >> 4];
            at[5] = digits[letter & 15];
            at += 6;
        }
    }
    *at++ = '"';
    out->length = (size_t)(at - out->data);
    return DONE;
}

static int put_wide(Writer *writer, PyObject *text)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    int kind = PyUnicode_KIND(text);
    const void *data = PyUnicode_DATA(text);
    Buffer *out = writer->out;
    writer->ascii = 0;
    if (!buffer_reserve(out, 6 * (size_t)length + 2)) {
        return LEFT;
    }
    unsigned char *at = (unsigned char *)out->data + out->length;
    *at++ = '"';
    for (Py_ssize_t place = 0; place < length; place++) {
        Py_UCS4 letter = PyUnicode_READ(kind, data, place);
        if (writer->judge != NULL && steers(letter)) {
            return LEFT;
        }
        if (letter < 0x80) {
            if (escaped[letter]) {
                /* Rare together: orjson writes it. */
                return LEFT;
            }
            *at++ = (unsigned char)letter;
        } else if (letter < 0x800) {
            *at++ = (unsigned char)(0xC0 | letter >> 6);
            *at++ = (unsigned char)(0x80 | (letter & 0x3F));
        } else if (letter < 0x10000) {
            if (letter >= 0xD800 && letter < 0xE000) {
                return LEFT;
            }
            *at++ = (unsigned char)(0xE0 | letter >> 12);
            *at++ = (unsigned char)(0x80 | (letter >> 6 & 0x3F));
            *at++ = (unsigned char)(0x80 | (letter & 0x3F));
        } else {
            *at++ = (unsigned char)(0xF0 | letter >> 18);
            *at++ = (unsigned char)(0x80 | (letter >> 12 & 0x3F));
            *at++ = (unsigned char)(0x80 | (letter >> 6 & 0x3F));
            *at++ = (unsigned char)(0x80 | (letter & 0x3F));
        }
    }
    *at++ = '"';
    out->length = (size_t)((char *)at - out->data);
    return DONE;
}

int json_text(Writer *writer, PyObject *text)
{
    Py_ssize_t length = PyUnicode_GET_LENGTH(text);
    if (length > LONGEST_TEXT) {
        return LEFT;
    }
    if (PyUnicode_IS_COMPACT_ASCII(text)) {
        return put_ascii(writer, PyUnicode_1BYTE_DATA(text), (size_t)length);
    }
    return put_wide(writer, text);
}

static int put_integer(Writer *writer, PyObject *value)
{
    int over = 0;
    long long number = PyLong_AsLongLongAndOverflow(value, &over);
    /* An exact int raises nothing here; one beyond 64 bits is orjson's to refuse or to take. */
    return over ? LEFT : buffer_add_number(writer->out, number);
}

static int put_float(Writer *writer, double value)
{
    static const double powers[] = {1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    if (!isfinite(value)) {
        return LEFT;
    }
    /* At most 15 digits that read as this very number are its shortest form: no two such numbers are one double. */
    for (int places = 0; places <= 6 && value != 0.0; places++) {
        double scaled = value * powers[places];
        if (fabs(scaled) >= 1e15 || fabs(value) < 1e-3) {
            break;
        }
        if (scaled != floor(scaled) || scaled / powers[places] != value) {
            continue;
        }
        long long digits = (long long)fabs(scaled);
        if ((value < 0 && !buffer_add(writer->out, "-", 1)) ||
            !buffer_add_number(writer->out, digits / (long long)powers[places])) {
            return LEFT;
        }
        char rest[8] = ".0";
        int last = 1;
        for (int place = places; place > 0; place--) {
            rest[place] = (char)('0' + digits % 10);
            digits /= 10;
            /* Fewer places may have missed by the rounding of the product alone. */
            last = last == 1 && rest[place] != '0' ? place : last;
        }
        return buffer_add(writer->out, rest, (size_t)last + 1);
    }
    char *text = PyOS_double_to_string(value, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    if (text == NULL) {
        PyErr_Clear();
        return LEFT;
    }
    /* Exponents are written in another way. */
    int done = strchr(text, 'e') == NULL ? buffer_add(writer->out, text, strlen(text)) : LEFT;
    PyMem_Free(text);
    return done;
}

static int comma(Writer *writer, Py_ssize_t place)
{
    if (place == 0) {
        return DONE;
    }
    return ++writer->commas > MOST_COMMAS && writer->judge != NULL ? LEFT : buffer_add(writer->out, ",", 1);
}

static int put_dict(Writer *writer, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t at = 0, place = 0;
    if (!buffer_add(writer->out, "{", 1)) {
        return LEFT;
    }
    while (PyDict_Next(dict, &at, &key, &value)) {
        if (!PyUnicode_CheckExact(key) || !comma(writer, place++)) {
            return LEFT;
        }
        /* A judge may make objects, and with that run a collection: who else holds these is not known. */
        Py_INCREF(key);
        Py_INCREF(value);
        int done = writer->judge == NULL || (++writer->keys <= MOST_FIELDS && writer->judge(writer->whose, key));
        done = done && json_text(writer, key) && buffer_add(writer->out, ":", 1) && json_value(writer, value);
        Py_DECREF(key);
        Py_DECREF(value);
        if (!done) {
            return LEFT;
        }
    }
    return buffer_add(writer->out, "}", 1);
}

static int note(Listed *listed, size_t begin, size_t end)
{
    if (listed->count == MOST_LISTED || end > UINT32_MAX) {
        return LEFT;
    }
    listed->texts[listed->count++] = (Stretch){(uint32_t)begin, (uint32_t)end};
    return DONE;
}

/* Tells whether what stands in a list may be the name of what stands behind it: `neighbours.leading`. */
static int leads(PyObject *value, Py_ssize_t place, Py_ssize_t count)
{
    if (!PyUnicode_CheckExact(value) || place == count - 1) {
        return LEFT;
    }
    return (place % 2 == 0 && count % 2 == 0) ||
           (PyUnicode_GET_LENGTH(value) > 0 && PyUnicode_READ_CHAR(value, 0) == '-');
}

static int put_list(Writer *writer, PyObject *list)
{
    if (!buffer_add(writer->out, "[", 1)) {
        return LEFT;
    }
    const Py_ssize_t count = PySequence_Fast_GET_SIZE(list);
    for (Py_ssize_t place = 0; place < count; place++) {
        if (PySequence_Fast_GET_SIZE(list) != count) {
            return LEFT;
        }
        PyObject *value = PySequence_Fast_GET_ITEM(list, place);
        int unseen = writer->judge != NULL && writer->listed == NULL && PyUnicode_CheckExact(value);
        if (unseen || !comma(writer, place)) {
            return LEFT;
        }
        size_t begin = writer->out->length;
        Py_INCREF(value);
        int done = json_value(writer, value);
        if (done && writer->listed != NULL && leads(value, place, count)) {
            done = note(writer->listed, begin + 1, writer->out->length - 1);
        }
        Py_DECREF(value);
        if (!done) {
            return LEFT;
        }
    }
    return buffer_add(writer->out, "]", 1);
}

int json_value(Writer *writer, PyObject *value)
{
    PyTypeObject *type = Py_TYPE(value);
    if (type == &PyUnicode_Type) {
        return json_text(writer, value);
    }
    if (type == &PyLong_Type) {
        return put_integer(writer, value);
    }
    if (type == &PyFloat_Type) {
        return put_float(writer, PyFloat_AS_DOUBLE(value));
    }
    if (value == Py_True) {
        return buffer_add(writer->out, "true", 4);
    }
    if (value == Py_False) {
        return buffer_add(writer->out, "false", 5);
    }
    if (value == Py_None) {
        return buffer_add(writer->out, "null", 4);
    }
    if (type != &PyDict_Type && type != &PyList_Type && type != &PyTuple_Type) {
        return LEFT;
    }
    if (type == &PyTuple_Type && writer->judge == NULL) {
        /* It may be a pair of a name and its value: held as a list, it would not be known for one on release. */
        return LEFT;
    }
    /* What stands in many places is written as often: a small value can be endless as text. */
    int most = writer->judge != NULL ? MOST_CONTAINERS - 1 : MOST_HELD;
    if (writer->flat || writer->depth >= DEEPEST || ++writer->containers > most) {
        return LEFT;
    }
    writer->depth++;
    int done = type == &PyDict_Type ? put_dict(writer, value) : put_list(writer, value);
    writer->depth--;
    return done;
}
