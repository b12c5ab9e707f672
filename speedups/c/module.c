/* The module: its types, each interpreter its own. Builds with the interpreter's lock only. */
#include "speedups.h"

/* What `obskit.line.speedups` asks for: grows when a type is called in another way. */
#define API 3

static PyTypeObject *add_type(PyObject *module, PyType_Spec *spec)
{
    PyTypeObject *type = (PyTypeObject *)PyType_FromModuleAndSpec(module, spec, NULL);
    if (type != NULL && PyModule_AddType(module, type) < 0) {
        Py_CLEAR(type);
    }
    return type;
}

static int module_exec(PyObject *module)
{
    Types *types = PyModule_GetState(module);
    types->scanner = add_type(module, &scanner_spec);
    types->fused = types->scanner == NULL ? NULL : add_type(module, &fused_spec);
    types->emitter = types->fused == NULL ? NULL : add_type(module, &emitter_spec);
    types->method = types->emitter == NULL ? NULL : add_type(module, &method_spec);
    if (types->method == NULL || PyModule_AddIntConstant(module, "API", API) < 0) {
        return -1;
    }
    return 0;
}

static int module_traverse(PyObject *module, visitproc visit, void *arg)
{
    Types *types = PyModule_GetState(module);
    Py_VISIT(types->scanner);
    Py_VISIT(types->fused);
    Py_VISIT(types->emitter);
    Py_VISIT(types->method);
    return 0;
}

static int module_clear(PyObject *module)
{
    Types *types = PyModule_GetState(module);
    Py_CLEAR(types->scanner);
    Py_CLEAR(types->fused);
    Py_CLEAR(types->emitter);
    Py_CLEAR(types->method);
    return 0;
}

static void module_free(void *module)
{
    module_clear(module);
}

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
    {0, NULL},
};

struct PyModuleDef speedups_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "obskit_speedups._c",
    .m_doc = "The parts of obskit's emit path that are faster in C.",
    .m_size = sizeof(Types),
    .m_slots = module_slots,
    .m_traverse = module_traverse,
    .m_clear = module_clear,
    .m_free = module_free,
};

PyMODINIT_FUNC PyInit__c(void)
{
    return PyModuleDef_Init(&speedups_module);
}
