/*===- cuda_driver.h - The part of the CUDA driver's interface that is used ===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * The driver library is opened when a model for a GPU is first used and never
 * linked, and no header of CUDA is needed: what is called is declared here, by
 * the driver's stable binary interface (names with _v2 are that of CUDA 4 on).
 */
#ifndef GRUCC_RUNTIME_SRC_CUDA_DRIVER_H
#define GRUCC_RUNTIME_SRC_CUDA_DRIVER_H

#include "handle.h"

/* What the driver's functions return; these two are told from the others. */
enum { GRUCC_CU_SUCCESS = 0, GRUCC_CU_OUT_OF_MEMORY = 2 };

/* CUjit_option, CUfunction_attribute, CUdevice_attribute, CUpointer_attribute, CUmemorytype,
 * CUevent_flags, CUstream_flags and CUstream: the values that are used. */
enum {
  GRUCC_CU_JIT_ERROR_LOG_BUFFER = 5,
  GRUCC_CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6,
  GRUCC_CU_FUNC_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8,
  GRUCC_CU_DEVICE_COMPUTE_CAPABILITY_MAJOR = 75,
  GRUCC_CU_DEVICE_COMPUTE_CAPABILITY_MINOR = 76,
  GRUCC_CU_POINTER_MEMORY_TYPE = 2,
  GRUCC_CU_POINTER_DEVICE_ORDINAL = 9,
  GRUCC_CU_MEMORYTYPE_DEVICE = 2,
  GRUCC_CU_EVENT_DISABLE_TIMING = 2,
  GRUCC_CU_STREAM_NON_BLOCKING = 1,
  GRUCC_CU_STREAM_PER_THREAD = 2 /* another stream in every thread */
};

/* CALL(field, symbol, parameters): CUdevice and CUresult are int, CUdeviceptr is uint64_t, and
 * contexts, modules, functions and streams are pointers. */
#define GRUCC_DRIVER_CALLS(CALL)                                                                   \
  CALL(init, "cuInit", (unsigned flags))                                                           \
  CALL(get_version, "cuDriverGetVersion", (int *version))                                          \
  CALL(count_devices, "cuDeviceGetCount", (int *count))                                            \
  CALL(get_device, "cuDeviceGet", (int *device, int ordinal))                                      \
  CALL(get_device_name, "cuDeviceGetName", (char *name, int bytes, int device))                    \
  CALL(get_device_attribute, "cuDeviceGetAttribute", (int *value, int attribute, int device))      \
  CALL(retain_context, "cuDevicePrimaryCtxRetain", (void **context, int device))                   \
  CALL(release_context, "cuDevicePrimaryCtxRelease_v2", (int device))                              \
  CALL(push_context, "cuCtxPushCurrent_v2", (void *context))                                       \
  CALL(pop_context, "cuCtxPopCurrent_v2", (void **context))                                        \
  CALL(synchronize, "cuCtxSynchronize", (void))                                                    \
  CALL(load_module, "cuModuleLoadDataEx",                                                          \
       (void **module, const void *image, unsigned count, int *options, void **values))            \
  CALL(unload_module, "cuModuleUnload", (void *module))                                            \
  CALL(get_function, "cuModuleGetFunction", (void **function, void *module, const char *name))     \
  CALL(set_function_attribute, "cuFuncSetAttribute", (void *function, int attribute, int value))   \
  CALL(allocate, "cuMemAlloc_v2", (uint64_t *memory, size_t bytes))                                \
  CALL(release, "cuMemFree_v2", (uint64_t memory))                                                 \
  CALL(copy_in, "cuMemcpyHtoDAsync_v2",                                                            \
       (uint64_t to, const void *from, size_t bytes, void *stream))                                \
  CALL(copy_out, "cuMemcpyDtoHAsync_v2", (void *to, uint64_t from, size_t bytes, void *stream))    \
  CALL(copy, "cuMemcpyDtoDAsync_v2", (uint64_t to, uint64_t from, size_t bytes, void *stream))     \
  CALL(clear, "cuMemsetD8Async", (uint64_t to, unsigned char value, size_t bytes, void *stream))   \
  CALL(get_pointer_attribute, "cuPointerGetAttribute",                                             \
       (void *value, int attribute, uint64_t address))                                             \
  CALL(make_stream, "cuStreamCreate", (void **stream, unsigned flags))                             \
  CALL(free_stream, "cuStreamDestroy_v2", (void *stream))                                          \
  CALL(synchronize_stream, "cuStreamSynchronize", (void *stream))                                  \
  CALL(make_event, "cuEventCreate", (void **event, unsigned flags))                                \
  CALL(free_event, "cuEventDestroy_v2", (void *event))                                             \
  CALL(record_event, "cuEventRecord", (void *event, void *stream))                                 \
  CALL(synchronize_event, "cuEventSynchronize", (void *event))                                     \
  CALL(launch, "cuLaunchKernel",                                                                   \
       (void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,       \
        unsigned block_y, unsigned block_z, unsigned shared_bytes, void *stream,                   \
        void **parameters, void **extra))                                                          \
  CALL(get_error_name, "cuGetErrorName", (int result, const char **name))                          \
  CALL(get_error_text, "cuGetErrorString", (int result, const char **text))

typedef struct grucc_driver {
#define GRUCC_DRIVER_FIELD(field, symbol, parameters) int(*field) parameters;
  GRUCC_DRIVER_CALLS(GRUCC_DRIVER_FIELD)
#undef GRUCC_DRIVER_FIELD
} grucc_driver;

/* The driver, opened and initialised; the same one every time. On failure records the handle's
 * error and returns GRUCC_ERROR_DEVICE. */
int grucc_need_driver(grucc_handle *handle, const grucc_driver **driver);

/* Records "what: found CUDA_ERROR_NAME (the driver's text), expected …", and returns
 * GRUCC_ERROR_MEMORY when the device's memory is full, else GRUCC_ERROR_DEVICE. */
int grucc_driver_fail(grucc_handle *handle, const grucc_driver *driver, int result,
                      const char *what, const char *expected, ...)
    __attribute__((format(printf, 5, 6)));

#endif /* GRUCC_RUNTIME_SRC_CUDA_DRIVER_H */
