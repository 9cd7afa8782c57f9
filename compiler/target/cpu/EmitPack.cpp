//===- EmitPack.cpp - NAME_pack: external weights into panels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Interface.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;
using arith::CmpIPredicate;

/// Calls `body` for every gate of every unit, and of those that fill their vectors:
/// whether the unit exists, the first unit of its panel, the numbers of one k in that
/// panel, and which of them is the unit's.
using UnitBody = function_ref<void(Value unit, Value exists, int64_t gate, Value start,
                                   Value elements, Value place)>;
static void emitUnitPlaces(Emitter &e, const PanelLayout &panels, UnitBody body) {
  Value zero = e.index(0), one = e.index(1), wide = e.index(panels.wideUnits());
  Value tailStart = e.index(panels.fullPanels() * panels.width());
  Value tailElements = e.index(panels.panelElements(/*tail=*/true));
  auto exists = [&](Value unit) { return e.less(unit, e.index(panels.hiddenSize)); };
  e.loop(zero, wide, one, [&](Value unit) {
    Value start = e.mul(e.div(unit, panels.width()), panels.width());
    Value width = e.min(e.index(panels.width()), e.sub(wide, start));
    Value elements =
        e.select(e.less(start, tailStart), e.index(panels.panelElements(false)), tailElements);
    for (int64_t gate = 0; gate < panels.gates; ++gate)
      body(unit, exists(unit), gate, start, elements,
           e.add(e.mul(width, gate), e.sub(unit, start)));
  });
  if (!panels.packedUnits())
    return;
  e.loop(zero, e.index(panels.partLanes()), one, [&](Value i) {
    Value unit = e.add(i, panels.wideUnits());
    Value never = arith::ConstantOp::create(e, e.getBoolAttr(false));
    for (int64_t gate = 0; gate < panels.packedParts(); ++gate) // parts of no gate are zero
      body(unit, gate < panels.gates ? exists(unit) : never, gate, tailStart, tailElements,
           e.add(i, panels.elementAt(gate, panels.tailWidth(), /*tail=*/true)));
  });
}

/// private @NAME.pack_SUFFIX(matrix, packed, packed_at, K): [G, K] into panels.
static func::FuncOp emitPackMatrix(Interface &i, const PanelLayout &panels, const Twine &suffix) {
  Emitter &e = i.e;
  Type memory = e.memoryType(), index = e.getIndexType();
  return e.function(
      i.module, (i.plan.name + ".pack_" + suffix).str(), {memory, memory, index, index},
      [&](ValueRange args) {
        Value matrix = args[0], packed = args[1], packedAt = args[2], depth = args[3];
        auto place = [&](Value unit, Value exists, int64_t gate, Value start, Value elements,
                         Value place) {
          Value to = e.add(e.add(packedAt, e.mul(e.mul(start, panels.gates), depth)), place);
          Value rowAt = e.mul(e.add(unit, gate * panels.hiddenSize), depth);
          e.loop(e.index(0), depth, e.index(1), [&](Value k) {
            Value at = e.add(to, e.mul(k, elements));
            e.ifThen(
                exists, [&] { e.store(e.load(matrix, e.add(rowAt, k), 1), packed, at); },
                [&] { e.store(e.zeros(1), packed, at); });
          });
        };
        emitUnitPlaces(e, panels, place);
      });
}

/// private @NAME.pack_biases(b_ih, b_hh, packed, b_x_at, kept_at): rnn.fold_biases
/// into the panels' order.
static func::FuncOp emitPackBiases(Interface &i) {
  Emitter &e = i.e;
  PanelLayout panels = i.plan.panels();
  const CellShape &shape = i.plan.cell->shape;
  Type memory = e.memoryType(), index = e.getIndexType();
  return e.function(
      i.module, i.plan.name + ".pack_biases", {memory, memory, memory, index, index},
      [&](ValueRange args) {
        Value ih = args[0], hh = args[1], packed = args[2], bxAt = args[3], keptAt = args[4];
        auto place = [&](Value unit, Value exists, int64_t gate, Value start, Value, Value place) {
          bool isKept = gate < shape.gates && shape.gate[gate].keepsBias;
          Value to = e.add(e.add(bxAt, e.mul(start, panels.gates)), place);
          Value hnAt = e.add(keptAt, unit);
          if (isKept)
            hnAt = e.add(hnAt, shape.keptIndex(gate) * panels.paddedUnits());
          auto fold = [&] {
            Value from = e.add(unit, gate * panels.hiddenSize);
            Value x = e.load(ih, from, 1), h = e.load(hh, from, 1);
            if (isKept)
              e.store(h, packed, hnAt);
            rnn::StepsPlace steps(e, x.getType(), e.fma);
            using rnn::ValueSteps;
            x = foldBias(shape, gate, ValueSteps{&steps, x}, ValueSteps{&steps, h}).value;
            e.store(x, packed, to);
          };
          e.ifThen(exists, fold, [&] {
            e.store(e.zeros(1), packed, to);
            if (isKept)
              e.store(e.zeros(1), packed, hnAt);
          });
        };
        emitUnitPlaces(e, panels, place);
      });
}

