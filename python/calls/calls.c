/*===- calls.c - The usual calls of a model, without a detour through Python --===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * The module grucc._calls. It knows the calls that programs make by the thousand and refuses
 * nothing: for whatever else it returns None, and the package's Python, which knows all of them,
 * looks at the call and says what is wrong.
 *
 * Letters: T steps, B batch, I input size, H hidden size, D directions, L layers.
 */
#include "arrays.h"
#include "grucc/model.h"
/* Of what Python and this file have agreed on; _native.py has the same number. */
enum { INTERFACE = 1, OBSERVERS = 3 };

typedef struct {
  PyObject_HEAD const grucc_model *model;
  PyObject *owner; /* keeps the model loaded */
  Kinds kinds;
  /* Functions of torch that give something true while it records its operators; those that are
   * not NULL are called with the argument beside them, or none. */
  PyObject *observers[OBSERVERS], *arguments[OBSERVERS];
  PyObject *torch_name, *reserved_name, *reserve_name;
} Calls;

/* None, or NULL with what stops Python itself, such as KeyboardInterrupt. */
static PyObject *leave_to_python(void) {
  if (PyErr_Occurred()) {
    if (!PyErr_ExceptionMatches(PyExc_Exception))
      return NULL;
    PyErr_Clear();
  }
  Py_RETURN_NONE;
}

/* Whether torch is not there, or records nothing. */
static bool is_unobserved(const Calls *calls) {
  if (!calls->observers[0])
    return !PyDict_GetItemWithError(PyImport_GetModuleDict(), calls->torch_name) &&
           !PyErr_Occurred();
  for (int i = 0; i < OBSERVERS; ++i) {
    PyObject *found = PyObject_CallFunctionObjArgs(calls->observers[i], calls->arguments[i], NULL);
    int observed = found ? PyObject_IsTrue(found) : -1;
    Py_XDECREF(found);
    if (observed)
      return false;
  }
  return true;
}

static bool is_number(PyObject *value, int64_t expected) {
  return PyLong_AsLongLong(value) == expected && !PyErr_Occurred();
}

/* This thread's workspace for [T, B], which Python's _Workspace keeps, and its address. The
 * reference is for the call: making arrays may begin another one that needs a larger workspace.
 * NULL: none. */
static PyObject *workspace_of(const Calls *calls, PyObject *workspace, int64_t seq_len,
                              int64_t batch, void **address) {
  PyObject *reserved = PyObject_GetAttr(workspace, calls->reserved_name);
  if (reserved && (PyTuple_GetItem(reserved, 0) == Py_None ||
                   !is_number(PyTuple_GetItem(reserved, 0), seq_len) ||
                   !is_number(PyTuple_GetItem(reserved, 1), batch))) {
    Py_CLEAR(reserved);
    if (PyErr_Occurred())
      return NULL;
    int64_t bytes = calls->model->workspace_bytes(seq_len, batch);
    PyObject *counts[] = {PyLong_FromLongLong(seq_len), PyLong_FromLongLong(batch),
                          PyLong_FromLongLong(bytes)};
    if (bytes >= 0 && counts[0] && counts[1] && counts[2])
      reserved = PyObject_CallMethodObjArgs(workspace, calls->reserve_name, counts[0], counts[1],
                                            counts[2], NULL);
    for (int i = 0; i < 3; ++i)
      Py_XDECREF(counts[i]);
  }
  *address = reserved ? PyLong_AsVoidPtr(PyTuple_GetItem(reserved, 3)) : NULL;
  if (!*address)
    Py_CLEAR(reserved);
  return reserved;
}

/* The address of packed weights in (memory, address), or in (None, 0); false: there are none. */
static bool weights_of(PyObject *weights, void **address) {
  if (weights == Py_None)
    return false;
  *address = PyLong_AsVoidPtr(PyTuple_GetItem(weights, 1));
  return *address || !PyErr_Occurred();
}

static bool has_shape(const Operand *operand, int rank, const int64_t *shape) {
  bool same = operand->rank == rank;
  for (int axis = 0; same && axis < rank; ++axis)
    same = operand->shape[axis] == shape[axis];
  return same;
}

