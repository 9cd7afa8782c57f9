//===- TeamOps.cpp - What a team of threads does together -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;
using namespace grucc::rnn;

LogicalResult ShareOp::verify() {
  if (int64_t(getUnits()) >= 1)
    return success();
  return emitOpError() << "units: found " << getUnits() << ", expected at least 1";
}

LogicalResult PhaseOp::verify() {
  if (int64_t(getUnits()) < 1)
    return emitOpError() << "units: found " << getUnits() << ", expected at least 1";
  Block &body = getBody().front();
  Type index = IndexType::get(getContext());
  if (body.getArgumentTypes() != ArrayRef<Type>{index, index, index})
    return emitOpError() << "found a body of " << body.getNumArguments()
                         << " arguments, expected part, first and end, of type index";
  for (Value value : getOperands().take_front(5)) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument || !isa<FunctionOpInterface>(argument.getOwner()->getParentOp()))
      return emitOpError("team: found a value, expected arguments of the function");
  }
  auto share = getFirst().getDefiningOp<ShareOp>();
  if (!share || share.getEnd() != getEnd())
    return emitOpError("own: found other values, expected the share of the function");
  if (share.getUnits() == getUnits())
    return success();
  InFlightDiagnostic error = emitOpError()
                             << "units: found " << getUnits() << ", expected " << share.getUnits();
  error.attachNote(share.getLoc()) << "of which the share is";
  return error;
}

LogicalResult ForkOp::verify() {
  Block &body = getBody().front();
  if (body.getArgumentTypes() == ArrayRef<Type>{IndexType::get(getContext())})
    return success();
  return emitOpError() << "found a body of " << body.getNumArguments()
                       << " arguments, expected the part, of type index";
}
