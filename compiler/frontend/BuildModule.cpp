//===- BuildModule.cpp - From a Network to an rnn.gru ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Frontend.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/Builders.h"

using namespace mlir;

namespace grucc {

/// A constant that looks at the tensor's bytes in place and keeps what they
/// live in alive as long as the context does.
static Value weightConstant(OpBuilder &builder, Location loc, const Network &network,
                            const WeightTensor &tensor, RankedTensorType type) {
  constexpr size_t alignment = 64;
  AsmResourceBlob blob = UnmanagedAsmResourceBlob::allocateWithAlign(
      tensor.data, alignment, [storage = network.storage](void *, size_t, size_t) {});
  return arith::ConstantOp::create(
      builder, loc, DenseResourceElementsAttr::get(type, tensor.name, std::move(blob)));
}

OwningOpRef<ModuleOp> buildModule(MLIRContext &context, const Network &network,
                                  llvm::StringRef name) {
  context.loadDialect<rnn::RnnDialect, func::FuncDialect, arith::ArithDialect>();
  OpBuilder builder(&context);
  Location loc = builder.getUnknownLoc();
  OwningOpRef<ModuleOp> module = ModuleOp::create(builder, loc);

  Type element =
      network.dtype == DType::Float64 ? Type(builder.getF64Type()) : builder.getF32Type();
  auto tensorOf = [&](ArrayRef<int64_t> shape) { return RankedTensorType::get(shape, element); };
  constexpr int64_t any = ShapedType::kDynamic;
  // [T, B, I] or, with batch_first, [B, T, I]: both sizes are known at run time only.
  Type input = tensorOf({any, any, network.inputSize}),
       output = tensorOf({any, any, network.outputSize()});
  Type state = tensorOf({network.numCells(), any, network.hiddenSize});

  SmallVector<Type> arguments = {input, state};
  if (network.training)
    arguments.push_back(builder.getI64Type()); // dropout_seed
  SmallVector<RankedTensorType> weightTypes;
  for (const WeightTensor &tensor : network.weights)
    weightTypes.push_back(tensorOf(tensor.shape));
  bool isExternal = network.externalWeights;
  if (isExternal)
    arguments.append(weightTypes.begin(), weightTypes.end());

  builder.setInsertionPointToEnd(module->getBody());
  auto function =
      func::FuncOp::create(builder, loc, name, builder.getFunctionType(arguments, {output, state}));
  Block *body = function.addEntryBlock();
  builder.setInsertionPointToEnd(body);

  SmallVector<Value> weights;
  if (isExternal)
    llvm::append_range(weights, body->getArguments().take_back(weightTypes.size()));
  else
    for (auto [tensor, type] : llvm::zip_equal(network.weights, weightTypes))
      weights.push_back(weightConstant(builder, loc, network, tensor, type));

  auto gru = rnn::GruOp::create(
      builder, loc, TypeRange{output, state}, /*input=*/body->getArgument(0),
      /*h_0=*/body->getArgument(1), /*lengths=*/Value(), /*batch_sizes=*/Value(),
      /*sorted_indices=*/Value(), /*unsorted_indices=*/Value(),
      /*dropout_seed=*/network.training ? body->getArgument(2) : Value(),
      /*dropout_mask=*/Value(), weights, network.inputSize, network.hiddenSize, network.numLayers,
      network.bias, network.batchFirst, llvm::APFloat(network.dropout), network.bidirectional,
      network.training, network.reverse, rnn::VariantAttr::of(&context, network.variant));
  func::ReturnOp::create(builder, loc, gru.getResults());
  return module;
}

} // namespace grucc
