//===- Kernels.h - The kernels of a network -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function here writes one private function of the generated module, or a
// part of one. From the inside out: sums (the micro-kernel), projection and
// scan of one step, a layer over a whole sequence.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_KERNELS_H
#define GRUCC_COMPILER_TARGET_CPU_KERNELS_H

#include "compiler/target/cpu/Emitter.h"
#include "compiler/target/cpu/KernelPlan.h"

namespace grucc::cpu {

/// Accumulators live at a time: rows x 3 gates x vectors.
struct Tile {
  int64_t rows, vectors;
};

/// One panel of a weight matrix at a run-time place.
struct Panel {
  Value weights; ///< memref
  Value start;   ///< index of the panel's first float
  int64_t width; ///< units
};

/// sum over k < depth of weights[k][gate][firstUnit + lane] * x[row][k], for the
/// tile's rows, gates and vectors, as [row][gate][vector], in the fixed order:
/// blocks of `k_block`, fused multiply-adds with k ascending inside, block sums
/// added in ascending order (N3, N4).
Values emitSums(Emitter &e, rnn::ScheduleAttr schedule, Tile tile, int64_t depth,
                const Panel &panel, Value firstUnit, const Rows &x, Value firstRow);

/// Calls `body` for every tile of rows, widest tiles first.
void emitRowTiles(Emitter &e, rnn::ScheduleAttr schedule, Value rows,
                  llvm::function_ref<void(Tile, Value firstRow)> body);

/// Calls `body(tile, firstUnit, valid)` for every group of the tile's vectors in
/// a panel; `valid` units of the group's last vector exist.
void emitPanelVectors(Emitter &e, const PanelLayout &layout, bool tail, Tile tile,
                      llvm::function_ref<void(Tile, Value firstUnit, int64_t valid)> body);

/// private @NAME.project_K(weights, weights_at, x, x_at, x_stride,
///                         gates, gates_at, gates_stride, rows):
/// gates[row] = W_ih x[row] + b_x, in panel order.
mlir::func::FuncOp emitProject(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan,
                               int64_t depth);

/// private @NAME.scan_row / @NAME.scan_rows(weights, weights_at, gates, gates_at,
///     h, h_at, h_stride, y, y_at, y_stride, rows, descending):
/// one step: y[row] = cell(gates[row], h[row]).
/// `scan_row` is for one row and walks the panels as `descending` says.
mlir::func::FuncOp emitScanStep(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan,
                                bool oneRow);

struct StepKernels {
  mlir::func::FuncOp projectFirst, projectRest; ///< layer 0; layers above, or null
  mlir::func::FuncOp scanRow, scanRows;
  mlir::func::FuncOp copy;
};

/// One layer over a whole sequence, in chunks of steps whose projections stay in
/// cache: private @NAME.layer_K(weights, weights_at, x, x_at, x_step, x_row,
///     y, y_at, y_step, y_row, h, h_at, h_stride, h_n, h_n_at, gates, T, B).
/// h_n rows are H apart. y may be x when K = H.
mlir::func::FuncOp emitSequence(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan,
                                int64_t depth, const StepKernels &kernels);

/// y[0 .. count) = x[0 .. count): private @NAME.copy(x, x_at, y, y_at, count).
mlir::func::FuncOp emitCopy(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_KERNELS_H