void Interface::emitPack() {
  func::FuncOp packMatrix = emitPackMatrix(*this, plan.panels(), "matrix");
  SmallVector<func::FuncOp> packRounds;
  for (int64_t round = 0; round < plan.rounds(); ++round)
    packRounds.push_back(plan.rounds() == 1
                             ? packMatrix
                             : emitPackMatrix(*this, plan.recurrentMatrix(round).panels,
                                              "round_" + Twine(round)));
  func::FuncOp packBiases = plan.bias ? emitPackBiases(*this) : func::FuncOp();
  int64_t perCell = plan.weightsPerCell(), count = plan.weightsCount();
  int64_t hidden = plan.hiddenSize;

  publicFunction("pack", {pointer(), pointer()}, e.getI32Type(), [&](ValueRange args) {
    Value tensors = args[0], packedPointer = args[1];
    auto tensor = [&](Value at) {
      Value byte = arith::MulIOp::create(e, at, i64(8));
      return Value(LLVM::LoadOp::create(e, pointer(), advance(tensors, byte)));
    };
    auto null = [&] { return e.either(isNull(tensors), isNull(packedPointer)); };
    auto aligned = [&] { return misaligned(packedPointer); };
    // Every tensor is looked at before anything is written.
    auto nullTensor = [&] {
      auto loop =
          scf::ForOp::create(e, e.index(0), e.index(count), e.index(1),
                             ValueRange{arith::ConstantOp::create(e, e.getBoolAttr(false))});
      OpBuilder::InsertionGuard guard(e);
      e.setInsertionPointToStart(loop.getBody());
      Value at = arith::IndexCastOp::create(e, e.getI64Type(), loop.getInductionVar());
      scf::YieldOp::create(e, ValueRange{e.either(loop.getRegionIterArg(0), isNull(tensor(at)))});
      return loop.getResult(0);
    };
    Check checks[] = {{null, ErrorNull}, {nullTensor, ErrorNull}, {aligned, ErrorAlignment}};
    return guarded(checks, [&] {
      Value packed = view(packedPointer);
      auto layer = [&](Value firstTensor, Value start, int64_t depth) {
        // External weights are kept in the network's own numbers.
        LayerLayout layout = plan.layout(depth);
        auto place = [&](int64_t byte) { return e.add(start, byte / plan.elementBytes()); };
        auto at = [&](int64_t n) {
          return view(tensor(arith::AddIOp::create(e, firstTensor, i64(n))));
        };
        e.call(packMatrix, {at(0), packed, place(layout.inputWeights), e.index(depth)});
        for (auto [round, pack] : llvm::enumerate(packRounds)) {
          int64_t row = plan.cell->shape.round[round].first * hidden;
          Value own = row ? viewFrom(e, at(1), e.index(row * hidden)) : at(1);
          e.call(pack, {own, packed, place(layout.recurrentWeights + plan.roundStart(round)),
                        e.index(hidden)});
        }
        if (plan.bias)
          e.call(packBiases,
                 {at(2), at(3), packed, place(layout.inputBias), place(layout.recurrentBias)});
      };
      for (int64_t direction = 0; direction < plan.numDirections(); ++direction)
        layer(i64(direction * perCell),
              e.index(plan.layerStart(0, direction) / plan.elementBytes()), plan.inputSize);
      // Layers and directions above are all alike, one behind the other.
      int64_t upperBytes = plan.layout(plan.outputSize()).bytes;
      int64_t upper = plan.numCells() - plan.numDirections();
      e.loop(e.index(0), e.index(upper), e.index(1), [&](Value index) {
        Value cell =
            arith::IndexCastOp::create(e, e.getI64Type(), e.add(index, plan.numDirections()));
        layer(arith::MulIOp::create(e, cell, i64(perCell)),
              e.add(e.mul(index, upperBytes / plan.elementBytes()),
                    plan.layerStart(1) / plan.elementBytes()),
              plan.outputSize());
      });
    });
  });
}
