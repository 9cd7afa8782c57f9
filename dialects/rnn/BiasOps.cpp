//===- BiasOps.cpp - Biases, folded -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Constants.h"
#include "dialects/rnn/Rnn.h"
#include "dialects/rnn/Shapes.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace grucc::rnn;

LogicalResult FoldBiasesOp::inferReturnTypes(MLIRContext *, std::optional<Location>,
                                             Adaptor adaptor, SmallVectorImpl<Type> &types) {
  int64_t gates = firstStatic({sizeOf(adaptor.getBIh(), 0), sizeOf(adaptor.getBHh(), 0)});
  Type dtype = getElementTypeOrSelf(adaptor.getBIh());
  types.push_back(RankedTensorType::get({gates}, dtype));
  types.push_back(RankedTensorType::get({gates == anySize ? anySize : gates / 3}, dtype));
  return success();
}

LogicalResult FoldBiasesOp::verify() {
  int64_t gates = sizeOf(getBIh(), 0);
  // C3: rows r, z, n.
  if (gates != anySize && gates % 3 != 0)
    return emitOpError() << "b_ih: found " << gates << " rows, expected a multiple of 3";
  return expectTensor(*this, "b_hh", getBHh(), {gates}, getElementTypeOrSelf(getBIh()));
}

template <typename T>
static LogicalResult fold(FoldBiasesOp op, Attribute bIh, Attribute bHh,
                          SmallVectorImpl<OpFoldResult> &results) {
  std::vector<T> storageIh, storageHh;
  auto ih = constantValues<T>(bIh, storageIh), hh = constantValues<T>(bHh, storageHh);
  if (!ih || !hh || ih->size() != hh->size())
    return failure();
  size_t hidden = ih->size() / 3;
  std::vector<T> x(ih->begin(), ih->end());
  for (size_t i = 0; i < 2 * hidden; ++i)
    x[i] = (*ih)[i] + (*hh)[i];
  auto type = [&](int64_t n) {
    return RankedTensorType::get({n}, getElementTypeOrSelf(op.getBX()));
  };
  results.push_back(DenseElementsAttr::get(type(3 * hidden), ArrayRef<T>(x)));
  results.push_back(DenseElementsAttr::get(type(hidden), hh->drop_front(2 * hidden)));
  return success();
}

LogicalResult FoldBiasesOp::fold(FoldAdaptor adaptor, SmallVectorImpl<OpFoldResult> &results) {
  if (getElementTypeOrSelf(getBX()).isF32())
    return ::fold<float>(*this, adaptor.getBIh(), adaptor.getBHh(), results);
  return ::fold<double>(*this, adaptor.getBIh(), adaptor.getBHh(), results);
}
