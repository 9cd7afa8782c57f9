//===- Rnn.h - The rnn dialect -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_RNN_H
#define GRUCC_DIALECTS_RNN_RNN_H

#include "dialects/rnn/CellEquations.h"
#include "dialects/rnn/Fields.h"
#include "dialects/rnn/Network.h"
#include "dialects/rnn/Targets.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "dialects/rnn/RnnDialect.h.inc"

namespace grucc::rnn {

class CellOpInterface;

class CellAttr;

/// On NAME_LEVEL_run: NAME, whose network it is for another target.
inline constexpr llvm::StringLiteral levelOfName = "rnn.level_of";
/// On NAME_run: the symbol of the weights that it reads, where levels may share them.
inline constexpr llvm::StringLiteral weightsName = "rnn.weights";

/// What CellInterface.td says, for every op that is a cell.
CellAttr kindOfCell(mlir::Operation *cell);
CellShape shapeOfCell(mlir::Operation *cell);
mlir::Type inferCellType(const CellEquations &equations, mlir::Value gates, mlir::Value h,
                         mlir::Value wHh);
llvm::LogicalResult verifyCell(CellOpInterface cell);

/// Same number of tensors, same element types and ranks, and no static dimension
/// that contradicts another.
bool areCompatible(mlir::TypeRange inferred, mlir::TypeRange given);

/// The text `<name = value, ...>` of an attribute that is a table of fields (Fields.td):
/// any order is read, the table's is written, and what is as where it is left out is not.
mlir::FailureOr<std::vector<FieldValue>> parseFields(mlir::AsmParser &parser, FieldTable table);
void printFields(mlir::AsmPrinter &printer, FieldTable table, llvm::ArrayRef<FieldValue> values);
/// Every number must be in its field's range.
mlir::LogicalResult verifyFields(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                                 FieldTable table, llvm::ArrayRef<FieldValue> values);
/// Adds `name=value` of a pass's option to what was set by hand.
mlir::LogicalResult readSettings(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                                 FieldTable table, llvm::ArrayRef<std::string> texts,
                                 FieldSettings &settings);

} // namespace grucc::rnn

#include "dialects/rnn/RnnEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "dialects/rnn/RnnAttrs.h.inc"

namespace grucc::rnn {
using Schedule = ScheduleAttr::Fields;
using Tiling = ScheduleAttr::Tiling;
using Traversal = ScheduleAttr::Traversal;
using Sharing = ScheduleAttr::Sharing;
using GpuSchedule = GpuScheduleAttr::Fields;

/// One number of #rnn.machine, from 1 to `most`, and what stands for it where it is left out.
struct MachineFact {
  llvm::StringRef name;
  int64_t (MachineAttr::*get)() const;
  std::optional<int64_t> otherwise;
  int64_t most = INT32_MAX; ///< products of two do not overflow
};
/// All of them, in the order of MachineAttr::get.
llvm::ArrayRef<MachineFact> machineFacts();
/// A machine of these numbers, one for each fact; null, and a diagnostic, where it cannot be.
MachineAttr makeMachine(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                        mlir::MLIRContext *context, llvm::StringRef name, llvm::StringRef target,
                        llvm::ArrayRef<int64_t> numbers);

/// What kernels of one row go by: row_lanes for lanes.
Schedule forOneRow(const Schedule &schedule);

/// Bytes of stack for the sums of one group of rows; A3 allows 16 KB in all.
inline constexpr int64_t mostGroupBytes = 6144;

/// Whether a machine and the stack allow the schedule for units of so many gates; what holds
/// on every machine is checked by the attribute's own verifier.
llvm::LogicalResult verifySchedule(llvm::function_ref<mlir::InFlightDiagnostic()> emitError,
                                   ScheduleAttr schedule, MachineAttr machine, int64_t hiddenSize,
                                   int64_t gates, int64_t elementBits);
} // namespace grucc::rnn

#include "dialects/rnn/CellInterface.h.inc"

#define GET_OP_CLASSES
#include "dialects/rnn/RnnOps.h.inc"

#endif // GRUCC_DIALECTS_RNN_RNN_H
