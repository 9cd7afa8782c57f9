//===- Kernels.h - The kernels of a network -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What writes the private functions of the generated module: layers over a whole sequence, and
// what they call beside the kernels of rows.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_KERNELS_H
#define GRUCC_COMPILER_TARGET_CPU_KERNELS_H

#include "compiler/target/cpu/LayerOperands.h"

namespace grucc::cpu {

/// The parity of a step of a stream, 0 or 1: the half of a state that it reads, and the
/// direction of its walk over panels. Of the step's turn in a run; or from where the half that
/// it reads stands, and that which it writes. (In a stream's own state it is kept:
/// StreamState::parity.)
Value emitParity(Emitter &e, Value turn);
Value emitParity(Emitter &e, Value old, Value next);

/// What a layer is made of.
struct StepKernels {
  RowKernels rows;
  mlir::func::FuncOp project; ///< emitProject
  mlir::func::FuncOp copy;    ///< emitCopy
  mlir::func::FuncOp dropout; ///< emitDropout, or null
};

/// private @NAME.project(upper, weights, weights_at, x, x_at, x_stride, gates, gates_at,
/// gates_stride, rows, first_panel, end_panel): the projection of layer 0, or of those above.
mlir::func::FuncOp emitProject(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan,
                               const RowKernels &kernels);

/// The units of a share's panels: {first, count}.
std::pair<Value, Value> emitUnits(Emitter &e, const KernelPlan &plan, const Share &share);

/// One layer over a whole sequence, in chunks of steps whose projections stay in
/// cache: private @NAME.layer(LayerOperands). y may be x.
mlir::func::FuncOp emitSequence(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan,
                                const StepKernels &kernels);

/// The same for rows of several lengths, and for training:
/// private @NAME.ragged(RaggedOperands).
mlir::func::FuncOp emitRagged(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan,
                              const StepKernels &kernels);

/// y[0 .. count) = x[0 .. count): private @NAME.copy(x, x_at, y, y_at, count).
mlir::func::FuncOp emitCopy(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan);

/// One row [D*H] of a layer's output with dropout (C6, N5): private
/// @NAME.dropout(x, x_at, y, y_at, layer, t, b, seed, mask, mask_at, masked).
mlir::func::FuncOp emitDropout(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan);

/// The order of rows of several lengths (C10), into sizes [T], places [T] and
/// order [B]: private @NAME.order_lengths(lengths, T, B, sizes, places, order).
mlir::func::FuncOp emitOrderLengths(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan);

/// The same for packed rows (`packed` != 0: batch_sizes says how many) or for
/// rows that are all T long: @NAME.order_rows(batch_sizes, packed, T, B, ...).
mlir::func::FuncOp emitOrderRows(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan);

/// Zeros in the padding of an output: private
/// @NAME.clear_padding(y, y_step, y_row, lengths, T, B).
mlir::func::FuncOp emitClearPadding(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_KERNELS_H