/* (output, h_n) of a run, or NULL. */
static PyObject *run_on(const Calls *calls, const Operand *input, PyObject *h_0, PyObject *weights,
                        PyObject *workspace) {
  const grucc_model *model = calls->model;
  int rank = input->rank;
  if (rank < 2 || input->shape[rank - 1] != model->input_size)
    return NULL;
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int batch_axis = model->flags & GRUCC_MODEL_BATCH_FIRST ? 0 : 1;
  int64_t batch = rank == 3 ? input->shape[batch_axis] : 1;
  int64_t seq_len = input->shape[rank == 3 ? 1 - batch_axis : 0];
  int64_t output_shape[MAX_RANK] = {input->shape[0], input->shape[1]};
  output_shape[rank - 1] = directions * model->hidden_size;
  int64_t state_shape[MAX_RANK] = {directions * model->num_layers, batch};
  state_shape[rank - 1] = model->hidden_size;

  grucc_args args = {sizeof args, seq_len, batch, input->data, .h_0 = NULL};
  void *packed;
  if (!weights_of(weights, &packed))
    return NULL;
  args.weights = packed;
  Operand state;
  if (h_0 != Py_None) {
    if (!grucc_take(&calls->kinds, h_0, &state))
      return NULL;
    args.h_0 = state.data;
  }
  PyObject *reserved = NULL, *output = NULL, *h_n = NULL, *result = NULL;
  if (args.h_0 && (state.is_tensor != input->is_tensor || !has_shape(&state, rank, state_shape)))
    goto done;
  reserved = workspace_of(calls, workspace, seq_len, batch, &args.workspace);
  if (!reserved)
    goto done;
  output = grucc_make(&calls->kinds, input->is_tensor, rank, output_shape, &args.output);
  h_n = output ? grucc_make(&calls->kinds, input->is_tensor, rank, state_shape, &args.h_n) : NULL;
  if (h_n) {
    PyThreadState *thread = PyEval_SaveThread();
    int status = model->run(&args);
    PyEval_RestoreThread(thread);
    result = status ? NULL : PyTuple_Pack(2, output, h_n);
  }
done:
  if (args.h_0)
    grucc_release(&state);
  Py_XDECREF(reserved);
  Py_XDECREF(output);
  Py_XDECREF(h_n);
  return result;
}

/* run(input, h_0 or None, weights, workspace): (output, h_n), or None. */
static PyObject *run(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
  const Calls *calls = (Calls *)self;
  Operand input;
  if (count != 4 || !is_unobserved(calls) || !grucc_take(&calls->kinds, arguments[0], &input))
    return leave_to_python();
  PyObject *result = run_on(calls, &input, arguments[1], arguments[2], arguments[3]);
  grucc_release(&input);
  return result ? result : leave_to_python();
}

/* y of a step, or NULL. */
static PyObject *step_on(const Calls *calls, const Operand *x, int64_t batch, void *state,
                         PyObject *weights, PyObject *workspace) {
  const grucc_model *model = calls->model;
  int64_t x_shape[] = {batch, model->input_size}, y_shape[] = {batch, model->hidden_size};
  bool is_row = x->rank == 1 && batch == 1;
  void *packed, *scratch, *y;
  if (!model->step || !state || !has_shape(x, is_row ? 1 : 2, x_shape + is_row) ||
      !weights_of(weights, &packed))
    return NULL;
  PyObject *reserved = workspace_of(calls, workspace, 1, batch, &scratch);
  if (!reserved)
    return NULL;
  PyObject *array = grucc_make(&calls->kinds, x->is_tensor, is_row ? 1 : 2, y_shape + is_row, &y);
  if (array) {
    PyThreadState *thread = PyEval_SaveThread();
    int status = model->step(x->data, y, state, scratch, packed, batch);
    PyEval_RestoreThread(thread);
    if (status)
      Py_CLEAR(array);
  }
  Py_DECREF(reserved);
  return array;
}

/* step(x, batch, the state's address, weights, workspace): y, or None. */
static PyObject *step(PyObject *self, PyObject *const *arguments, Py_ssize_t count) {
  const Calls *calls = (Calls *)self;
  Operand x;
  if (count != 5 || !is_unobserved(calls) || !grucc_take(&calls->kinds, arguments[0], &x))
    return leave_to_python();
  int64_t batch = PyLong_AsLongLong(arguments[1]);
  void *state = PyLong_AsVoidPtr(arguments[2]);
  PyObject *y = NULL;
  if (!PyErr_Occurred())
    y = step_on(calls, &x, batch, state, arguments[3], arguments[4]);
  grucc_release(&x);
  return y ? y : leave_to_python();
}

/* observe(torch.Tensor, its exchange or None, its is_neg, ...): from now on torch is there. The
 * others are what _tracing.observers gives: a function, one with its argument, a function. */
