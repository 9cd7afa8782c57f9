//===- Rnn.h - The rnn dialect -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_RNN_H
#define GRUCC_DIALECTS_RNN_RNN_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/rnn/RnnDialect.h.inc"

namespace grucc {
struct CellShape;
} // namespace grucc

namespace grucc::rnn {

struct CellEquations;
class CellOpInterface;

/// What CellInterface.td says, for every op that is a cell.
const CellShape &shapeOfCell(mlir::Operation *cell);
mlir::Type inferCellType(const CellEquations &equations, mlir::Value gates, mlir::Value h,
                         mlir::Value wHh);
llvm::LogicalResult verifyCell(CellOpInterface cell);

/// Same number of tensors, same element types and ranks, and no static dimension
/// that contradicts another.
bool areCompatible(mlir::TypeRange inferred, mlir::TypeRange given);

} // namespace grucc::rnn

#include "dialects/rnn/RnnEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/rnn/RnnAttrs.h.inc"

#include "dialects/rnn/CellInterface.h.inc"

#define GET_OP_CLASSES
#include "dialects/rnn/RnnOps.h.inc"

#endif // GRUCC_DIALECTS_RNN_RNN_H
