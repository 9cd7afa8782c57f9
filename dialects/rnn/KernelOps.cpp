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
                                 StorageKind, bool) {
  std::pair<StringRef, int64_t> sizes[] = {
      {"gates", gates}, {"units", units}, {"lanes", lanes}, {"vectors", vectors}, {"depth", depth}};
  for (auto [name, size] : sizes)
    if (size < 1)
      return emitError() << "matrix: " << name << ": found " << size << ", expected at least 1";
  return success();
}

SmallVector<Type> MatrixAttr::constantTypes(Type element) const {
  if (!storageOf(getKind()).mostExponent)
    return {};
  auto number = VectorType::get({getLanes()}, element);
  auto bits = VectorType::get({getLanes()}, IntegerType::get(getContext(), 32));
  return {bits, number, bits, number};
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

/// The constants that a matrix's widening takes, where it has a scale.
static LogicalResult expectConstants(Operation *op, MatrixAttr matrix, Type element,
                                     TypeRange constants) {
  SmallVector<Type> expected = matrix.constantTypes(element);
  if (constants == TypeRange(expected))
    return success();
  return op->emitOpError() << "constants: found " << constants.size() << " (" << constants
                           << "), expected " << expected.size() << " (" << TypeRange(expected)
                           << ")";
}

static LogicalResult expectVectors(Operation *op, StringRef what, MatrixAttr matrix, Type element,
                                   TypeRange found) {
  auto vector = VectorType::get({matrix.getLanes()}, element);
  for (Type type : found)
    if (type != vector)
      return op->emitOpError() << what << ": found " << type << ", expected " << vector;
  return success();
}

/// A matrix's numbers must be ones that are kept in its kind.
static LogicalResult expectKind(Operation *op, MatrixAttr matrix, Type element) {
  const Storage &storage = storageOf(matrix.getKind());
  if (storage.isExact() || storage.narrows(element))
    return success();
  return op->emitOpError() << "kind: found " << stringifyStorageKind(matrix.getKind())
                           << " for numbers of " << element;
}

LogicalResult MatrixConstantsOp::verify() {
  MatrixAttr matrix = getMatrix();
  if (!storageOf(matrix.getKind()).mostExponent)
    return emitOpError() << "kind: found " << stringifyStorageKind(matrix.getKind())
                         << ", expected one that has a scale";
  return expectConstants(*this, matrix, Float32Type::get(getContext()), getConstants().getTypes());
}

LogicalResult PanelDotOp::verify() {
  MatrixAttr matrix = getMatrix();
  Type element = getElementTypeOrSelf(getX());
  MatrixLayout layout = MatrixLayout::of(matrix, element);
  PanelLayout &panels = layout.panels;
  if (failed(expectKind(*this, matrix, element)) ||
      failed(expectInDepth(*this, matrix, 0, getCount())) ||
      failed(expectConstants(*this, matrix, element, getConstants().getTypes())))
    return failure();
  std::pair<StringRef, int64_t> counts[] = {{"panels", getStarts().size()},
                                            {"rows", getRows().size()},
                                            {"vectors", getVectors() + getPacked()},
                                            {"unroll", getUnroll()},
                                            {"beside", getBeside()},
                                            {"line_bytes", getLineBytes()}};
  for (auto [name, count] : counts)
    if (count < 1)
      return emitOpError() << name << ": found " << count << ", expected at least 1";
  if (getPacked() && !(getTail() && panels.packedUnits()))
    return emitOpError("packed: found it, expected it for the last panel of a matrix whose last "
                       "units share a vector");
  if (getTail() && !panels.hasPartialTail())
    return emitOpError("tail: found it, expected whole panels");
  int64_t most = getTail() ? panels.tailVectors() : panels.vectors;
  if (getVectors() > most)
    return emitOpError() << "vectors: found " << getVectors() << ", expected at most " << most;
  if (getOneByOne() && layout.group() == 1)
    return emitOpError("one_by_one: found it, expected it for words of several k");
  if (getAhead() && layout.group() > 1)
    return emitOpError() << "ahead: found it, expected it for words of one k";
  if (failed(expectVectors(*this, "sums", matrix, element, getSums().getTypes())))
    return failure();
  if (!getOnto().empty()) {
    if (getCount() > layout.sumBlock())
      return emitOpError() << "onto: found it for " << getCount() << " k, expected it for at most "
                           << layout.sumBlock() << ", those of a block";
    if (getBeside() > 1)
      return emitOpError("onto: found it for several blocks, expected it for one");
    if (getOnto().getTypes() != getSums().getTypes())
      return emitOpError() << "onto: found " << getOnto().getTypes()
                           << ", expected those of the sums";
  }
  if (getTail() && getStarts().size() > 1)
    return emitOpError() << "panels: found " << getStarts().size() << ", expected one tail";
  int64_t perRow = matrix.getGates() * getVectors() + getPacked();
  return expectCount(*this, "sums", getSums().size(),
                     getStarts().size() * getRows().size() * perRow);
}

LogicalResult PanelLoadOp::verify() {
  MatrixAttr matrix = getMatrix();
  if (failed(expectInDepth(*this, matrix, getFirst(), getCount())) ||
      failed(expectCount(*this, "loaded", getLoaded().size(), getCount() * matrix.getGates())))
    return failure();
  Type element = getElementTypeOrSelf(getLoaded().front());
  if (matrix.getVectors() != 1 && !getTail())
    return emitOpError() << "vectors: found " << matrix.getVectors() << ", expected 1";
  return failed(expectKind(*this, matrix, element)) ||
                 failed(expectConstants(*this, matrix, element, getConstants().getTypes()))
             ? failure()
             : expectVectors(*this, "loaded", matrix, element, getLoaded().getTypes());
}

LogicalResult RegisterDotOp::verify() {
  auto vector = cast<VectorType>(getH().getType());
  int64_t lanes = vector.getNumElements();
  auto gates = int64_t(getSums().size()), weights = int64_t(getWeights().size());
  if (!isa<FloatType>(vector.getElementType()))
    return emitOpError() << "h: found " << vector << ", expected floating-point numbers";
  if (gates == 0 || weights == 0 || weights % gates || weights > lanes * gates)
    return emitOpError() << "weights: found " << weights << ", expected those of 1 to " << lanes
                         << " k of " << gates << " gates";
  SmallVector<Type> types(getWeights().getTypes());
  llvm::append_range(types, getSums().getTypes());
  for (Type type : types)
    if (type != vector)
      return emitOpError() << "found " << type << ", expected " << vector;
  return success();
}

/// A round of a cell of one state: `op` has the gates up to its last, and its own sums.
template <typename Op>
static LogicalResult verifyRound(Op op, const CellShape &shape, int64_t round) {
  auto expect = [&](StringRef what, int64_t found, int64_t expected) -> LogicalResult {
    if (found == expected)
      return success();
    return op.emitOpError() << what << ": found " << found << ", expected " << expected << " for '"
                            << op.getCell().getOp() << "'";
  };
  if (failed(expect("states", shape.states, 1)) ||
      failed(expect("gates", op.getGates().size(), shape.round[round].end)) ||
      failed(expect("sums", op.getSums().size(), shape.gatesOf(round))) ||
      (!op.getBiases().empty() &&
       failed(expect("biases", op.getBiases().size(), shape.keptBiases(round)))))
    return failure();
  SmallVector<Type> types(op->getOperandTypes());
  llvm::append_range(types, op->getResultTypes());
  for (Type type : types)
    if (type != op.getH().getType())
      return op.emitOpError() << "found " << type << " and " << op.getH().getType()
                              << ", expected one type";
  return success();
}

LogicalResult CellUpdateOp::verify() {
  std::optional<CellShape> shape = expectCell(*this, getCell());
  return shape ? verifyRound(*this, *shape, shape->rounds - 1) : failure();
}

LogicalResult CellRoundOp::verify() {
  std::optional<CellShape> shape = expectCell(*this, getCell());
  if (!shape || failed(expectEarlyRound(*this, *shape, getRound())) ||
      failed(verifyRound(*this, *shape, getRound())))
    return failure();
  return expectCount(*this, "activated", getActivated().size(), getSums().size());
}
