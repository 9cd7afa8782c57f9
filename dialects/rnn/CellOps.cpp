//===- CellOps.cpp - Projection, scan over time, and the cell -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"
#include "dialects/rnn/Shapes.h"
#include "dialects/rnn/Storage.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace grucc::rnn;

//===----------------------------------------------------------------------===//
// rnn.project
//===----------------------------------------------------------------------===//

LogicalResult ProjectOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  Value input = adaptor.getInput();
  int64_t gates = firstStatic({sizeOf(adaptor.getWeight(), 0), sizeOf(adaptor.getBias(), 0)});
  types.push_back(RankedTensorType::get({sizeOf(input, 0), sizeOf(input, 1), gates},
                                        getElementTypeOrSelf(input)));
  return success();
}

LogicalResult ProjectOp::verify() {
  Type dtype = getElementTypeOrSelf(getInput());
  int64_t gates = firstStatic({sizeOf(getWeight(), 0), sizeOf(getBias(), 0)});
  if (failed(expectTensor(*this, "weight", getWeight(), {gates, sizeOf(getInput(), 2)}, dtype)) ||
      failed(expectStorage(*this, "storage", getStorageAttr(), dtype)))
    return failure();
  return expectTensor(*this, "bias", getBias(), {gates}, dtype);
}

//===----------------------------------------------------------------------===//
// rnn.scan
//===----------------------------------------------------------------------===//

LogicalResult ScanOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  Value gates = adaptor.getGates();
  Type dtype = getElementTypeOrSelf(gates);
  // H is what the body says its state is, or h_0 before there is a body.
  int64_t hidden = sizeOf(adaptor.getH_0(), 1);
  RegionRange regions = adaptor.getRegions();
  if (!regions.empty() && !regions.front()->empty() && regions.front()->getNumArguments() == 2)
    hidden = firstStatic({hidden, sizeOf(regions.front()->getArgument(1), 1)});
  int64_t batch =
      firstStatic({sizeOf(gates, 1), sizeOf(adaptor.getH_0(), 0), sizeOf(adaptor.getLengths(), 0)});
  types.push_back(RankedTensorType::get({sizeOf(gates, 0), batch, hidden}, dtype));
  types.push_back(RankedTensorType::get({batch, hidden}, dtype));
  return success();
}

LogicalResult ScanOp::verify() {
  Type dtype = getElementTypeOrSelf(getGates()), counts = IntegerType::get(getContext(), 64);
  int64_t batch = sizeOf(getGates(), 1), hidden = sizeOf(getHN(), 1);
  if (failed(expectTensor(*this, "h_0", getH_0(), {batch, hidden}, dtype))) // C8
    return failure();
  batch = firstStatic({batch, sizeOf(getH_0(), 0)});
  if (failed(expectTensor(*this, "lengths", getLengths(), {batch}, counts))) // C10
    return failure();

  unsigned found = getBody().getNumArguments();
  if (found != 2)
    return emitOpError() << "body: found " << found
                         << " arguments, expected 2: the step's gates and the state";
  if (failed(expectTensor(*this, "gates of a step", getBody().getArgument(0),
                          {batch, sizeOf(getGates(), 2)}, dtype)))
    return failure();
  return expectTensor(*this, "state of a step", getBody().getArgument(1), {batch, hidden}, dtype);
}

LogicalResult ScanOp::verifyRegions() {
  auto yield = cast<YieldOp>(getBody().front().getTerminator());
  if (!yield.getState())
    return emitOpError() << "body: found nothing that it yields, expected the new state";
  return expectTensor(*this, "yielded state", yield.getState(),
                      {sizeOf(getGates(), 1), sizeOf(getHN(), 1)},
                      getElementTypeOrSelf(getGates()));
}

//===----------------------------------------------------------------------===//
// rnn.gru_cell
//===----------------------------------------------------------------------===//

LogicalResult GruCellOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                          SmallVectorImpl<Type> &types) {
  Value h = adaptor.getH();
  int64_t batch = firstStatic({sizeOf(h, 0), sizeOf(adaptor.getGates(), 0)});
  int64_t hidden = firstStatic({sizeOf(h, 1), sizeOf(adaptor.getWHh(), 1)});
  types.push_back(RankedTensorType::get({batch, hidden}, getElementTypeOrSelf(h)));
  return success();
}

LogicalResult GruCellOp::verify() {
  Type dtype = getElementTypeOrSelf(getGates());
  int64_t batch = sizeOf(getGates(), 0);
  int64_t hidden = firstStatic({sizeOf(getWHh(), 1), sizeOf(getH(), 1)});
  if (failed(expectPositive(*this, "hidden_size", hidden))) // C1
    return failure();
  std::optional<int64_t> gates = scaled(3, hidden);
  if (!gates)
    return emitOpError() << "w_hh: found shape " << shapeText({sizeOf(getWHh(), 0), hidden})
                         << ", expected fewer columns";
  if (failed(expectTensor(*this, "gates", getGates(), {batch, *gates}, dtype)) || // C3
      failed(expectTensor(*this, "h", getH(), {batch, hidden}, dtype)) ||
      failed(expectTensor(*this, "w_hh", getWHh(), {*gates, hidden}, dtype)) || // C3
      failed(expectStorage(*this, "storage", getStorageAttr(), dtype)))
    return failure();
  // C4: b_hn alone, or b_hh whole.
  bool whole = hidden != anySize && sizeOf(getBias(), 0) == *gates;
  return expectTensor(*this, "bias", getBias(), {whole ? *gates : hidden}, dtype);
}
