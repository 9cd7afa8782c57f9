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
  FIND(fail, "standin_fail");
  FIND(calls, "standin_calls");
  FIND(live, "standin_live");
  FIND(repair, "standin_repair");
#undef FIND
}

#endif /* GRUCC_TEST_RUNTIME_CUDA_INPUTS_STANDIN_H */
