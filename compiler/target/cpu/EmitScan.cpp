//===- EmitScan.cpp - One step of the recurrence, gates fused -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Kernels.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// The new state of C2 from the recurrent sums, the gates' input part and the
/// old state; exactly the steps of rnn.gru_cell.
static Value emitCell(Emitter &e, ArrayRef<Value> gates, ArrayRef<Value> sums, Value biasN,
                      Value h) {
  auto add = [&](Value a, Value b) { return Value(arith::AddFOp::create(e, a, b)); };
  int64_t lanes = cast<VectorType>(h.getType()).getNumElements();
  Value r = rnn::SigmoidOp::create(e, add(gates[0], sums[0]));
  Value z = rnn::SigmoidOp::create(e, add(gates[1], sums[1]));
  Value reset = biasN ? add(sums[2], biasN) : sums[2];
  Value n = rnn::TanhOp::create(e, e.multiplyAdd(r, reset, gates[2]));
  Value next = e.multiplyAdd(z, arith::SubFOp::create(e, h, n), n);
  // N7: a state of magnitude below 2^-64 is stored as 0; NaN is kept.
  Value tiny = arith::CmpFOp::create(e, arith::CmpFPredicate::OLT, math::AbsFOp::create(e, next),
                                     e.constant(0x1p-64, lanes));
  return e.select(tiny, e.zeros(lanes), next);
}

func::FuncOp cpu::emitScanStep(Emitter &e, ModuleOp module, const KernelPlan &plan, bool oneRow) {
  PanelLayout panels = plan.panels();
  int64_t lanes = panels.lanes, depth = plan.hiddenSize;
  Type memory = e.memoryType(), index = e.getIndexType();
  SmallVector<Type> arguments{memory, index,  memory, index, memory, index,
                              index,  memory, index,  index, index,  index};
  std::string name = plan.name + (oneRow ? ".scan_row" : ".scan_rows");

  return e.function(module, name, arguments, [&](ValueRange args) {
    // weights_at is that of W_hh: the same for every input size of a layer.
    Value weights = args[0], weightsAt = args[1];
    Rows gates{args[2], args[3], e.index(plan.gateElements())};
    Rows h{args[4], args[5], args[6]}, y{args[7], args[8], args[9]};
    Value rows = args[10], descending = args[11];
    LayerLayout layout = plan.layout(plan.hiddenSize);
    int64_t biasStart = layout.recurrentBias - layout.recurrentWeights;

    // Tiles of many rows put their sums aside and take the cell row by row: code
    // stays small, and the few loads more are nothing beside the sums.
    constexpr int64_t mostRowsUnrolled = 2;
    int64_t asideSums = 0;
    for (Tile tile : tilesOf(plan.schedule, panels, /*tail=*/false))
      if (!oneRow && tile.rows > mostRowsUnrolled)
        asideSums = std::max(asideSums, 3 * tile.rows * tile.vectors);
    Value aside;
    if (asideSums)
      aside = memref::AllocaOp::create(e, MemRefType::get({asideSums * lanes}, plan.element),
                                       e.getI64IntegerAttr(64));

    auto emitTile = [&](Value panel, bool tail, Tile tile, Value firstRow) {
      int64_t width = tail ? panels.tailWidth() : panels.width();
      Value start = e.add(weightsAt, e.mul(panel, 3 * panels.width() * depth));
      emitPanelVectors(e, panels, tail, tile, [&](Tile part, Value unit, int64_t valid) {
        Values sums =
            emitSums(e, plan.schedule, part, depth, {weights, start, width}, unit, h, firstRow);
        // The cell of one row, with its sums [gate][vector].
        auto emitRow = [&](Value line, ArrayRef<Value> sums) {
          Value gatesAt = e.add(e.add(gates.offset, e.mul(line, gates.stride)),
                                e.add(e.mul(panel, 3 * panels.width()), unit));
          Value hAt = e.add(h.offset, e.mul(line, h.stride));
          Value yAt = e.add(y.offset, e.mul(line, y.stride));
          for (int64_t v = 0; v < part.vectors; ++v) {
            Value at = e.add(e.add(e.mul(panel, panels.width()), unit), v * lanes);
            int64_t exist = v + 1 == part.vectors ? valid : lanes;
            Values gate, sum;
            for (int64_t q = 0; q < 3; ++q) {
              gate.push_back(e.load(gates.memory, e.add(gatesAt, q * width + v * lanes), lanes));
              sum.push_back(sums[q * part.vectors + v]);
            }
            Value biasN = plan.bias ? e.load(weights, e.add(weightsAt, e.add(at, biasStart)), lanes)
                                    : Value();
            Value old = e.loadPart(h.memory, e.add(hAt, at), lanes, exist);
            e.storePart(emitCell(e, gate, sum, biasN, old), y.memory, e.add(yAt, at), exist);
          }
        };
        int64_t perRow = 3 * part.vectors;
        if (part.rows <= mostRowsUnrolled) {
          for (int64_t row = 0; row < part.rows; ++row)
            emitRow(e.add(firstRow, row), ArrayRef<Value>(sums).slice(row * perRow, perRow));
          return;
        }
        for (auto [index, sum] : llvm::enumerate(sums))
          e.store(sum, aside, e.index(index * lanes));
        e.loop(e.index(0), e.index(part.rows), e.index(1), [&](Value row) {
          Values own;
          for (int64_t i = 0; i < perRow; ++i)
            own.push_back(e.load(aside, e.add(e.mul(row, perRow * lanes), i * lanes), lanes));
          emitRow(e.add(firstRow, row), own);
        });
      });
    };
    auto emitPanel = [&](Value panel, bool tail) {
      if (!oneRow)
        return emitRowTiles(
            e, tilesOf(plan.schedule, panels, tail), rows,
            [&](Tile tile, Value firstRow) { emitTile(panel, tail, tile, firstRow); });
      emitTile(panel, tail, Tile{1, plan.schedule.getTiles().back()}, e.index(0));
    };

    // Ascending then descending: what was touched last is still in cache.
    int64_t full = panels.fullPanels(), count = panels.panels();
    bool zigzag = oneRow && plan.schedule.getZigzag() && count > 1;
    if (!zigzag) {
      if (full)
        e.loop(e.index(0), e.index(full), e.index(1),
               [&](Value panel) { emitPanel(panel, false); });
      if (panels.tailUnits())
        emitPanel(e.index(full), /*tail=*/true);
      return;
    }
    Value down = arith::CmpIOp::create(e, arith::CmpIPredicate::ne, descending, e.index(0));
    e.loop(e.index(0), e.index(count), e.index(1), [&](Value i) {
      Value panel = e.select(down, e.sub(e.index(count - 1), i), i);
      if (!panels.tailUnits())
        return emitPanel(panel, false);
      e.ifThen(
          e.equal(panel, full), [&] { emitPanel(e.index(full), true); },
          [&] { emitPanel(panel, false); });
    });
  });
}
