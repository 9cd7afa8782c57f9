//===- CellOps.cpp - Projection, scan over time, and the cell -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/CellInterface.h"
#include "dialects/rnn/Shapes.h"
#include "dialects/rnn/Storage.h"

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
  if (!expectCell(*this, getCell()))
    return failure();
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

/// The cell whose states a body yields, or null.
static CellOpInterface cellOf(Region &body) {
  if (body.empty() || body.front().empty())
    return nullptr;
  auto yield = dyn_cast<YieldOp>(body.front().back());
  return yield && yield.getState() ? yield.getState().getDefiningOp<CellOpInterface>() : nullptr;
}

/// How many states stand side by side.
static int64_t statesOf(Region &body) {
  CellOpInterface cell = cellOf(body);
  return cell ? cell.getShape().states : 1;
}

CellOpInterface ScanOp::getCell() { return cellOf(getBody()); }

LogicalResult ScanOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                       SmallVectorImpl<Type> &types) {
  Value gates = adaptor.getGates();
  Type dtype = getElementTypeOrSelf(gates);
  // The states are what the body says, or h_0 before there is a body.
  int64_t width = sizeOf(adaptor.getH_0(), 1), states = 1;
  RegionRange regions = adaptor.getRegions();
  if (!regions.empty() && !regions.front()->empty() && regions.front()->getNumArguments() == 2) {
    width = firstStatic({width, sizeOf(regions.front()->getArgument(1), 1)});
    states = statesOf(*regions.front());
  }
  int64_t hidden = width == anySize ? anySize : width / states;
  int64_t batch =
      firstStatic({sizeOf(gates, 1), sizeOf(adaptor.getH_0(), 0), sizeOf(adaptor.getLengths(), 0)});
  types.push_back(RankedTensorType::get({sizeOf(gates, 0), batch, hidden}, dtype));
  types.push_back(RankedTensorType::get({batch, width}, dtype));
  return success();
}

LogicalResult ScanOp::verify() {
  Type dtype = getElementTypeOrSelf(getGates()), counts = IntegerType::get(getContext(), 64);
  int64_t batch = sizeOf(getGates(), 1), width = sizeOf(getHN(), 1);
  if (failed(expectTensor(*this, "h_0", getH_0(), {batch, width}, dtype))) // C8
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
  return expectTensor(*this, "state of a step", getBody().getArgument(1), {batch, width}, dtype);
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

CellEquations GruCellOp::getEquations(const Variant &variant) {
  return CellEquations::of<Gru>(gruShape(variant));
}
