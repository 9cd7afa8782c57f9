//===- RowKernels.h - The kernels of a network's rows -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Writes the ops of dialects/rnn/RowOps.td for a network: their matrices, places of
// biases, and the names of the functions that rnn-outline-kernels makes of them.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_ROWKERNELS_H
#define GRUCC_COMPILER_TARGET_CPU_ROWKERNELS_H

#include "compiler/target/cpu/Emitter.h"
#include "compiler/target/cpu/KernelPlan.h"
#include "compiler/target/cpu/Team.h"

namespace grucc::cpu {

/// Packed weights from a byte on: of a layer, or of its W_hh.
struct PackedAt {
  Value bytes, at;
};

/// What one step reads and writes, row by row. Gates stand side by side.
struct StepRows {
  Value gates, gatesAt;
  Rows h, y;
};

class RowKernels {
public:
  RowKernels(Emitter &e, const KernelPlan &plan) : e(e), plan(plan), rowPlan(plan.forOneRow()) {}

  /// Whether a step of one row may be one kernel (stepRow), and all steps of a chunk of one
  /// row (scanSteps).
  bool fusesStep() const {
    return isOneWalk() && plan.streams() && plan.schedule.traversal.fuseStep;
  }
  /// Whether several rows go one by one, each as one row would: no kernel is one row's own.
  bool scansRowByRow() const {
    const rnn::Schedule &schedule = plan.schedule;
    return schedule.tiling.groupRows == 1 && schedule.tiling.tiles.front() == 1 && !fusesStep();
  }
  bool scansSteps() const { return isOneWalk() && plan.schedule.tiling.registerK > 0; }

  /// gates[row] = W_ih x[row] + b_x of a layer that reads `depth` elements a row, in panel
  /// order, for the units of some panels.
  void project(int64_t depth, PackedAt weights, const Rows &x, const Rows &gates, Value rows,
               const Share &panels) const;
  /// One step: y[row] = cell(gates[row], h[row]), for the units of some panels; by a kernel
  /// of its own where there is one row, unless all rows go one by one. `weights` is at W_hh; panels
  /// are walked as `descending` says. Each round of the cell is a phase: all panels go through it
  /// first.
  void scan(int64_t round, PackedAt weights, const StepRows &step, Value rows, Value descending,
            const Share &panels) const;
  /// That phase's name, behind its layer's.
  llvm::StringRef phaseOf(int64_t round) const {
    return round + 1 < plan.rounds() ? ".round" : ".scan";
  }
  /// All rounds, where the caller has looked, and has all panels.
  void scanOneRow(PackedAt weights, const StepRows &step, Value descending,
                  const Share &panels) const {
    for (int64_t round = 0; round < plan.rounds(); ++round)
      scanRows(rowPlan, round, weights, step, e.index(1), descending, panels, /*oneRow=*/true);
  }
  void scanManyRows(PackedAt weights, const StepRows &step, Value rows, Value descending,
                    const Share &panels) const {
    for (int64_t round = 0; round < plan.rounds(); ++round)
      scanRows(plan, round, weights, step, rows, descending, panels, /*oneRow=*/false);
  }
  /// Many steps of one row, whose state stays in a register, with the weights of the
  /// schedule's register_k; gates and y of the next step stand their stride further.
  void scanSteps(PackedAt weights, const Rows &gates, const Rows &h, const Rows &y,
                 Value steps) const;
  /// Projection and scan of one row and one step, panel by panel: the input part of the
  /// gates stays in registers. y is neither x nor h.
  void stepRow(int64_t depth, PackedAt weights, const Rows &x, const Rows &h, const Rows &y,
               Value descending, const Share &panels) const;

private:
  Emitter &e;
  const KernelPlan &plan;
  KernelPlan rowPlan; ///< as kernels of one row see it

  mlir::StringAttr nameOf(const llvm::Twine &suffix) const;
  /// Projection and scan, or several steps, in one walk have no place to wait for all units.
  bool isOneWalk() const { return plan.rounds() == 1; }
  mlir::IntegerAttr keptBiasAt(const KernelPlan &plan, int64_t round) const;
  void scanRows(const KernelPlan &plan, int64_t round, PackedAt weights, const StepRows &step,
                Value rows, Value descending, const Share &panels, bool oneRow) const;
};

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_ROWKERNELS_H
