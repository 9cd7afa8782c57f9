//===- KernelOps.cpp - What kernels are written in -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/CellInterface.h"
#include "dialects/rnn/Rnn.h"

using namespace mlir;
using namespace grucc::rnn;

LogicalResult CellUpdateOp::verify() {
  const CellShape *shape = expectCell(*this, getCell());
  if (!shape)
    return failure();
  auto expect = [&](StringRef what, int64_t found, int64_t expected) -> LogicalResult {
    if (found == expected)
      return success();
    return emitOpError() << what << ": found " << found << ", expected " << expected << " for '"
                         << getCell() << "'";
  };
  if (failed(expect("rounds", shape->rounds, 1)) || failed(expect("states", shape->states, 1)) ||
      failed(expect("gates", getGates().size(), shape->gates)) ||
      failed(expect("sums", getSums().size(), shape->gates)) ||
      (!getBiases().empty() && failed(expect("biases", getBiases().size(), shape->keptBiases()))))
    return failure();
  for (Value operand : getOperands())
    if (operand.getType() != getH().getType())
      return emitOpError() << "found operands of " << operand.getType() << " and "
                           << getH().getType() << ", expected one type";
  return success();
}