static PyObject *observe(PyObject *self, PyObject *arguments) {
  Calls *calls = (Calls *)self;
  PyObject *tensor, *capsule, *is_neg, *observers[OBSERVERS], *values[OBSERVERS] = {NULL};
  if (!PyArg_ParseTuple(arguments, "OOOOOOO", &tensor, &capsule, &is_neg, &observers[0],
                        &observers[1], &values[1], &observers[2]))
    return NULL;
  if (calls->observers[0])
    Py_RETURN_NONE;
  if (capsule != Py_None) {
    const DLPackExchangeAPI *exchange = PyCapsule_GetPointer(capsule, EXCHANGE_CAPSULE);
    if (!exchange)
      return NULL;
    if (exchange->version.major == DLPACK_MAJOR && exchange->dltensor_from_py_object_no_sync) {
      calls->kinds.exchange = exchange;
      calls->kinds.is_neg = Py_NewRef(is_neg);
      calls->kinds.tensor = Py_NewRef(tensor);
    }
  }
  for (int i = OBSERVERS; i-- > 0;) {
    calls->arguments[i] = Py_XNewRef(values[i]);
    calls->observers[i] = Py_NewRef(observers[i]);
  }
  Py_RETURN_NONE;
}

static void deallocate(PyObject *self) {
  Calls *calls = (Calls *)self;
  PyTypeObject *type = Py_TYPE(self);
  Py_XDECREF(calls->owner);
  Py_XDECREF(calls->kinds.ndarray);
  Py_XDECREF(calls->kinds.empty);
  Py_XDECREF(calls->kinds.dtype);
  Py_XDECREF(calls->kinds.dtype_name);
  Py_XDECREF(calls->kinds.tensor);
  Py_XDECREF(calls->kinds.is_neg);
  for (int i = 0; i < OBSERVERS; ++i) {
    Py_XDECREF(calls->observers[i]);
    Py_XDECREF(calls->arguments[i]);
  }
  Py_XDECREF(calls->torch_name);
  Py_XDECREF(calls->reserved_name);
  Py_XDECREF(calls->reserve_name);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

/* Calls(the descriptor's address, its owner, numpy.ndarray, numpy.empty, dtype) */
static PyObject *make_calls(PyTypeObject *type, PyObject *arguments, PyObject *flags) {
  unsigned long long address;
  PyObject *owner, *ndarray, *empty, *dtype;
  if (flags || !PyArg_ParseTuple(arguments, "KOOOO", &address, &owner, &ndarray, &empty, &dtype))
    return flags ? PyErr_Format(PyExc_TypeError, "Calls: found keywords, expected none") : NULL;
  Calls *calls = (Calls *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
  if (!calls)
    return NULL;
  calls->model = (const grucc_model *)(uintptr_t)address;
  calls->owner = Py_NewRef(owner);
  calls->kinds = (Kinds){.ndarray = Py_NewRef(ndarray),
                         .empty = Py_NewRef(empty),
                         .dtype = Py_NewRef(dtype),
                         .dtype_name = PyUnicode_InternFromString("dtype"),
                         .item_bytes = calls->model->flags & GRUCC_MODEL_FLOAT64 ? 8 : 4};
  calls->torch_name = PyUnicode_InternFromString("torch");
  calls->reserved_name = PyUnicode_InternFromString("reserved");
  calls->reserve_name = PyUnicode_InternFromString("reserve");
  if (!calls->kinds.dtype_name || !calls->torch_name || !calls->reserved_name ||
      !calls->reserve_name)
    Py_CLEAR(calls);
  return (PyObject *)calls;
}

static PyMethodDef methods[] = {{"run", (PyCFunction)(void (*)(void))run, METH_FASTCALL, NULL},
                                {"step", (PyCFunction)(void (*)(void))step, METH_FASTCALL, NULL},
                                {"observe", observe, METH_VARARGS, NULL},
                                {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {{Py_tp_new, (void *)make_calls},
                              {Py_tp_dealloc, (void *)deallocate},
                              {Py_tp_methods, methods},
                              {0, NULL}};

static PyType_Spec spec = {"grucc._calls.Calls", sizeof(Calls), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_IMMUTABLETYPE, slots};

static int fill_module(PyObject *module) {
  PyObject *type = PyType_FromModuleAndSpec(module, &spec, NULL);
  int failed = !type || PyModule_AddObjectRef(module, "Calls", type) ||
               PyModule_AddIntConstant(module, "INTERFACE", INTERFACE);
  Py_XDECREF(type);
  return failed ? -1 : 0;
}

static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, (void *)fill_module}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "_calls",
                                 .m_slots = module_slots};

PyMODINIT_FUNC PyInit__calls(void) { return PyModuleDef_Init(&definition); }
