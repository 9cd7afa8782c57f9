//===- CStructs.h - The structs of the C interface, field by field -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one place that knows what stands where in grucc_args and grucc_model of
// runtime/include/grucc/model.h. Code names a field; where it stands follows from LLVM's data
// layout, for pointers of any width.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_CSTRUCTS_H
#define GRUCC_DIALECTS_RNN_CSTRUCTS_H

#include "dialects/rnn/Targets.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"

namespace llvm {
class StructType;
} // namespace llvm

namespace grucc::rnn {

/// Fields of grucc_args, in order (InterfaceOps.td).
enum class ArgsField : uint32_t;

/// Fields of grucc_model, in order. From Run on they are functions, NAME_run and so on.
enum class ModelField {
  AbiVersion,
  Size,
  Flags,
  StepRows,
  Architecture,
  PointerBytes,
  Alignment,
  Reset,
  Direction,
  Reserved,
  InputSize,
  HiddenSize,
  NumLayers,
  Dropout,
  Clip,
  Activations,
  CpuFeatures,
  WeightsBytes,
  WeightsCount,
  Checksum,
  Id,
  Name,
  Target,
  Provenance,
  Run,
  Step,
  StateBytes,
  WorkspaceBytes,
  InitState,
  ReadState,
  ResetState,
  Pack,
  Supported,
  Select
};

class CStruct {
public:
  enum class Kind { Byte, Int32, Int64, Double, Pointer };
  struct Field {
    llvm::StringLiteral name; ///< as in C
    Kind kind;
    unsigned count = 1; ///< of an array
  };

  static const CStruct &args();
  static const CStruct &model();

  llvm::StringRef name() const { return typeName; }
  llvm::ArrayRef<Field> fields() const { return table; }
  const Field &field(ArgsField field) const { return table[unsigned(field)]; }
  const Field &field(ModelField field) const { return table[unsigned(field)]; }

  llvm::StructType *type(llvm::LLVMContext &context) const;
  mlir::LLVM::LLVMStructType type(mlir::MLIRContext *context) const;
  /// Where every field stands, in bytes, and behind them the size of the whole.
  llvm::SmallVector<int64_t> offsets(const llvm::Triple &triple) const;
  int64_t bytes(const Platform &platform) const {
    return offsets(platform.triple()).back();
  }

private:
  constexpr CStruct(llvm::StringLiteral typeName, llvm::ArrayRef<Field> table)
      : typeName(typeName), table(table) {}

  llvm::StringLiteral typeName;
  llvm::ArrayRef<Field> table;
};

} // namespace grucc::rnn

#endif // GRUCC_DIALECTS_RNN_CSTRUCTS_H
