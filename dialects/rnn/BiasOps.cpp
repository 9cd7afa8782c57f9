//===- BiasOps.cpp - Biases, folded -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/CellInterface.h"
#include "dialects/rnn/Constants.h"
#include "dialects/rnn/Shapes.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::rnn;

LogicalResult FoldBiasesOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  int64_t gates = firstStatic({sizeOf(adaptor.getBIh(), 0), sizeOf(adaptor.getBHh(), 0)});
  Type dtype = getElementTypeOrSelf(adaptor.getBIh());
  types.push_back(RankedTensorType::get({gates}, dtype));
  int64_t kept = anySize;
  auto cell = findEquations(adaptor.getCell());
  if (cell && gates != anySize)
    kept = gates / cell->shape.gates * cell->shape.keptBiases();
  types.push_back(RankedTensorType::get({kept}, dtype));
  return success();
}

LogicalResult FoldBiasesOp::verify() {
  std::optional<CellShape> shape = expectCell(*this, getCell());
  if (!shape)
    return failure();
  int64_t gates = sizeOf(getBIh(), 0);
  // C3: a row block for every gate.
  if (gates != anySize && gates % shape->gates != 0)
    return emitOpError() << "b_ih: found " << gates << " rows, expected a multiple of "
                         << shape->gates;
  return expectTensor(*this, "b_hh", getBHh(), {gates}, getElementTypeOrSelf(getBIh()));
}

template <typename T>
static LogicalResult fold(FoldBiasesOp op, Attribute bIh, Attribute bHh,
                          SmallVectorImpl<OpFoldResult> &results) {
  std::vector<T> storageIh, storageHh;
  auto ih = constantValues<T>(bIh, storageIh), hh = constantValues<T>(bHh, storageHh);
  auto cell = findEquations(op.getCell());
  if (!cell || !ih || !hh || ih->size() != hh->size())
    return failure();
  const CellShape &shape = cell->shape;
  auto folded = foldBiases<T>(shape, ih->data(), hh->data(), ih->size() / shape.gates);
  for (const std::vector<T> &values : {folded.x, folded.kept})
    results.push_back(DenseElementsAttr::get(
        RankedTensorType::get({int64_t(values.size())}, getElementTypeOrSelf(op.getBX())),
        ArrayRef<T>(values)));
  return success();
}

LogicalResult FoldBiasesOp::fold(FoldAdaptor adaptor, SmallVectorImpl<OpFoldResult> &results) {
  if (getElementTypeOrSelf(getBX()).isF32())
    return ::fold<float>(*this, adaptor.getBIh(), adaptor.getBHh(), results);
  return ::fold<double>(*this, adaptor.getBIh(), adaptor.getBHh(), results);
}
