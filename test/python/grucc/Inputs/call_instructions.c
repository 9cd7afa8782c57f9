/*===- call_instructions.c - Has callgrind count one stretch after another -===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* A library for Python, which runs under valgrind's callgrind. */
#include <grucc/model.h>
#include <valgrind/callgrind.h>

__attribute__((visibility("default"))) void begin(void) {
  CALLGRIND_START_INSTRUMENTATION;
  CALLGRIND_ZERO_STATS;
}

/* Writes down what has been counted since begin(), with a name. */
__attribute__((visibility("default"))) void end(const char *name) {
  CALLGRIND_DUMP_STATS_AT(name);
  CALLGRIND_STOP_INSTRUMENTATION;
}

__attribute__((visibility("default"))) int run(const grucc_model *model, const grucc_args *args,
                                               int count) {
  int status = 0;
  for (int i = 0; i < count; ++i)
    status |= model->run(args);
  return status;
}

__attribute__((visibility("default"))) int step(const grucc_model *model, const void *x, void *y,
                                                void *state, void *workspace, int count) {
  int status = 0;
  for (int i = 0; i < count; ++i)
    status |= model->step(x, y, state, workspace, (void *)0, 1);
  return status;
}
