//===- PackFunctions.cpp - Weights that come at run time into panels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/PackFunctions.h"
#include "compiler/target/cpu/Packing.h"
#include "compiler/target/cpu/Team.h"
#include "dialects/rnn/ValueSteps.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// A matrix of the gates of `panels`.
static func::FuncOp emitPackMatrix(Emitter &e, ModuleOp module, StringRef name,
                                   const PanelLayout &panels) {
  Type memory = e.memoryType(), index = e.getIndexType();
  return e.function(module, name, {memory, memory, index, index}, [&](ValueRange args) {
    Value matrix = args[0], packed = args[1], packedAt = args[2], depth = args[3];
    // External weights are kept as they are: a word is one k.
    forEachWeight<Value>(
        e, panels, /*group=*/1, depth, packedAt, [&](Value exists, Value row, Value k, Value to) {
          e.ifThen(
              exists, [&] { e.store(e.load(matrix, e.add(row, k), 1), packed, to); },
              [&] { e.store(e.zeros(1), packed, to); });
        });
  });
}

static func::FuncOp emitPackBiases(Emitter &e, ModuleOp module, const KernelPlan &plan) {
  using rnn::ValueSteps;
  const CellShape &shape = plan.cell;
  Type memory = e.memoryType(), index = e.getIndexType();
  return e.function(
      module, plan.packBiasesName(), {memory, memory, memory, index, index}, [&](ValueRange args) {
        Value ih = args[0], hh = args[1], packed = args[2];
        auto copy = [&](auto place, Value to, std::optional<Value> kept) {
          auto fold = [&] {
            Value from = e.add(place.unit, place.gate * plan.hiddenSize);
            Value x = e.load(ih, from, 1), h = e.load(hh, from, 1);
            if (kept)
              e.store(h, packed, *kept);
            rnn::StepsPlace steps(e, x.getType(), e.fma);
            x = foldBias(shape, place.gate, ValueSteps{&steps, x}, ValueSteps{&steps, h}).value;
            e.store(x, packed, to);
          };
          e.ifThen(place.exists, fold, [&] {
            e.store(e.zeros(1), packed, to);
            if (kept)
              e.store(e.zeros(1), packed, *kept);
          });
        };
        forEachBias<Value>(e, plan, /*at=*/args[3], /*keptAt=*/args[4], copy);
      });
}

Value cpu::loadTensor(Emitter &e, Value tensors, Value at) {
  Type pointer = e.pointerType();
  Value place = LLVM::GEPOp::create(e, pointer, pointer, tensors, ArrayRef<LLVM::GEPArg>{at});
  return LLVM::LoadOp::create(e, e.pointerType(), place);
}

void cpu::emitPackFunctions(Emitter &e, ModuleOp module, const KernelPlan &plan) {
  // Of all gates, and where they have several rounds, of those of each.
  llvm::SmallDenseMap<int64_t, func::FuncOp> packMatrix;
  auto emitMatrix = [&](const Twine &name, const PanelLayout &panels) {
    packMatrix[panels.gates] = emitPackMatrix(e, module, name.str(), panels);
  };
  emitMatrix(plan.packMatrixName(), plan.panels());
  for (int64_t round = 0; round < plan.rounds(); ++round)
    if (PanelLayout panels = plan.recurrentMatrix(round).panels; !packMatrix.count(panels.gates))
      emitMatrix(plan.packRoundName(round), panels);
  func::FuncOp packBiases = plan.bias ? emitPackBiases(e, module, plan) : func::FuncOp();
  Type pointer = e.pointerType();
  e.function(module, plan.packName(), {pointer, pointer}, [&](ValueRange args) {
    Value packed = viewOf(e, args[1], e.memoryType());
    auto i64 = [&](int64_t value) -> Value {
      return arith::ConstantOp::create(e, e.getI64IntegerAttr(value));
    };
    auto tensor = [&](Value cell, CellTensor which) {
      Value first = arith::MulIOp::create(e, arith::IndexCastOp::create(e, e.getI64Type(), cell),
                                          i64(plan.weightsPerCell()));
      Value at = arith::AddIOp::create(e, first, i64(int64_t(which)));
      return viewOf(e, loadTensor(e, args[0], at), e.memoryType());
    };
    forEachTensor<Value>(
        e, plan,
        [&](Value cell, CellTensor which, int64_t firstRow, const MatrixLayout &matrix, Value at) {
          Value rows = tensor(cell, which);
          if (firstRow)
            rows = viewFrom(e, rows, e.index(firstRow * matrix.depth));
          e.call(packMatrix.lookup(matrix.panels.gates), {rows, packed, at, e.index(matrix.depth)});
        },
        [&](Value cell, Value at, Value keptAt) {
          e.call(packBiases, {tensor(cell, CellTensor::BIh), tensor(cell, CellTensor::BHh), packed,
                              at, keptAt});
        });
  });
}
