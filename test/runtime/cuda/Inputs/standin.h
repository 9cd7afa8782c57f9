/*===- standin.h - The stand-in for the driver, for tests that are in on it ===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef GRUCC_TEST_RUNTIME_CUDA_INPUTS_STANDIN_H
#define GRUCC_TEST_RUNTIME_CUDA_INPUTS_STANDIN_H

#include "../../Inputs/expect.h"
#include <dlfcn.h>
#include <stdint.h>

/* Of the driver, and of standin/Driver.cpp. */
static struct {
  int (*init)(unsigned);
  int (*retain)(void **, int);
  int (*release)(int);
  int (*push)(void *);
  int (*pop)(void **);
  int (*allocate)(uint64_t *, size_t);
  int (*free)(uint64_t);
  int (*copy_in)(uint64_t, const void *, size_t, void *);
  int (*copy_out)(void *, uint64_t, size_t, void *);
  int (*make_stream)(void **, unsigned);
  int (*free_stream)(void *);
  int (*synchronize)(void *);
  int (*attribute)(int *, int, int);
  int (*total_memory)(size_t *, int);
  int (*memory)(size_t *, size_t *);
  int (*current)(void **);
  int (*set_current)(void *);
  int (*copy_in_now)(uint64_t, const void *, size_t);
  int (*copy_out_now)(void *, uint64_t, size_t);
  int (*fill_words)(uint64_t, unsigned, size_t, void *);
  int (*load)(void **, const void *, unsigned, int *, void **);
  int (*unload)(void *);
  int (*function)(void **, void *, const char *);
  int (*function_attribute)(int *, int, void *);
  int (*launch)(void *, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,
                void *, void **, void **);
  int (*make_event)(void **, unsigned);
  int (*free_event)(void *);
  int (*record)(void *, void *);
  int (*synchronize_event)(void *);
  int (*elapsed)(float *, void *, void *);
  void (*fail)(const char *, long, int);
  long (*calls)(void);
  long (*live)(void);
  void (*repair)(void);
} standin;

static inline void find_standin(void) {
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  expect(library != NULL);
#define FIND(field, symbol)                                                                        \
  do {                                                                                             \
    void *address = dlsym(library, symbol);                                                        \
    expect(address != NULL);                                                                       \
    memcpy(&standin.field, &address, sizeof address);                                              \
  } while (0)
  FIND(init, "cuInit");
  FIND(retain, "cuDevicePrimaryCtxRetain");
  FIND(release, "cuDevicePrimaryCtxRelease_v2");
  FIND(push, "cuCtxPushCurrent_v2");
  FIND(pop, "cuCtxPopCurrent_v2");
  FIND(allocate, "cuMemAlloc_v2");
  FIND(free, "cuMemFree_v2");
  FIND(copy_in, "cuMemcpyHtoDAsync_v2");
  FIND(copy_out, "cuMemcpyDtoHAsync_v2");
  FIND(make_stream, "cuStreamCreate");
  FIND(free_stream, "cuStreamDestroy_v2");
  FIND(synchronize, "cuStreamSynchronize");
  FIND(attribute, "cuDeviceGetAttribute");
  FIND(total_memory, "cuDeviceTotalMem_v2");
  FIND(memory, "cuMemGetInfo_v2");
  FIND(current, "cuCtxGetCurrent");
  FIND(set_current, "cuCtxSetCurrent");
  FIND(copy_in_now, "cuMemcpyHtoD_v2");
  FIND(copy_out_now, "cuMemcpyDtoH_v2");
  FIND(fill_words, "cuMemsetD32Async");
  FIND(load, "cuModuleLoadDataEx");
  FIND(unload, "cuModuleUnload");
  FIND(function, "cuModuleGetFunction");
  FIND(function_attribute, "cuFuncGetAttribute");
  FIND(launch, "cuLaunchKernel");
  FIND(make_event, "cuEventCreate");
  FIND(free_event, "cuEventDestroy_v2");
  FIND(record, "cuEventRecord");
  FIND(synchronize_event, "cuEventSynchronize");
  FIND(elapsed, "cuEventElapsedTime_v2");
  FIND(fail, "standin_fail");
  FIND(calls, "standin_calls");
  FIND(live, "standin_live");
  FIND(repair, "standin_repair");
#undef FIND
}

#endif /* GRUCC_TEST_RUNTIME_CUDA_INPUTS_STANDIN_H */
