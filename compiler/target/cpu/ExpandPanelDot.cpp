//===- ExpandPanelDot.cpp - The micro-kernel -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   %sums:3 = rnn.panel_dot %w[%start] constants() unit %u of %x[%at] k %0 for 64 {...}
//     ==>
//   scf.for %k ... iter_args(three accumulators) { vector.load, vector.broadcast, math.fma }
//
// The one place that knows the order of sums within a tile, and that reads packed matrices.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Passes.h"
#include "compiler/target/cpu/WeightLoader.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/Support/MathExtras.h"

namespace grucc {
#define GEN_PASS_DEF_EXPANDPANELDOT
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// The nth row of those that are taken in turn: 0, 2, 1, 4, 3, ... At equal distances from
/// one to the next LLVM would add up their addresses one after the other, in every k.
static int64_t rowInTurn(int64_t nth, int64_t rows) {
  if (nth == 0 || (nth + 1 == rows && rows % 2 == 0))
    return nth;
  return nth % 2 ? nth + 1 : nth - 1;
}

static Values addTo(Emitter &e, ValueRange totals, ArrayRef<Value> sums) {
  Values next;
  for (auto [total, sum] : llvm::zip_equal(totals, sums))
    next.push_back(arith::AddFOp::create(e, total, sum));
  return next;
}

namespace {
/// The vector code of one rnn.panel_dot.
class PanelDot {
public:
  PanelDot(Emitter &e, rnn::PanelDotOp op)
      : e(e), op(op), matrix(MatrixLayout::of(op.getMatrix(), e.element)),
        lanes(matrix.panels.lanes), rowCount(op.getRows().size()),
        perRow(op.getSums().size() / (op.getRows().size() * op.getStarts().size())) {
    for (Value start : op.getStarts())
      loaders.push_back(loaderOf(e, op, start));
  }

  Values emit();

private:
  Emitter &e;
  rnn::PanelDotOp op;
  MatrixLayout matrix;
  int64_t lanes, rowCount, perRow;
  SmallVector<WeightLoader> loaders; ///< one a panel

  static WeightLoader loaderOf(Emitter &e, rnn::PanelDotOp op, Value start) {
    PanelWords words{op.getMatrix(), op.getWeights(), start, op.getTail()};
    Tile part{op.getMatrix().getGates(), 1, op.getVectors(), op.getPacked()};
    return {e, words, op.getConstants(), part, op.getUnit(), op.getOneByOne()};
  }

