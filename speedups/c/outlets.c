/* The line's way out: its id, the journal, the console. */
#include "speedups.h"
#include <errno.h>
#include <time.h>
#include <unistd.h>

/* Nanoseconds after which a write has held its caller up: as in journal/writer.py. */
#define SLOW 50000000

/* Names that are looked up, made once. */
enum { CURRENT, LOGS, FD, FILENO, KNOWN };
static const char *const spelled[OUTLET_NAMES] = {"current", "logs", "_fd", "fileno", "_known"};

int outlets_begin(Outlets *outlets, PyObject *parts)
{
    outlets->sessions = part(parts, "sessions");
    outlets->finish = part(parts, "finish");
    outlets->console = part(parts, "console");
    outlets->stream = part(parts, "stream");
    outlets->write_all = part(parts, "write_all");
    outlets->session_type = part_type(parts, "Session");
    outlets->ids_type = part_type(parts, "LineIds");
    outlets->writer_type = part_type(parts, "Writer");
    outlets->standard_type = part_type(parts, "StandardOutput");
    outlets->file_type = part_type(parts, "FileObject");
    outlets->descriptor_type = part_type(parts, "Descriptor");
    for (int name = 0; name < OUTLET_NAMES; name++) {
        outlets->names[name] = PyUnicode_InternFromString(spelled[name]);
    }
    if (PyErr_Occurred()) {
        return FAILED;
    }
    if (!PyDict_CheckExact(outlets->sessions)) {
        PyErr_SetString(PyExc_TypeError, "sessions is a dict");
        return FAILED;
    }
    outlets->session_ids = slot_of(outlets->session_type, "ids");
    outlets->session_writer = slot_of(outlets->session_type, "writer");
    outlets->session_memory = slot_of(outlets->session_type, "memory");
    outlets->ids_prefix = slot_of(outlets->ids_type, "_prefix");
    outlets->ids_next = slot_of(outlets->ids_type, "_next");
    outlets->writer_fd = slot_of(outlets->writer_type, "_fd");
    outlets->writer_segment = slot_of(outlets->writer_type, "n");
    outlets->writer_limit = slot_of(outlets->writer_type, "_limit");
    outlets->writer_size = slot_of(outlets->writer_type, "_size");
    outlets->writer_sync = slot_of(outlets->writer_type, "_always_sync");
    outlets->writer_slow = slot_of(outlets->writer_type, "slow");
    if (outlets->console != Py_None) {
        outlets->file_quiet = slot_of(outlets->file_type, "_quiet");
        outlets->file_below = slot_of(outlets->file_type, "_below");
    }
    return PyErr_Occurred() ? FAILED : DONE;
}

void outlets_end(Outlets *outlets)
{
    Py_CLEAR(outlets->sessions);
    Py_CLEAR(outlets->finish);
    Py_CLEAR(outlets->console);
    Py_CLEAR(outlets->stream);
    Py_CLEAR(outlets->write_all);
    Py_CLEAR(outlets->session_type);
    Py_CLEAR(outlets->ids_type);
    Py_CLEAR(outlets->writer_type);
    Py_CLEAR(outlets->standard_type);
    Py_CLEAR(outlets->file_type);
    Py_CLEAR(outlets->descriptor_type);
    for (int name = 0; name < OUTLET_NAMES; name++) {
        Py_CLEAR(outlets->names[name]);
    }
}

static int is_plain_writer(const Outlets *outlets, PyObject *writer)
{
    return writer == Py_None || Py_IS_TYPE(writer, outlets->writer_type);
}

int outlets_session(const Outlets *outlets, PyObject **session)
{
    PyObject *found = PyDict_GetItemWithError(outlets->sessions, outlets->names[CURRENT]);
    if (found == NULL || !Py_IS_TYPE(found, outlets->session_type)) {
        PyErr_Clear();
        return LEFT;
    }
    PyObject *ids = SLOT(found, outlets->session_ids);
    if (ids == NULL || !Py_IS_TYPE(ids, outlets->ids_type) || SLOT(found, outlets->session_writer) == NULL ||
        SLOT(found, outlets->session_memory) != Py_None || !is_plain_writer(outlets, SLOT(found, outlets->session_writer))) {
        return LEFT;
    }
    *session = Py_NewRef(found);
    return DONE;
}

