//===- WalkPanels.h - Row kernels into loops over panels and tiles -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The parts of rnn-walk-panels: tiles and walks, the sums of rows, cells; and the loops of
// each kernel.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_WALKPANELS_H
#define GRUCC_COMPILER_TARGET_CPU_WALKPANELS_H

#include "compiler/target/cpu/WeightLoader.h"
#include "dialects/rnn/CellInterface.h"

namespace grucc::cpu {

/// One panel of a weight matrix at a run-time place, or several side by side.
struct Panel {
  MatrixLayout matrix;
  Value weights;    ///< memref of bytes
  Value header;     ///< index of the matrix's first byte
  Values starts;    ///< index of each panel's first byte
  bool tail;        ///< the last, narrower one
  Value ahead = {}; ///< byte of the line to prefetch at k = 0, those of k so many lines on
};

/// Panels of these numbers, or the narrower last one, of a matrix that begins at byte
/// `at`.
Panel panelAt(Emitter &e, const MatrixLayout &matrix, Value weights, Value at, ValueRange panels,
              bool tail);

/// What the widening of a panel's weights takes, loaded once; or nothing.
Values emitConstants(Emitter &e, const Panel &panel);

/// sum over k < depth of weights[k][gate][firstUnit + lane] * x[row][k], for the
/// tile's rows, gates and vectors, as [panel][row][gate][vector] and, behind each row's,
/// the packed one, in the fixed order (dialects/rnn/SumOrder.h). A tile that reaches
/// beyond `lastRow`, where given, takes that row again.
Values emitSums(Emitter &e, const rnn::Schedule &schedule, Tile tile, const Panel &panel,
                Value firstUnit, const Rows &x, Value firstRow, Value lastRow = {});

/// The same over `count` k from `first` on, of one block, where `onto` is what those before gave.
Values emitSumsOnto(Emitter &e, const rnn::Schedule &schedule, Tile tile, const Panel &panel,
                    Value firstUnit, const Rows &x, Value firstRow, Value first, int64_t count,
                    ValueRange onto);

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

/// A few rows of x, and the panels that they go through side by side.
struct StreamRows {
  Rows x;
  Value rows;
  Panel first;  ///< of the panels, one behind the other
  Value panels; ///< how many
};

/// The sums of a few rows with several panels at a time, on the stack.
class StreamSums {
public:
  StreamSums(Emitter &e, const rnn::Schedule &schedule, const PanelLayout &layout, Value aside);
  /// Whether panels of this matrix are walked so.
  static bool areFor(const rnn::Schedule &schedule, const MatrixLayout &matrix);

  /// At most so many.
  int64_t rows() const;
  /// emitSums of all rows and panels, by the vectors of `part`.
  void emit(const StreamRows &few, Tile part, Value firstUnit);
  /// What came out for one row, as [gate][vector]; of panel 0 and on.
  Values load(Value panel, Value row, Tile part);

private:
  Emitter &e;
  const rnn::Schedule &schedule;
  int64_t lanes;
  llvm::SmallVector<Tile> tiles;
  Value aside; ///< [block under way, all blocks][panel][row][Tile::sums][lanes]

