/*===- report.h - What grucc-bench prints ---------------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_BENCH_REPORT_H
#define GRUCC_BENCH_REPORT_H

#include "limit.h"
#include "options.h"
#include "steady.h"
#include "timing.h"

/* What was measured; what was not is NULL. */
typedef struct report {
  const options *asked;
  const grucc_model *model;
  const timing *run, *step;
  const probes *measured;
  const steadiness *steady;
  const grucc_device_facts *device; /* of a model for a GPU */
} report;

void print_words(const report *printed);
void print_json(const report *printed);

#endif /* GRUCC_BENCH_REPORT_H */
