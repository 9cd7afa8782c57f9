//===- LowerCells.cpp - rnn.project and rnn.scan of any cell as plain loops -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   func.func @f(%x: tensor<5x2x3xf32>, ...) -> (tensor<5x2x4xf32>, tensor<2x4xf32>)
//     ==>
//   func.func @f(%x: memref<5x2x3xf32>, ..., %y: memref<5x2x4xf32>, %h_n: memref<2x4xf32>)
//
// What a cell of any number of gates, states and rounds needs to become code, with no
// schedule: one number at a time, in the order of Reference. Shapes are static.
//
//===----------------------------------------------------------------------===//

#include "TestCells.h"
#include "dialects/rnn/SumOrder.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Pass/Pass.h"

using namespace mlir;
using namespace grucc;
using rnn::ValueSteps;

namespace {

class Lowering {
public:
  Lowering(func::FuncOp func)
      : func(func), b(func.getLoc(), OpBuilder::atBlockBegin(&func.getBody().front())) {}

  LogicalResult lower();

private:
  func::FuncOp func;
  ImplicitLocOpBuilder b;
  IRMapping memory; ///< tensor -> memref

  static MemRefType memoryOf(Type tensor) {
    auto type = cast<RankedTensorType>(tensor);
    return MemRefType::get(type.getShape(), type.getElementType());
  }
  static int64_t size(Value tensor, unsigned dimension) {
    return cast<RankedTensorType>(tensor.getType()).getDimSize(dimension);
  }
  Value at(int64_t value) { return arith::ConstantIndexOp::create(b, value); }
  Value plus(Value a, int64_t c) { return arith::AddIOp::create(b, a, at(c)); }
  Value load(Value from, ValueRange place) { return memref::LoadOp::create(b, from, place); }
  void store(Value value, Value to, ValueRange place) {
    memref::StoreOp::create(b, value, to, place);
  }
  Value number(Type type, double value) {
    return arith::ConstantOp::create(b, b.getFloatAttr(type, value));
  }

  Value loop(Value first, Value end, int64_t step, Value carried,
             function_ref<Value(Value, Value)> body) {
    auto op = scf::ForOp::create(b, first, end, at(step), ValueRange(carried));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(op.getBody());
    Value next = body(op.getInductionVar(), op.getRegionIterArg(0));
    scf::YieldOp::create(b, ValueRange(next));
    return op.getResult(0);
  }
  void loop(int64_t count, function_ref<void(Value)> body) {
    auto op = scf::ForOp::create(b, at(0), at(count), at(1));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(op.getBody());
    body(op.getInductionVar());
  }

  /// sum_k w[row, k] * x(k) in the fixed order.
  Value dot(Value w, Value row, int64_t depth, int64_t units, function_ref<Value(Value)> x);
  void project(rnn::ProjectOp op);
  LogicalResult scan(rnn::ScanOp op);
  void step(rnn::CellOpInterface cell, Value gates, ValueRange row, Value states, Value b);
};

} // namespace

Value Lowering::dot(Value w, Value row, int64_t depth, int64_t units,
                    function_ref<Value(Value)> x) {
  Type type = cast<MemRefType>(w.getType()).getElementType();
  int64_t block = sumBlock(depth, units);
  // -0 is what changes no sum, not even the sign of a zero.
  return loop(at(0), at(depth), block, number(type, -0.0), [&](Value first, Value total) {
    Value end = arith::MinSIOp::create(b, plus(first, block), at(depth));
    Value sum = loop(first, end, 1, number(type, 0), [&](Value k, Value partial) -> Value {
      return math::FmaOp::create(b, load(w, {row, k}), x(k), partial);
    });
    return Value(arith::AddFOp::create(b, total, sum));
  });
}

void Lowering::project(rnn::ProjectOp op) {
  Value x = memory.lookup(op.getInput()), w = memory.lookup(op.getWeight());
  Value bias = memory.lookupOrNull(op.getBias());
  Value gates = memref::AllocaOp::create(b, memoryOf(op.getType()));
  int64_t G = size(op.getWeight(), 0), units = G / rnn::expectCell(op, op.getCell())->gates;
  loop(size(op.getInput(), 0), [&](Value t) {
    loop(size(op.getInput(), 1), [&](Value row) {
      loop(G, [&](Value g) {
        Value sum =
            dot(w, g, size(op.getInput(), 2), units, [&](Value k) { return load(x, {t, row, k}); });
        if (bias)
          sum = arith::AddFOp::create(b, sum, load(bias, g));
        store(sum, gates, {t, row, g});
      });
    });
  });
  memory.map(op.getResult(), gates);
}