  Value placeOf(Tile part, Value panel, Value row);
  Value totalAt(Tile part, Value at);
  void forAll(const StreamRows &few, Tile part, llvm::function_ref<void(Value)> body);
  void emitTurn(const StreamRows &few, Tile part, Value unit, Value first, int64_t count);
};

/// Memory on the stack for the sums of one group of rows, or of a few rows with several panels.
Value emitAside(Emitter &e, const rnn::Schedule &schedule, const PanelLayout &layout);

/// The schedule's tiles, most rows first; where the cell has `cellGates`, more than the
/// panels, that of round_rows before them. A narrow last panel beside full ones
/// makes do with the first and the last: code stays small. One with a packed vector
/// has a single tile, whose last rows may be one row several times.
llvm::SmallVector<Tile> tilesOf(const Emitter &e, const rnn::Schedule &schedule,
                                const PanelLayout &layout, bool tail, int64_t cellGates = 0);

/// Calls `body` for every tile of rows. Rows that are left over do not go through a
/// tile too small to keep its multiply-adds busy, where others can take them in.
void emitRowTiles(Emitter &e, llvm::ArrayRef<Tile> tiles, Value rows,
                  llvm::function_ref<void(Tile, Value firstRow)> body);

/// Calls `body(tile, firstUnit, ends)` for every group of the tile's vectors in a
/// panel; `ends`: whether it may be the one that holds the network's last unit.
void emitPanelVectors(Emitter &e, const PanelLayout &layout, bool tail, Tile tile,
                      llvm::function_ref<void(Tile, Value firstUnit, bool ends)> body);

/// The `descending` of emitPanelWalk for a step of that parity.
Value walkDirection(const rnn::Schedule &schedule, Value parity);

/// Which panels are walked, and how.
struct PanelWalk {
  Value first, end;    ///< [first, end)
  Value descending;    ///< index or none: in descending order where it is not 0, so that what was
                       ///< touched last is still in cache
  bool apart;          ///< the last panel has code of its own
  int64_t streams = 1; ///< so many at a time while there are
};

/// Calls `body(first, count, tail, next)` for groups of `size` panels, fewer at the end; the one
/// that is apart is a group of its own.
void emitGroupWalk(Emitter &e, const PanelLayout &layout, const PanelWalk &walk, Value size,
                   llvm::function_ref<void(Value first, Value count, bool tail, Value next)> body);

/// Calls `body(panels, tail, next)` for one panel, or several side by side, after the other.
/// `tail`: the one that is apart. `next`, for kernels of many rows: the panel after it, or one that
/// is not there.
void emitPanelWalk(Emitter &e, const PanelLayout &layout, const PanelWalk &walk,
                   llvm::function_ref<void(ValueRange panels, bool tail, Value next)> body);

/// A cell's equations on the units of a panel.
struct CellFacts {
  PanelLayout panels; ///< of the round's matrix
  rnn::CellAttr kind;
  CellShape shape;
  bool keepsBiases; ///< whether there are biases that stay with the recurrent sums
  int64_t elementBytes;
  int64_t round; ///< the last one, unless another is given

  CellFacts(Emitter &e, rnn::MatrixAttr recurrent, rnn::CellAttr kind, bool bias,
            std::optional<int64_t> round = std::nullopt);
  /// The gates that have come through once this round is done, and where its own begin.
  int64_t gatesEnd() const { return shape.round[round].end; }
  int64_t firstGate() const { return shape.round[round].first; }
  bool isLastRound() const { return round + 1 == shape.rounds; }
  /// The panels of a row of projected gates.
  PanelLayout rowPanels() const;
  /// Bytes of one gate's recurrent biases.
  int64_t keptBytes() const { return panels.paddedUnits() * elementBytes; }
};

/// What the cells of a step read and write beside their sums.
struct CellPlace {
  Value weights, biasAt; ///< where b_hn, or what gates keep, starts
  Rows h;
  Rows y;           ///< or what the next round's product is of
  Value gates = {}; ///< the memory of projected gates, which a round before the last writes
};

/// The recurrent biases of `lanes` units from `unit` on, of the round's gates that keep
/// theirs; none without biases.
Values loadKeptBiases(Emitter &e, const CellFacts &cell, Value weights, Value biasAt, Value unit,
                      int64_t lanes);

/// Calls `body(valid)` for the units of a part that begins at `firstUnit`: `valid`
/// units of its last vector exist.
void emitValid(Emitter &e, const CellFacts &cell, Tile part, Value firstUnit, bool ends,
               llvm::function_ref<void(int64_t valid)> body);

/// The new states of `part.vectors` vectors of units of one row; gates (the input
/// part, behind the gates of earlier rounds) and sums (the recurrent part) are
/// [gate][vector], and perhaps the packed vector, for units of its own. In a round before
/// the last, its gates, into where they stand (`gatesAt`), and the next product's operand.
void emitCells(Emitter &e, const CellFacts &cell, const CellPlace &place, Tile part,
               Value firstUnit, int64_t valid, Value row, llvm::ArrayRef<Value> gates,
               llvm::ArrayRef<Value> sums, llvm::ArrayRef<Value> gatesAt = {});

/// The new states of the units in a packed vector, of one row, or of as many as there
/// are parts at once. gates and sums are [row][gate], as many lanes as a part has.
void emitPackedCells(Emitter &e, const CellFacts &cell, const CellPlace &place,
                     llvm::ArrayRef<Value> rows, llvm::ArrayRef<Value> gates,
                     llvm::ArrayRef<Value> sums);

// The kernels of RowOps.td, in place of their ops.
void walkProject(Emitter &e, const rnn::Schedule &schedule, rnn::ProjectRowsOp op);
void walkScan(Emitter &e, const rnn::Schedule &schedule, rnn::ScanRowsOp op);
void walkScanRound(Emitter &e, const rnn::Schedule &schedule, rnn::ScanRoundOp op);
void walkScanSteps(Emitter &e, const rnn::Schedule &schedule, rnn::ScanStepsOp op);
void walkStepRow(Emitter &e, const rnn::Schedule &schedule, rnn::StepRowOp op);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_WALKPANELS_H
