/* What is known of the names of a record's fields: decided once for all records with the same names in the same order. */
#include "speedups.h"

/* A power of two, and how many of its places are taken before all begins anew. */
#define PLACES 4096
#define MOST_SHAPES 2048

void fields_begin(Fields *fields)
{
    fields->count = 0;
    fields->held = 0;
}

void fields_end(Fields *fields)
{
    if (!fields->held) {
        return;
    }
    for (Py_ssize_t place = 0; place < fields->count; place++) {
        Py_DECREF(fields->keys[place]);
        Py_DECREF(fields->values[place]);
    }
}

/* Takes the keyword arguments of a call, which the caller holds. */
int fields_given(Fields *fields, PyObject *const *values, PyObject *names)
{
    Py_ssize_t count = names == NULL ? 0 : PyTuple_GET_SIZE(names);
    if (count > MOST_FIELDS) {
        return LEFT;
    }
    for (Py_ssize_t place = 0; place < count; place++) {
        fields->keys[place] = PyTuple_GET_ITEM(names, place);
        fields->values[place] = values[place];
        if (!PyUnicode_CheckExact(fields->keys[place])) {
            return LEFT;
        }
    }
    fields->count = count;
    return DONE;
}

static int same(PyObject *one, PyObject *other)
{
    if (one == other) {
        return 1;
    }
    /* Cached in the text once it was asked for: where two differ the letters need no look. */
    if (PyObject_Hash(one) != PyObject_Hash(other)) {
        return 0;
    }
    Py_ssize_t length = PyUnicode_GET_LENGTH(one);
    return length == PyUnicode_GET_LENGTH(other) && PyUnicode_KIND(one) == PyUnicode_KIND(other) &&
           memcmp(PyUnicode_DATA(one), PyUnicode_DATA(other), (size_t)length * PyUnicode_KIND(one)) == 0;
}

/* Puts a field in the place of the one of that name among the first `known`, or at the end. */
static int put(Fields *fields, Py_ssize_t known, PyObject *key, PyObject *value)
{
    Py_ssize_t place = 0;
    while (place < known && !same(fields->keys[place], key)) {
        place++;
    }
    if (place == known) {
        place = fields->count;
    }
    if (place == MOST_FIELDS) {
        return LEFT;
    }
    Py_INCREF(value);
    if (place < fields->count) {
        /* The former value's owner holds it as well: nothing ends here. */
        Py_DECREF(fields->values[place]);
    } else {
        Py_INCREF(key);
        fields->keys[place] = key;
        fields->count++;
    }
    fields->values[place] = value;
    return DONE;
}

/* Adds a dict's items, or puts them in the place of what is there, as `{**fields, **dict}` does. */
int fields_merge(Fields *fields, PyObject *dict)
{
    PyObject *key, *value;
    Py_ssize_t at = 0, known = fields->count;
    fields->held = 1;
    if (!PyDict_CheckExact(dict)) {
        return LEFT;
    }
    while (PyDict_Next(dict, &at, &key, &value)) {
        if (!PyUnicode_CheckExact(key) || !put(fields, known, key, value)) {
            return LEFT;
        }
    }
    return DONE;
}

/* The same with the keyword arguments of a call. */
int fields_merge_given(Fields *fields, PyObject *const *values, PyObject *names)
{
    Py_ssize_t count = names == NULL ? 0 : PyTuple_GET_SIZE(names), known = fields->count;
    fields->held = 1;
    for (Py_ssize_t place = 0; place < count; place++) {
        PyObject *key = PyTuple_GET_ITEM(names, place);
        if (!PyUnicode_CheckExact(key) || !put(fields, known, key, values[place])) {
            return LEFT;
        }
    }
    return DONE;
}

static void shape_free(Shape *shape)
{
    for (Py_ssize_t place = 0; place < shape->count; place++) {
        Py_DECREF(shape->keys[place]);
    }
    PyMem_Free(shape->keys);
    PyMem_Free(shape->names);
    PyMem_Free(shape->ends);
    PyMem_Free(shape);
}

