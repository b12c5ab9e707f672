/* What Python hands over by name: objects, classes, and where these have their slots. */
#include "speedups.h"
#include <structmember.h>

PyObject *part(PyObject *parts, const char *name)
{
    PyObject *found = PyDict_GetItemString(parts, name);
    if (found == NULL && !PyErr_Occurred()) {
        PyErr_Format(PyExc_KeyError, "%s", name);
    }
    return Py_XNewRef(found);
}

PyTypeObject *part_type(PyObject *parts, const char *name)
{
    PyObject *found = part(parts, name);
    if (found != NULL && !PyType_Check(found)) {
        PyErr_Format(PyExc_TypeError, "%s is no class", name);
        Py_CLEAR(found);
    }
    return (PyTypeObject *)found;
}

Py_ssize_t slot_of(PyTypeObject *type, const char *name)
{
    PyObject *found = PyObject_GetAttrString((PyObject *)type, name);
    Py_ssize_t offset = -1;
    if (found != NULL && Py_IS_TYPE(found, &PyMemberDescr_Type)) {
        PyMemberDef *member = ((PyMemberDescrObject *)found)->d_member;
        /* What `__slots__` makes, of this very class or one that it has its layout from. */
        if (member->type == T_OBJECT_EX && PyType_IsSubtype(type, PyDescr_TYPE(found))) {
            offset = member->offset;
        }
    }
    if (found != NULL && offset < 0) {
        PyErr_Format(PyExc_TypeError, "%s has no slot %s", type->tp_name, name);
    }
    Py_XDECREF(found);
    return offset;
}