/// One step of one row, whose states [B, S*H] are replaced.
void Lowering::step(rnn::CellOpInterface cell, Value gates, ValueRange row, Value states,
                    Value batchRow) {
  const CellShape shape = cell.getShape();
  Value w = memory.lookup(cell.getWHh()), bias = memory.lookupOrNull(cell.getBias());
  Type type = cast<MemRefType>(w.getType()).getElementType();
  int64_t H = size(cell.getWHh(), 1);
  bool all = bias && cast<MemRefType>(bias.getType()).getDimSize(0) == shape.rows(H);
  Value done = memref::AllocaOp::create(b, MemRefType::get({shape.gates, H}, type));
  Value operand = memref::AllocaOp::create(b, MemRefType::get({H}, type));
  rnn::StepsPlace place(b, type, /*fma=*/true);

  // Unit j, with the gates of the rounds before.
  auto unitOf = [&](Value j, int64_t round) {
    place.builder = b;
    CellUnit<ValueSteps> unit;
    int64_t known = round == shape.rounds ? shape.gates : shape.round[round].first;
    for (int64_t q = 0; q < known; ++q)
      unit.gates[q] = {&place, load(done, {at(q), j})};
    for (int64_t s = 0; s < shape.states; ++s)
      unit.states[s] = {&place, load(states, {batchRow, plus(j, s * H)})};
    return unit;
  };
  for (int64_t round = 0; round < shape.rounds; ++round) {
    loop(H, [&](Value k) { store(operandOf(shape, round, unitOf(k, round)).value, operand, k); });
    loop(H, [&](Value j) {
      CellUnit<ValueSteps> unit = unitOf(j, round);
      for (int64_t q = shape.round[round].first; q < shape.round[round].end; ++q) {
        Value weightRow = plus(j, q * H);
        SmallVector<Value> input(row);
        input.push_back(weightRow);
        unit.inputs[q] = {&place, load(gates, input)};
        unit.sums[q] = {&place, dot(w, weightRow, H, H, [&](Value k) { return load(operand, k); })};
        if (all || (bias && shape.gate[q].keepsBias))
          unit.biases[q] =
              ValueSteps{&place, load(bias, plus(j, (all ? q : shape.keptIndex(q)) * H))};
      }
      place.builder = b;
      activateRound(shape, round, unit);
      for (int64_t q = shape.round[round].first; q < shape.round[round].end; ++q)
        store(unit.gates[q].value, done, {at(q), j});
    });
  }
  loop(H, [&](Value j) {
    CellUnit<ValueSteps> unit = unitOf(j, shape.rounds);
    rnn::equationsOf(cell.getKind()).in<ValueSteps>().update(unit);
    for (int64_t s = 0; s < shape.states; ++s)
      store(unit.states[s].value, states, {batchRow, plus(j, s * H)});
  });
}

LogicalResult Lowering::scan(rnn::ScanOp op) {
  rnn::CellOpInterface cell = op.getCell();
  if (!cell || op.getLengths())
    return op.emitError("found no cell, or lengths, expected a cell and none");
  int64_t T = size(op.getGates(), 0), B = size(op.getGates(), 1), H = size(op.getOutput(), 2);
  int64_t width = size(op.getHN(), 1);
  Type type = getElementTypeOrSelf(op.getHN());
  Value gates = memory.lookup(op.getGates()), h0 = memory.lookupOrNull(op.getH_0());
  Value output = memref::AllocaOp::create(b, memoryOf(op.getOutput().getType()));
  Value states = memref::AllocaOp::create(b, memoryOf(op.getHN().getType()));
  loop(B, [&](Value row) {
    loop(width,
         [&](Value i) { store(h0 ? load(h0, {row, i}) : number(type, 0), states, {row, i}); });
    loop(T, [&](Value turn) {
      Value t = op.getReverse() ? Value(arith::SubIOp::create(b, at(T - 1), turn)) : turn;
      step(cell, gates, {t, row}, states, row);
      loop(H, [&](Value j) { store(load(states, {row, j}), output, {t, row, j}); });
    });
  });
  memory.map(op.getOutput(), output);
  memory.map(op.getHN(), states);
  return success();
}

LogicalResult Lowering::lower() {
  Block &body = func.getBody().front();
  auto results = llvm::to_vector(body.getTerminator()->getOperands());
  auto ops = llvm::map_to_vector(body.without_terminator(), [](Operation &op) { return &op; });
  auto arguments = llvm::to_vector(ValueRange(body.getArguments()));
  SmallVector<Type> types;
  for (Value argument : arguments) {
    types.push_back(memoryOf(argument.getType()));
    memory.map(argument, Value(body.addArgument(types.back(), func.getLoc())));
  }
  SmallVector<Value> to;
  for (Value result : results) {
    types.push_back(memoryOf(result.getType()));
    to.push_back(body.addArgument(types.back(), func.getLoc()));
  }
  b.setInsertionPoint(body.getTerminator());
  for (Operation *op : ops) {
    if (auto projection = dyn_cast<rnn::ProjectOp>(op))
      project(projection);
    else if (auto recurrence = dyn_cast<rnn::ScanOp>(op)) {
      if (failed(scan(recurrence)))
        return failure();
    } else
      return op->emitError("expected rnn.project and rnn.scan alone");
  }
  for (auto [result, copy] : llvm::zip_equal(results, to))
    memref::CopyOp::create(b, memory.lookup(result), copy);
  body.getTerminator()->setOperands({});
  for (Operation *op : llvm::reverse(ops))
    op->erase();
  body.eraseArguments(0, arguments.size());
  func.setType(b.getFunctionType(types, {}));
  return success();
}

namespace {
struct LowerCells : PassWrapper<LowerCells, OperationPass<func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LowerCells)
  StringRef getArgument() const override { return "test-lower-cells"; }
  StringRef getDescription() const override { return "rnn.project, rnn.scan ==> plain loops"; }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry
        .insert<arith::ArithDialect, math::MathDialect, memref::MemRefDialect, scf::SCFDialect>();
  }
  void runOnOperation() override {
    if (failed(Lowering(getOperation()).lower()))
      signalPassFailure();
  }
};
} // namespace

void test::registerLowerCells() { PassRegistration<LowerCells>(); }
