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
#include "compiler/target/cpu/Team.h"
#include "compiler/target/cpu/WeightLoader.h"

namespace grucc::cpu {

/// One panel of a weight matrix at a run-time place.
struct Panel {
  MatrixLayout matrix;
  Value weights;    ///< memref of bytes
  Value header;     ///< index of the matrix's first byte
  Value start;      ///< index of the panel's first byte
  bool tail;        ///< the last, narrower one
  Value ahead = {}; ///< byte where the lines to prefetch start, one for each k; or null
};

/// Panel number `panel`, or the narrower last one, of a matrix that begins at byte
/// `at`.
Panel panelAt(Emitter &e, const MatrixLayout &matrix, Value weights, Value at, Value panel,
              bool tail);

/// What the widening of a panel's weights takes, loaded once; or nothing.
Values emitConstants(Emitter &e, const Panel &panel);

/// sum over k < depth of weights[k][gate][firstUnit + lane] * x[row][k], for the
/// tile's rows, gates and vectors, as [row][gate][vector] and, behind each row's,
/// the packed one, in the fixed order (dialects/rnn/SumOrder.h). A tile that reaches
/// beyond `lastRow`, where given, takes that row again.
Values emitSums(Emitter &e, const rnn::Schedule &schedule, Tile tile, const Panel &panel,
                Value firstUnit, const Rows &x, Value firstRow, Value lastRow = {});

/// Rows of x that go through one panel together. Their sums wait aside, as
/// [row][Tile::sums][lanes], while chunks of weights are in L1.
struct RowGroup {
  Rows x;
  Value firstRow, rows;
  Value aside;     ///< emitAside
  Value nextPanel; ///< first byte of the panel that is walked next: to prefetch
};

/// emitSums of every row of a group, by the rows of `tiles` and the vectors of `part`,
/// into group.aside: for each chunk of k, for each tile of rows.
void emitGroupSums(Emitter &e, const rnn::Schedule &schedule, llvm::ArrayRef<Tile> tiles, Tile part,
                   const Panel &panel, Value firstUnit, const RowGroup &group);

/// Calls `body(firstRow, rows)` for every group of rows.
void emitRowGroups(Emitter &e, const rnn::Schedule &schedule, Value rows,
                   llvm::function_ref<void(Value firstRow, Value rows)> body);

/// Memory on the stack for the sums of one group of rows.
Value emitAside(Emitter &e, const rnn::Schedule &schedule, const PanelLayout &layout);

/// The schedule's tiles, most rows first. A narrow last panel beside full ones
/// makes do with the first and the last: code stays small. One with a packed vector
/// has a single tile, whose last rows may be one row several times.
llvm::SmallVector<Tile> tilesOf(const Emitter &e, const rnn::Schedule &schedule,
                                const PanelLayout &layout, bool tail);

/// Calls `body` for every tile of rows. Rows that are left over do not go through a
/// tile too small to keep its multiply-adds busy, where others can take them in.
void emitRowTiles(Emitter &e, llvm::ArrayRef<Tile> tiles, Value rows,
                  llvm::function_ref<void(Tile, Value firstRow)> body);

/// Calls `body(tile, firstUnit, ends)` for every group of the tile's vectors in a
/// panel; `ends`: whether it may be the one that holds the network's last unit.
void emitPanelVectors(Emitter &e, const PanelLayout &layout, bool tail, Tile tile,
                      llvm::function_ref<void(Tile, Value firstUnit, bool ends)> body);

/// The parity of a step of a stream, 0 or 1: the half of a state that it reads, and the
/// direction of its walk over panels. Of the step's turn in a run; or from where the half that
/// it reads stands, and that which it writes. (In a stream's own state it is kept:
/// Interface::stateParity.)
Value emitParity(Emitter &e, Value turn);
Value emitParity(Emitter &e, Value old, Value next);
/// The `descending` of emitPanelWalk for a step of that parity.
Value walkDirection(const rnn::Schedule &schedule, Value parity);

/// Calls `body(panel, tail, next)` for the panels [first, end): in ascending order or, where
/// `descending` is given and not 0, in descending order, so that what was touched
/// last is still in cache. `next` is the panel after it, or one that is not there.
/// `apart`: the last panel has code of its own, where `tail` is true.
void emitPanelWalk(Emitter &e, const PanelLayout &layout, Value first, Value end, Value descending,
                   bool apart, llvm::function_ref<void(Value panel, bool tail, Value next)> body);

/// What the cells of a step read and write beside their sums.
struct CellPlace {
  Value weights, biasAt; ///< where b_hn, or what gates keep, starts
  Rows h, y;
};

/// The recurrent biases of `lanes` units from `unit` on, of the gates that keep theirs;
/// none without biases.
Values loadKeptBiases(Emitter &e, const KernelPlan &plan, Value weights, Value biasAt, Value unit,
                      int64_t lanes);

/// Calls `body(valid)` for the units of a part that begins at `firstUnit`: `valid`
/// units of its last vector exist.
void emitValid(Emitter &e, const KernelPlan &plan, Tile part, Value firstUnit, bool ends,
               llvm::function_ref<void(int64_t valid)> body);

/// The new states of `part.vectors` vectors of units of one row; gates (the input
/// part) and sums (the recurrent part) are [gate][vector], and perhaps the packed
/// vector, for units of its own.
void emitCells(Emitter &e, const KernelPlan &plan, const CellPlace &place, Tile part,
               Value firstUnit, int64_t valid, Value row, llvm::ArrayRef<Value> gates,
               llvm::ArrayRef<Value> sums);

/// The new states of the units in a packed vector, of one row, or of as many as there
/// are parts at once. gates and sums are [row][gate], as many lanes as a part has.
void emitPackedCells(Emitter &e, const KernelPlan &plan, const CellPlace &place,
                     llvm::ArrayRef<Value> rows, llvm::ArrayRef<Value> gates,
                     llvm::ArrayRef<Value> sums);

/// private @NAME.project_K(weights, weights_at, x, x_at, x_stride,
///                         gates, gates_at, gates_stride, rows, first_panel, end_panel):
/// gates[row] = W_ih x[row] + b_x, in panel order, for the units of some panels.
mlir::func::FuncOp emitProject(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan,
                               int64_t depth);

/// private @NAME.scan_row / @NAME.scan_rows(weights, weights_at, gates, gates_at,
///     h, h_at, h_stride, y, y_at, y_stride, rows, descending, first_panel, end_panel):
/// one step: y[row] = cell(gates[row], h[row]), for the units of some panels.
/// `scan_row` is for one row. Both walk the panels as `descending` says.
mlir::func::FuncOp emitScanStep(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan,
                                bool oneRow);

/// private @NAME.scan_steps(weights, weights_at, gates, gates_at, gates_step, h, h_at,
///                          y, y_at, y_step, steps):
/// many steps of one row, whose state stays in a register, with the weights of
/// the schedule's register_k; gates and y of the next step stand gates_step and y_step
/// elements further.
mlir::func::FuncOp emitScanSteps(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan);

/// private @NAME.step_K(weights, weights_at, x, x_at, h, h_at, y, y_at, descending,
///                      first_panel, end_panel):
/// projection and scan of one row and one step, panel by panel: the input part of
/// the gates stays in registers. y is neither x nor h.
mlir::func::FuncOp emitFusedStep(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan,
                                 int64_t depth);

/// private @NAME.project(upper, as project_K): the projection of layer 0, or of
/// the layers above.
mlir::func::FuncOp emitProjectEither(Emitter &e, mlir::ModuleOp module, const KernelPlan &plan,
                                     mlir::func::FuncOp first, mlir::func::FuncOp upper);

/// The kernels that a layer is made of.
struct StepKernels {
  mlir::func::FuncOp projectFirst, projectUpper; ///< layer 0; layers above
  mlir::func::FuncOp stepFirst, stepUpper;       ///< emitFusedStep, or null
  mlir::func::FuncOp project;                    ///< either
  mlir::func::FuncOp scanRow, scanRows;
  mlir::func::FuncOp scanSteps; ///< emitScanSteps, or null
  mlir::func::FuncOp copy;      ///< emitCopy
  mlir::func::FuncOp dropout;   ///< emitDropout, or null
};

/// What the function of one layer in one direction takes. Element (t, b, i) of a
/// sequence is memory[at + t * step + b * row + i]; h_0 and h_n are [B, H], but
/// h_0's rows are h0Row apart (0: all alike, C8).
struct LayerOperands {
  Value weights, weightsAt, recurrentAt; ///< recurrentAt: W_hh
  Value upper;                           ///< i1: a layer above layer 0
  Value depth;                           ///< K: what it reads a row
  Value x, xAt, xStep, xRow;
  Value y, yAt, yStep, yRow;
  Value h0, h0At, h0Row;
  Value hn, hnAt;
  Value gates; ///< the projections of one chunk
  Value limit; ///< rows that a chunk may have, unless one step has more
  Value seqLen, batch, reverse;
  Team team;

  static constexpr size_t count = 28;
  static llvm::SmallVector<mlir::Type> types(Emitter &e);
  static LayerOperands from(ValueRange values);
  Values values() const;
};

/// What a layer over rows of several lengths takes beside that. Rows are in
/// descending order of length: row r of a step is the caller's row order[r], and
/// step t has sizes[t] rows and stands at t = places[t] (C10).
struct RaggedOperands : LayerOperands {
  Value staged; ///< one chunk of input rows, side by side
  Value states; ///< [2, B, H]: a step reads one and writes the other
  Value sizes, places, order;
  Value below, seed, mask, masked; ///< dropout on the input, that of layer `below`
  /// Of the rows of a run, those at rowPart, rowPart + rowParts, ...; `wholeBatch`
  /// counts all of them.
  Value rowPart, rowParts, wholeBatch;

  static llvm::SmallVector<mlir::Type> types(Emitter &e);
  static RaggedOperands from(ValueRange values);
  Values all() const; ///< those of LayerOperands first
};

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
