//===- KernelOps.cpp - What kernels are written in -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/CellInterface.h"
#include "dialects/rnn/PanelLayout.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::rnn;

LogicalResult MatrixAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t gates,
                                 int64_t units, int64_t lanes, int64_t vectors, int64_t depth,
                                 StorageKind) {
  std::pair<StringRef, int64_t> sizes[] = {
      {"gates", gates}, {"units", units}, {"lanes", lanes}, {"vectors", vectors}, {"depth", depth}};
  for (auto [name, size] : sizes)
    if (size < 1)
      return emitError() << "matrix: " << name << ": found " << size << ", expected at least 1";
  return success();
}

static LogicalResult expectCount(Operation *op, StringRef what, int64_t found, int64_t expected) {
  if (found == expected)
    return success();
  return op->emitOpError() << what << ": found " << found << ", expected " << expected;
}

/// [first, first + count) must be k of the matrix.
static LogicalResult expectInDepth(Operation *op, MatrixAttr matrix, int64_t first, int64_t count) {
  if (count >= 1 && first >= 0 && first + count <= matrix.getDepth())
    return success();
  return op->emitOpError() << "k: found " << first << " to " << first + count
                           << ", expected some of 0 to " << matrix.getDepth();
}

LogicalResult PanelDotOp::verify() {
  MatrixAttr matrix = getMatrix();
  MatrixLayout layout = MatrixLayout::of(matrix, getElementTypeOrSelf(getX()));
  if (failed(expectInDepth(*this, matrix, 0, getCount())))
    return failure();
  if (getPacked() && !(getTail() && layout.panels.packedUnits()))
    return emitOpError("packed: found it, expected it for the last panel of a matrix whose last "
                       "units share a vector");
  int64_t perRow = matrix.getGates() * getVectors() + getPacked();
  auto vector = VectorType::get({matrix.getLanes()}, getElementTypeOrSelf(getX()));
  for (Type type : getSums().getTypes())
    if (type != vector)
      return emitOpError() << "sums: found " << type << ", expected " << vector;
  if (getAhead() && layout.group() > 1)
    return emitOpError() << "ahead: found it, expected it for words of one k";
  return expectCount(*this, "sums", getSums().size(), getRows().size() * perRow);
}

LogicalResult PanelLoadOp::verify() {
  if (failed(expectInDepth(*this, getMatrix(), getFirst(), getCount())))
    return failure();
  return expectCount(*this, "loaded", getLoaded().size(), getCount() * getMatrix().getGates());
}

LogicalResult RegisterDotOp::verify() {
  auto lanes = cast<VectorType>(getH().getType()).getNumElements();
  auto gates = int64_t(getSums().size());
  if (gates == 0 || int64_t(getWeights().size()) % gates ||
      int64_t(getWeights().size()) > lanes * gates)
    return emitOpError() << "weights: found " << getWeights().size()
                         << ", expected those of at most " << lanes << " k of " << gates
                         << " gates";
  for (Value operand : getWeights())
    if (operand.getType() != getH().getType())
      return emitOpError() << "weights: found " << operand.getType() << ", expected "
                           << getH().getType();
  return success();
}

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
  SmallVector<Type> types(getOperandTypes());
  types.push_back(getResult().getType());
  for (Type type : types)
    if (type != getH().getType())
      return emitOpError() << "found " << type << " and " << getH().getType()
                           << ", expected one type";
  return success();
}
