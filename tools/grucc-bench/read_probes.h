/*===- read_probes.h - Reads a machine's figures from JSON ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_BENCH_READ_PROBES_H
#define GRUCC_BENCH_READ_PROBES_H

#include "grucc/model.h"
#include "tools/probe/probes.h"

/* Reads a file of JSON with what measure_probes would have measured for `model`: as --json prints
 * it under "probes", or a machine's file as grucc --probe writes it; prints what is wrong with it
 * and returns 0. */
int read_probes(const char *path, const grucc_model *model, probes *read);

#endif /* GRUCC_BENCH_READ_PROBES_H */