void shapes_clear(Shapes *shapes)
{
    for (size_t place = 0; shapes->slots != NULL && place < PLACES; place++) {
        if (shapes->slots[place] != NULL) {
            shape_free(shapes->slots[place]);
        }
    }
    PyMem_Free(shapes->slots);
    shapes->slots = NULL;
    shapes->used = 0;
}

static int is_special(PyObject *key)
{
    static const char *const names[] = {"event", "self", "exc_info", "stack_info", "logger"};
    for (size_t place = 0; place < sizeof names / sizeof *names; place++) {
        if (PyUnicode_CompareWithASCIIString(key, names[place]) == 0) {
            return 1;
        }
    }
    return 0;
}

static int never(void *Py_UNUSED(whose), PyObject *Py_UNUSED(key))
{
    return LEFT;
}

/* Writes the names as JSON, each with its colon; a name that has to be escaped makes the shape one to be walked. */
static int write_names(Shape *shape)
{
    Buffer out;
    buffer_begin(&out);
    /* With a judge in place nothing is escaped. */
    Writer writer = {.out = &out, .judge = never, .ascii = 1};
    int done = DONE;
    for (Py_ssize_t place = 0; done && place < shape->count; place++) {
        done = json_text(&writer, shape->keys[place]) && buffer_add(&out, ":", 1) && out.length < UINT32_MAX;
        shape->ends[place] = (uint32_t)out.length;
    }
    shape->ascii = writer.ascii;
    if (done) {
        shape->names = PyMem_Malloc(out.length + 1);
        if (shape->names != NULL) {
            memcpy(shape->names, out.data, out.length);
        }
    }
    buffer_end(&out);
    return done && shape->names != NULL;
}

static Shape *shape_new(const Fields *fields, Py_hash_t hash)
{
    Shape *shape = PyMem_Calloc(1, sizeof *shape);
    if (shape == NULL) {
        return NULL;
    }
    shape->hash = hash;
    shape->verdict = UNJUDGED;
    shape->keys = PyMem_Calloc((size_t)fields->count + 1, sizeof *shape->keys);
    shape->ends = PyMem_Calloc((size_t)fields->count + 1, sizeof *shape->ends);
    if (shape->keys == NULL || shape->ends == NULL) {
        shape_free(shape);
        return NULL;
    }
    for (; shape->count < fields->count; shape->count++) {
        shape->keys[shape->count] = Py_NewRef(fields->keys[shape->count]);
        shape->special |= is_special(fields->keys[shape->count]);
    }
    if (!write_names(shape)) {
        shape->verdict = WALKED;
    }
    return shape;
}

/* Returns what is known of the names, or NULL (without an exception) where there is no room to know anything. */
Shape *shapes_find(Shapes *shapes, const Fields *fields)
{
    Py_uhash_t hash = (Py_uhash_t)fields->count;
    size_t letters = 0;
    for (Py_ssize_t place = 0; place < fields->count; place++) {
        hash = hash * 1000003u ^ (Py_uhash_t)PyObject_Hash(fields->keys[place]);
        letters += (size_t)PyUnicode_GET_LENGTH(fields->keys[place]);
    }
    if (letters > 8 * MOST_FIELDS * 4) {
        return NULL;
    }
    if (shapes->slots == NULL || shapes->used >= MOST_SHAPES) {
        if (shapes->busy) {
            return NULL;
        }
        /* Names can come from outside: starting anew is cheaper than keeping an order. */
        shapes_clear(shapes);
        shapes->slots = PyMem_Calloc(PLACES, sizeof *shapes->slots);
        if (shapes->slots == NULL) {
            return NULL;
        }
    }
    size_t at = (size_t)(hash ^ hash >> 20) & (PLACES - 1);
    for (; shapes->slots[at] != NULL; at = (at + 1) & (PLACES - 1)) {
        Shape *known = shapes->slots[at];
        if (known->hash != (Py_hash_t)hash || known->count != fields->count) {
            continue;
        }
        Py_ssize_t place = 0;
        while (place < fields->count && same(known->keys[place], fields->keys[place])) {
            place++;
        }
        if (place == fields->count) {
            return known;
        }
    }
    Shape *made = shape_new(fields, (Py_hash_t)hash);
    if (made != NULL) {
        shapes->slots[at] = made;
        shapes->used++;
    }
    return made;
}
