/*===- limit.h - The shortest time that a call could take -----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_BENCH_LIMIT_H
#define GRUCC_BENCH_LIMIT_H

#include "grucc/model.h"
#include "tools/probe/probes.h"

/* What one call must do, and the shortest time that it could take on this machine. */
typedef struct call_cost {
  double flops;         /* a multiply-add is two operations; gates are not counted */
  double weights_bytes; /* of the matrices: read at least once, and once a step in a scan */
  double limit;         /* microseconds, one thread; 0 without probes */
} call_cost;

/* Letters: T seq_len, B batch. `measured` may be NULL. */
call_cost cost_of_run(const grucc_model *model, int64_t seq_len, int64_t batch,
                      const probes *measured);
call_cost cost_of_step(const grucc_model *model, int64_t batch, const probes *measured);

#endif /* GRUCC_BENCH_LIMIT_H */
