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

/// Threads are given work by one function at a time.
static LogicalResult expectNoWork(Operation *op) {
  for (Operation *outer = op->getParentOp(); outer; outer = outer->getParentOp())
    if (isa<PhaseOp, ForkOp>(outer)) {
      InFlightDiagnostic error = op->emitOpError() << "found it in '" << outer->getName()
                                                   << "', expected it beside such work";
      error.attachNote(outer->getLoc()) << "which is here";
      return error;
    }
  return success();
}

LogicalResult ShareOp::verify() {
  if (getUnits() < 1)
    return emitOpError() << "units: found " << getUnits() << ", expected at least 1";
  if (failed(expectNoWork(*this)))
    return failure();
  Operation *function = getOperation()->getParentOp();
  if (!isa<FunctionOpInterface>(function))
    return emitOpError() << "found it in '" << function->getName()
                         << "', expected it in the body of a function";
  for (Operation &other : *getOperation()->getBlock())
    if (isa<ShareOp>(other) && &other != getOperation() && other.isBeforeInBlock(getOperation())) {
      InFlightDiagnostic error = emitOpError("found a second share, expected one in a function");
      error.attachNote(other.getLoc()) << "the first is here";
      return error;
    }
  return success();
}

LogicalResult PhaseOp::verify() {
  if (failed(expectNoWork(*this)))
    return failure();
  Block &body = getBody().front();
  Type index = IndexType::get(getContext());
  if (body.getArgumentTypes() != ArrayRef<Type>{index, index, index})
    return emitOpError() << "found a body of " << body.getNumArguments()
                         << " arguments, expected part, first and end, of type index";
  for (Value value : getOperands().take_front(5)) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument || !argument.getOwner()->isEntryBlock() ||
        !isa<FunctionOpInterface>(argument.getOwner()->getParentOp()))
      return emitOpError("team: found a value, expected arguments of the function");
  }
  auto share = getFirst().getDefiningOp<ShareOp>();
  if (!share || share.getFirst() != getFirst() || share.getEnd() != getEnd() ||
      share.getPart() != getPart() || share.getParts() != getParts())
    return emitOpError("own: found other values, expected the share of the function");
  if (share.getUnits() != getUnits()) {
    InFlightDiagnostic error = emitOpError() << "units: found " << getUnits() << ", expected "
                                             << share.getUnits();
    error.attachNote(share.getLoc()) << "of which the share is";
    return error;
  }
  // What is one part's own is another's in the function that the body becomes.
  for (Value own : {Value(getPart()), Value(getFirst()), Value(getEnd())})
    for (Operation *user : own.getUsers())
      if (getBody().isAncestor(user->getParentRegion())) {
        InFlightDiagnostic error =
            emitOpError("own: found its use in the body, expected that of the body's arguments");
        error.attachNote(user->getLoc()) << "which is here";
        return error;
      }
  return success();
}

LogicalResult ForkOp::verify() {
  if (failed(expectNoWork(*this)))
    return failure();
  Block &body = getBody().front();
  if (body.getArgumentTypes() == ArrayRef<Type>{IndexType::get(getContext())})
    return success();
  return emitOpError() << "found a body of " << body.getNumArguments()
                       << " arguments, expected the part, of type index";
}
