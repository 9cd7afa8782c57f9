//===- Memory.cpp - The memory of a model -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::rnn;

static LogicalResult expectPositive(function_ref<InFlightDiagnostic()> emitError, StringRef name,
                                    int64_t found, int64_t least) {
  if (found >= least)
    return success();
  return emitError() << name << ": found " << found << ", expected at least " << least;
}

LogicalResult PlaceAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t weights,
                                std::optional<int64_t> bias, std::optional<int64_t> state) {
  if (failed(expectPositive(emitError, "place: weights", weights, 0)) ||
      failed(expectPositive(emitError, "place: state", state.value_or(0), 0)))
    return failure();
  return expectPositive(emitError, "place: bias", bias.value_or(weights), weights);
}

LogicalResult PartAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef,
                               int64_t bytes, CountedBy) {
  return expectPositive(emitError, "part: bytes", bytes, 0);
}

LogicalResult MemoryAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t weights,
                                 int64_t chunkRows, ArrayRef<PartAttr> parts) {
  if (failed(expectPositive(emitError, "memory: weights", weights, 0)) ||
      failed(expectPositive(emitError, "memory: chunk_rows", chunkRows, 1)))
    return failure();
  llvm::StringSet<> names;
  for (PartAttr part : parts)
    if (!names.insert(part.getName()).second)
      return emitError() << "memory: workspace: found two parts '" << part.getName()
                         << "', expected names of their own";
  return success();
}

/// The memory that the function says.
static MemoryAttr memoryOf(Operation *op) {
  auto func = op->getParentOfType<FunctionOpInterface>();
  auto memory = func ? func->getAttrOfType<MemoryAttr>(MemoryAttr::name) : MemoryAttr();
  if (!memory)
    op->emitOpError() << MemoryAttr::name << ": found none, expected it on the function";
  return memory;
}

LogicalResult WorkspacePartOp::verify() {
  MemoryAttr memory = memoryOf(*this);
  if (!memory)
    return failure();
  for (PartAttr part : memory.getParts())
    if (part.getName() == getPart())
      return success();
  InFlightDiagnostic error = emitOpError() << "part: found '" << getPart() << "', expected one of ";
  llvm::interleaveComma(memory.getParts(), error,
                        [&](PartAttr part) { error << "'" << part.getName() << "'"; });
  error.attachNote((*this)->getParentOfType<FunctionOpInterface>().getLoc())
      << "the workspace is described here";
  return error;
}

LogicalResult WorkspaceBytesOp::verify() { return success(memoryOf(*this) != nullptr); }
LogicalResult ChunkRowsOp::verify() { return success(memoryOf(*this) != nullptr); }
