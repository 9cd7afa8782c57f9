//===- ThreadParts.h - How many threads have work in a run ----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_THREADPARTS_H
#define GRUCC_COMPILER_TARGET_CPU_THREADPARTS_H

#include "compiler/target/cpu/KernelPlan.h"

namespace grucc::cpu {

/// Into how many parts a run may be divided, by the fields of #rnn.schedule. Written once:
/// turned into IR (EmitRun), or evaluated on numbers (KernelPlan::stepRows). `Ops` is Emitter,
/// or has its words on `T` (Numbers).
template <typename Ops, typename T> struct ThreadParts {
  Ops &ops;
  const KernelPlan &plan;

  /// Whether T steps of B rows are worth a second thread.
  auto isEnough(T seqLen, T batch) const {
    const rnn::Sharing &sharing = plan.schedule.sharing;
    T least = ops.index(sharing.splitFrom - 1);
    if (sharing.stepFrom < sharing.splitFrom)
      least = ops.select(ops.equal(seqLen, 1), ops.index(sharing.stepFrom - 1), least);
    return ops.less(least, ops.mul(seqLen, batch));
  }
  /// Parts of the rows; each has as many directions as there are.
  T ofRows(T threads, T batch) const {
    T parts = ops.min(ops.div(threads, plan.numDirections()),
                      ops.div(batch, plan.schedule.sharing.splitRows));
    // Even one row has two parts when there are two directions.
    return plan.numDirections() == 2 ? ops.max(parts, ops.min(ops.div(threads, 2), ops.index(1)))
                                     : parts;
  }
  /// Parts of the units, of all rows of a step.
  T ofUnits(T threads, T batch) const {
    T work = ops.div(ops.mul(batch, plan.hiddenSize), plan.schedule.sharing.splitUnits);
    return ops.min(ops.min(threads, ops.index(plan.panels().panels())), work);
  }
};

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_THREADPARTS_H