/* Ends a line with its id. From here on the line has to be written: LEFT only where none was taken. */
int outlets_identify(const Outlets *outlets, PyObject *session, Buffer *line)
{
    PyObject *ids = SLOT(session, outlets->session_ids);
    PyObject *prefixes = SLOT(ids, outlets->ids_prefix), *counters = SLOT(ids, outlets->ids_next);
    if (prefixes == NULL || counters == NULL || !PyDict_CheckExact(prefixes) || !PyDict_CheckExact(counters)) {
        return LEFT;
    }
    PyObject *prefix = PyDict_GetItemWithError(prefixes, outlets->names[LOGS]);
    PyObject *counter = PyDict_GetItemWithError(counters, outlets->names[LOGS]);
    if (prefix == NULL || counter == NULL || !PyBytes_CheckExact(prefix) || !PyIter_Check(counter) ||
        !buffer_reserve(line, (size_t)PyBytes_GET_SIZE(prefix) + 40)) {
        PyErr_Clear();
        return LEFT;
    }
    PyObject *number = PyIter_Next(counter);
    if (number == NULL) {
        return PyErr_Occurred() ? FAILED : LEFT;
    }
    long long taken = PyLong_AsLongLong(number);
    Py_DECREF(number);
    line->length--;
    buffer_add(line, ",\"id\":\"", 7);
    buffer_add_bytes(line, prefix);
    buffer_add_number(line, taken);
    buffer_add(line, "\"}\n", 3);
    return DONE;
}

static int64_t now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

/* One write without the interpreter's lock; returns what `write` does, with its errno in `trouble` and its time. */
static Py_ssize_t write_once(int fd, PyObject *line, int *trouble, int64_t *taken)
{
    ssize_t done;
    do {
        Py_BEGIN_ALLOW_THREADS
        const int64_t begun = now();
        errno = 0;
        done = write(fd, PyBytes_AS_STRING(line), (size_t)PyBytes_GET_SIZE(line));
        *trouble = errno;
        *taken = now() - begun;
        Py_END_ALLOW_THREADS
    } while (done < 0 && *trouble == EINTR && PyErr_CheckSignals() == 0);
    return (Py_ssize_t)done;
}

static int number_of(PyObject *found, long long *number)
{
    if (found == NULL) {
        PyErr_SetString(PyExc_AttributeError, "a number of the journal's writer is missing");
        return FAILED;
    }
    *number = PyLong_AsLongLong(found);
    return *number == -1 && PyErr_Occurred() ? FAILED : DONE;
}

/* Adds one to the writer's count of slow writes. */
static int count_slow(const Outlets *outlets, PyObject *writer)
{
    long long slow;
    if (number_of(SLOT(writer, outlets->writer_slow), &slow) == FAILED) {
        return FAILED;
    }
    PyObject *sum = PyLong_FromLongLong(slow + 1), *former = SLOT(writer, outlets->writer_slow);
    if (sum == NULL) {
        return FAILED;
    }
    SLOT(writer, outlets->writer_slow) = sum;
    Py_DECREF(former);
    return DONE;
}

/* Appends to the journal; what is not plain (no room, a signal's exception, `fsync`, rotation) Python finishes. */
int outlets_journal(const Outlets *outlets, PyObject *session, PyObject *line)
{
    PyObject *writer = SLOT(session, outlets->session_writer);
    if (writer == Py_None) {
        return DONE;
    }
    if (!is_plain_writer(outlets, writer)) {
        PyErr_SetString(PyExc_TypeError, "a writer of another kind");
        return FAILED;
    }
    /* Held: its descriptor can't be closed, and be someone else's, in the middle of the write. */
    Py_INCREF(writer);
    long long fd, before, limit, size;
    int trouble = 0, done = FAILED;
    if (number_of(SLOT(writer, outlets->writer_fd), &fd) == DONE &&
        number_of(SLOT(writer, outlets->writer_segment), &before) == DONE &&
        number_of(SLOT(writer, outlets->writer_limit), &limit) == DONE) {
        int64_t taken = 0;
        Py_ssize_t written = write_once((int)fd, line, &trouble, &taken);
        int counted = taken < SLOW || count_slow(outlets, writer) == DONE;
        int synced = SLOT(writer, outlets->writer_sync) != Py_False;
        /* No call of Python's stands between reading and storing, so no other thread or handler comes in between. */
        if (!counted || PyErr_Occurred() || number_of(SLOT(writer, outlets->writer_size), &size) == FAILED) {
            done = FAILED;
        } else if (written == PyBytes_GET_SIZE(line) && !synced && size + written < limit) {
            PyObject *sum = PyLong_FromLongLong(size + written), *former = SLOT(writer, outlets->writer_size);
            done = sum == NULL ? FAILED : DONE;
            if (sum != NULL) {
                SLOT(writer, outlets->writer_size) = sum;
                Py_DECREF(former);
            }
        } else {
            PyObject *said = PyObject_CallFunction(outlets->finish, "OOLni", session, line, before, written, trouble);
            done = said == NULL ? FAILED : DONE;
            Py_XDECREF(said);
        }
    }
    Py_DECREF(writer);
    return done;
}