  int64_t group() const { return loaders.front().group(); }
  int64_t perPanel() const { return rowCount * perRow; }
  int64_t perBlock() const { return loaders.size() * perPanel(); }
  void emitTurn(Value first, int64_t count, MutableArrayRef<Value> sums);
  void turns(Value k, int64_t count, MutableArrayRef<Value> sums);
  Values blocks(Value first, ArrayRef<int64_t> counts);
  Values addAll(ValueRange totals, ArrayRef<Value> sums);
};
} // namespace

/// sums += weights[k][gate][unit] * x[row][k] for `count` k, at most one group.
void PanelDot::emitTurn(Value first, int64_t count, MutableArrayRef<Value> sums) {
  SmallVector<Values> words;
  for (WeightLoader &loader : loaders)
    words.push_back(loader.load(first));
  for (int64_t turn = 0; turn < count; ++turn) {
    SmallVector<Values> weights;
    for (auto [loader, own] : llvm::zip_equal(loaders, words))
      weights.push_back(loader.widen(own, turn));
    Value k = e.add(first, turn);
    for (int64_t nth = 0; nth < rowCount; ++nth) {
      int64_t row = rowInTurn(nth, rowCount);
      Value value = e.splat(op.getX(), e.add(op.getRows()[row], k), lanes);
      for (auto [panel, own] : llvm::enumerate(weights))
        for (int64_t i = 0; i < perRow; ++i) {
          Value &sum = sums[panel * perPanel() + row * perRow + i];
          sum = e.multiplyAdd(own[i], value, sum);
        }
    }
  }
}

/// sums += what `count` k from `k` on give, group by group.
void PanelDot::turns(Value k, int64_t count, MutableArrayRef<Value> sums) {
  int64_t line = op.getLineBytes();
  for (int64_t i = 0; i < count; i += group()) {
    Value at = e.add(k, i);
    if (op.getAhead())
      for (int64_t j = i; j < std::min(i + group(), count); ++j)
        e.prefetch(op.getWeights(), e.add(op.getAhead(), e.mul(e.add(k, j), line)));
    emitTurn(at, std::min(group(), count - i), sums);
  }
}

/// The sums of neighbouring blocks, side by side: block b over counts[b] k from
/// first + b * counts[0] on, counts descending. As [block][row][gate][vector].
/// Blocks begin at even k (SumOrder.h): at a group of them. A single one may go on with what it
/// has already.
Values PanelDot::blocks(Value first, ArrayRef<int64_t> counts) {
  int64_t common = counts.back();
  int64_t unroll = llvm::alignTo(op.getUnroll(), group());
  auto all = [&](Value k, int64_t count, Values &sums) {
    for (size_t block = 0; block < counts.size(); ++block) {
      MutableArrayRef<Value> own(sums);
      turns(e.add(k, block * counts[0]), count, own.slice(block * perBlock(), perBlock()));
    }
  };
  Values sums(op.getOnto());
  if (sums.empty())
    sums.assign(counts.size() * perBlock(), e.zeros(lanes));
  int64_t rolled = unroll >= common ? 0 : common / unroll * unroll;
  if (rolled)
    sums = e.loop(first, e.add(first, rolled), e.index(unroll), sums,
                  [&](Value k, ValueRange carried) {
                    Values next(carried);
                    all(k, unroll, next);
                    return next;
                  });
  // The last block may be shorter, by an odd k even than a whole group.
  int64_t shared = (common - rolled) / group() * group();
  all(e.add(first, rolled), shared, sums);
  for (size_t block = 0; block < counts.size(); ++block) {
    int64_t done = rolled + shared;
    MutableArrayRef<Value> own(sums);
    turns(e.add(first, block * counts[0] + done), counts[block] - done,
          own.slice(block * perBlock(), perBlock()));
  }
  return sums;
}

Values PanelDot::addAll(ValueRange totals, ArrayRef<Value> sums) {
  Values next(totals);
  for (size_t at = 0; at < sums.size(); at += totals.size())
    next = addTo(e, next, sums.slice(at, totals.size()));
  return next;
}

Values PanelDot::emit() {
  int64_t depth = op.getCount(), size = matrix.sumBlock(), whole = depth / size * size;
  auto at = [&](int64_t k) { return e.add(op.getFirst(), k); };
  if (depth <= size)
    return blocks(op.getFirst(), {depth});
  // -0 is what changes no sum, not even the sign of a zero.
  Values totals(perBlock(), e.constant(-0.0, lanes));
  int64_t beside = op.getBeside();
  if (size < 64 && depth <= 2 * size) { // two halves, without a loop around them
    if (beside == 2)
      return addAll(totals, blocks(at(0), {size, depth - size}));
    return addAll(blocks(at(0), {size}), blocks(at(size), {depth - size}));
  }
  int64_t paired = whole / (beside * size) * beside * size;
  SmallVector<int64_t> counts(beside, size);
  totals = e.loop(
      at(0), at(paired), e.index(beside * size), totals,
      [&](Value first, ValueRange carried) { return addAll(carried, blocks(first, counts)); });
  for (int64_t k = paired; k < whole; k += size)
    totals = addAll(totals, blocks(at(k), {size}));
  if (whole < depth)
    totals = addAll(totals, blocks(at(whole), {depth - whole}));
  return totals;
}

/// [k][gate].
static Values emitLoad(Emitter &e, rnn::PanelLoadOp op) {
  PanelWords words{op.getMatrix(), op.getWeights(), op.getStart(), op.getTail()};
  Tile part{op.getMatrix().getGates(), 1, 1};
  WeightLoader loader(e, words, op.getConstants(), part, e.index(0), /*oneByOne=*/false);
  Values weights;
  int64_t first = op.getFirst(), end = first + op.getCount(), group = loader.group();
  for (int64_t k = first / group * group; k < end; k += group) {
    Values loaded = loader.load(e.index(k));
    for (int64_t turn = 0; turn < group; ++turn)
      if (k + turn >= first && k + turn < end)
        llvm::append_range(weights, loader.widen(loaded, turn));
  }
  return weights;
}

/// The sums of all gates, in the fixed order.
static Values emitRegisterDot(Emitter &e, rnn::RegisterDotOp op) {
  Value h = op.getH();
  int64_t lanes = cast<VectorType>(h.getType()).getNumElements(), gates = op.getSums().size();
  int64_t depth = op.getWeights().size() / gates, block = sumBlock(depth, depth);
  Values totals;
  for (int64_t first = 0; first < depth; first += block) {
    Values sums(gates, e.zeros(lanes));
    for (int64_t k = first; k < std::min(first + block, depth); ++k) {
      Value x = vector::ShuffleOp::create(e, h, h, SmallVector<int64_t>(lanes, k));
      for (int64_t gate = 0; gate < gates; ++gate)
        sums[gate] = e.multiplyAdd(op.getWeights()[k * gates + gate], x, sums[gate]);
    }
    for (int64_t gate = 0; gate < gates && first > 0; ++gate)
      sums[gate] = arith::AddFOp::create(e, totals[gate], sums[gate]);
    totals = sums;
  }
  return totals;
}

namespace {
struct ExpandPanelDot : grucc::impl::ExpandPanelDotBase<ExpandPanelDot> {
  void runOnOperation() override {
    getOperation()->walk([&](Operation *op) {
      if (auto dot = dyn_cast<rnn::PanelDotOp>(op))
        replace(op, [&](Emitter &e) { return PanelDot(e, dot).emit(); });
      else if (auto load = dyn_cast<rnn::PanelLoadOp>(op))
        replace(op, [&](Emitter &e) { return emitLoad(e, load); });
      else if (auto dot = dyn_cast<rnn::RegisterDotOp>(op))
        replace(op, [&](Emitter &e) { return emitRegisterDot(e, dot); });
      else if (auto constants = dyn_cast<rnn::MatrixConstantsOp>(op))
        replace(op, [&](Emitter &e) { return expandConstants(e, constants); });
    });
  }

  void replace(Operation *op, function_ref<Values(Emitter &)> emit) {
    OpBuilder builder(op);
    Type element = getElementTypeOrSelf(op->getResult(0).getType());
    if (isa<rnn::MatrixConstantsOp>(op))
      element = builder.getF32Type();
    Emitter e(op->getLoc(), builder, element, fusesMultiplyAdds(op));
    if (auto function = op->getParentOfType<func::FuncOp>())
      e.machine = function->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
    op->replaceAllUsesWith(emit(e));
    op->erase();
  }
};
} // namespace
