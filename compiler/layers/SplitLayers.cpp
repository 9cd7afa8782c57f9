//===- SplitLayers.cpp - The network into layers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/layers/Passes.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace grucc {
#define GEN_PASS_DEF_SPLITLAYERS
#include "compiler/layers/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

static RankedTensorType typeOf(Value value) { return cast<RankedTensorType>(value.getType()); }

/// Unbatched (C9) and packed (C10) calls are forms of a call, not of a network:
/// generated code takes each of them at run time. The function's type becomes
/// that of the plain batched form.
static LogicalResult generalize(rnn::GruOp gru) {
  if (typeOf(gru.getInput()).getRank() == 3)
    return success();
  auto func = gru->getParentOfType<func::FuncOp>();
  auto input = dyn_cast<BlockArgument>(gru.getInput());
  auto h0 = dyn_cast_or_null<BlockArgument>(gru.getH_0());
  auto yields = func.getBody().front().getTerminator()->getOperands();
  if (!input || (gru.getH_0() && !h0) || !llvm::equal(yields, gru->getResults()))
    return gru.emitError() << "input: found an unbatched or packed form inside a larger function, "
                              "expected a function that holds the rnn.gru alone";
  constexpr int64_t any = ShapedType::kDynamic;
  rnn::Network network = gru.getNetwork();
  int64_t states = network.numCells(), h = network.hiddenSize;
  auto tensor = [&](ArrayRef<int64_t> shape) {
    return RankedTensorType::get(shape, typeOf(gru.getInput()).getElementType());
  };
  input.setType(tensor({any, any, network.inputSize}));
  if (h0)
    h0.setType(tensor({states, any, h}));
  gru.getOutput().setType(tensor({any, any, network.outputSize()}));
  gru.getHN().setType(tensor({states, any, h}));
  gru.getBatchSizesMutable().clear();
  gru.getSortedIndicesMutable().clear();
  gru.getUnsortedIndicesMutable().clear();
  func.setType(FunctionType::get(func.getContext(), func.getBody().front().getArgumentTypes(),
                                 gru->getResultTypes()));
  return success();
}

/// What the op says goes on standing on the function, which holds no other network.
static LogicalResult describe(rnn::GruOp gru) {
  auto network = rnn::NetworkAttr::getChecked([&] { return gru.emitError(); }, gru.getContext(),
                                              gru.getNetwork());
  if (!network)
    return failure();
  auto said = gru->getParentOp()->getAttrOfType<rnn::NetworkAttr>(rnn::NetworkAttr::name);
  if (said && said != network) {
    InFlightDiagnostic error = gru.emitError() << "rnn.network: found " << network << ", expected "
                                               << said << " as its function says";
    error.attachNote(gru->getParentOp()->getLoc()) << "which is here";
    return error;
  }
  gru->getParentOp()->setAttr(rnn::NetworkAttr::name, network);
  return success();
}

namespace {
/// rnn.gru ==> [transpose], layers, [transpose], stack.
class Splitter {
public:
  explicit Splitter(rnn::GruOp gru) : gru(gru), network(gru.getNetwork()), b(gru.getLoc(), gru) {}

  void split() {
    Value sequence = gru.getInput();
    if (network.batchFirst) // C5
      sequence = transposed(sequence, swapAxes(sequence.getType()));
    for (int64_t layer = 0; layer < network.numLayers; ++layer) {
      sequence = emitLayer(layer, sequence);
      if (layer + 1 < network.numLayers)
        sequence = dropped(layer, sequence);
    }
    if (network.batchFirst)
      sequence = transposed(sequence, gru.getOutput().getType());
    Value stacked = rnn::StackOp::create(b, gru.getHN().getType(), states);
    gru.replaceAllUsesWith(ValueRange{sequence, stacked});
    gru.erase();
  }

private:
  rnn::GruOp gru;
  rnn::Network network;
  ImplicitLocOpBuilder b;
  SmallVector<Value> states; ///< index l*D + d (C7)

  // With the types that the op says: a caller sees no difference.
  Value transposed(Value value, Type type) { return rnn::TransposeOp::create(b, type, value); }
  static Type swapAxes(Type type) {
    auto tensor = cast<RankedTensorType>(type);
    ArrayRef<int64_t> shape = tensor.getShape();
    return RankedTensorType::get({shape[1], shape[0], shape[2]}, tensor.getElementType());
  }

  /// Both directions read the whole sequence below (C1); forward comes first (C7).
  Value emitLayer(int64_t layer, Value sequence) {
    SmallVector<Value> outputs;
    auto cell = rnn::CellAttr::get(b.getContext(), rnn::GruCellOp::getOperationName(),
                                   rnn::VariantAttr::of(b.getContext(), network.variant));
    for (int64_t direction = 0; direction < network.numDirections(); ++direction) {
      Value h0; // C8: left out, it stays out
      if (gru.getH_0())
        h0 = rnn::StateOp::create(b, gru.getH_0(), layer * network.numDirections() + direction);
      auto weights = gru.getCellWeights(layer, direction);
      Value bIh = network.bias ? weights[2] : Value();
      Value bHh = network.bias ? weights[3] : Value(); // C4
      auto op = rnn::LayerOp::create(b, sequence, h0, gru.getLengths(), weights[0], weights[1], bIh,
                                     bHh, network.isReverse(direction), rnn::StorageAttr(),
                                     rnn::StorageAttr(), cell);
      outputs.push_back(op.getOutput());
      states.push_back(op.getHN());
    }
    if (outputs.size() == 1)
      return outputs.front();
    return rnn::ConcatOp::create(b, outputs[0], outputs[1]);
  }

  /// In inference dropout is nothing; in training a mask drops whatever p is (C6).
  Value dropped(int64_t layer, Value sequence) {
    bool isDrawn = gru.getDropoutSeed() || gru.getDropoutMask() || !gru.getDropout().isZero();
    if (!network.training || !isDrawn)
      return sequence;
    return rnn::DropoutOp::create(b, sequence, gru.getDropoutSeed(), gru.getDropoutMask(),
                                  gru.getDropout(), layer);
  }
};

struct SplitLayers : grucc::impl::SplitLayersBase<SplitLayers> {
  void runOnOperation() override {
    auto networks = llvm::to_vector(getOperation().getOps<rnn::GruOp>());
    for (rnn::GruOp gru : networks) {
      if (failed(generalize(gru)) || (networks.size() == 1 && failed(describe(gru))))
        return signalPassFailure();
      Splitter(gru).split();
    }
  }
};
} // namespace