static PyObject *exactly(PyObject *object, PyObject *name, PyTypeObject *type)
{
    PyObject *found = PyObject_GetAttr(object, name);
    if (found != NULL && !Py_IS_TYPE(found, type)) {
        Py_CLEAR(found);
    }
    PyErr_Clear();
    return found;
}

/* Returns the descriptor of a file object that runs nobody's code to tell it; -1 where it is anything else. */
static int fd_of_file(const Outlets *outlets, PyObject *stream)
{
    PyObject *below = SLOT(stream, outlets->file_below), *told;
    int fd = -1;
    if (SLOT(stream, outlets->file_quiet) == Py_True && below != NULL && PyTuple_CheckExact(below) &&
        PyTuple_GET_SIZE(below) == 3 && Py_IS_TYPE(PyTuple_GET_ITEM(below, 1), outlets->descriptor_type)) {
        /* Another thread may put something else there while the file is asked. */
        Py_INCREF(below);
        /* Asked at each write: a file that was closed may have given its number to another one. */
        told = PyObject_CallMethodNoArgs(PyTuple_GET_ITEM(below, 2), outlets->names[FILENO]);
        int same = told == NULL ? -1 : PyObject_RichCompareBool(told, PyTuple_GET_ITEM(below, 0), Py_EQ);
        fd = same == 1 ? (int)PyLong_AsLong(told) : -1;
        PyErr_Clear();
        Py_XDECREF(told);
        Py_DECREF(below);
    }
    return fd;
}

static int fd_of(const Outlets *outlets, PyObject *stream)
{
    long long fd = -1;
    if (Py_IS_TYPE(stream, outlets->file_type)) {
        return fd_of_file(outlets, stream);
    }
    if (Py_IS_TYPE(stream, outlets->descriptor_type)) {
        PyObject *number = exactly(stream, outlets->names[FD], &PyLong_Type);
        fd = number == NULL ? -1 : PyLong_AsLong(number);
        Py_XDECREF(number);
        PyErr_Clear();
        return (int)fd;
    }
    if (!Py_IS_TYPE(stream, outlets->standard_type)) {
        return -1;
    }
    PyObject *known = exactly(stream, outlets->names[KNOWN], &PyTuple_Type);
    if (known != NULL && PyTuple_GET_SIZE(known) == 2 && PyTuple_GET_ITEM(known, 0) == PySys_GetObject("stdout") &&
        Py_IS_TYPE(PyTuple_GET_ITEM(known, 1), outlets->file_type)) {
        fd = fd_of_file(outlets, PyTuple_GET_ITEM(known, 1));
    }
    Py_XDECREF(known);
    return (int)fd;
}

int outlets_console(const Outlets *outlets, PyObject *sink, PyObject *line)
{
    int fd = sink == outlets->console ? fd_of(outlets, outlets->stream) : -1, trouble = 0;
    if (fd < 0) {
        return LEFT;
    }
    int64_t taken = 0;
    Py_ssize_t done = write_once(fd, line, &trouble, &taken);
    if (done == PyBytes_GET_SIZE(line)) {
        return DONE;
    }
    if (PyErr_Occurred()) {
        return FAILED;
    }
    if (done < 0 && trouble != EAGAIN && trouble != EWOULDBLOCK) {
        errno = trouble;
        PyErr_SetFromErrno(PyExc_OSError);
        return FAILED;
    }
    PyObject *said = PyObject_CallFunction(outlets->write_all, "iO[n]", fd, line, done < 0 ? (Py_ssize_t)0 : done);
    Py_XDECREF(said);
    return said == NULL ? FAILED : DONE;
}
