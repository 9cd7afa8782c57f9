//===- CStructs.cpp - The structs of the C interface, field by field -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/CStructs.h"

#include "dialects/rnn/Rnn.h"
#include "mlir/Target/LLVMIR/TypeFromLLVM.h"
#include "llvm/IR/DataLayout.h"
#include "llvm/IR/DerivedTypes.h"
#include "llvm/IR/LLVMContext.h"

using namespace grucc::rnn;
using Kind = CStruct::Kind;

static constexpr CStruct::Field argsFields[] = {{"size", Kind::Int64},
                                                {"seq_len", Kind::Int64},
                                                {"batch", Kind::Int64},
                                                {"input", Kind::Pointer},
                                                {"h_0", Kind::Pointer},
                                                {"lengths", Kind::Pointer},
                                                {"batch_sizes", Kind::Pointer},
                                                {"output", Kind::Pointer},
                                                {"h_n", Kind::Pointer},
                                                {"workspace", Kind::Pointer},
                                                {"weights", Kind::Pointer},
                                                {"dropout_seed", Kind::Int64},
                                                {"dropout_mask", Kind::Pointer},
                                                {"parallel_for", Kind::Pointer},
                                                {"parallel_context", Kind::Pointer},
                                                {"threads", Kind::Int64},
                                                {"barrier", Kind::Pointer}};
static_assert(std::size(argsFields) == getMaxEnumValForArgsField() + 1);

static constexpr CStruct::Field modelFields[] = {
    {"abi_version", Kind::Int32},
    {"size", Kind::Int32},
    {"flags", Kind::Int32},
    {"step_rows", Kind::Int32},
    {"architecture", Kind::Int32},
    {"pointer_bytes", Kind::Int32},
    {"alignment", Kind::Int32},
    {"reset", Kind::Int32},
    {"direction", Kind::Int32},
    {"reserved", Kind::Int32},
    {"input_size", Kind::Int64},
    {"hidden_size", Kind::Int64},
    {"num_layers", Kind::Int64},
    {"dropout", Kind::Double},
    {"clip", Kind::Double},
    {"activations", Kind::Int64, 2 * 2 * 3}, // two uint32_t and two doubles each
    {"cpu_features", Kind::Int64, 4},
    {"weights_bytes", Kind::Int64},
    {"weights_count", Kind::Int64},
    {"checksum", Kind::Int64},
    {"id", Kind::Byte, 32},
    {"name", Kind::Pointer},
    {"target", Kind::Pointer},
    {"provenance", Kind::Pointer},
    {"run", Kind::Pointer},
    {"step", Kind::Pointer},
    {"state_bytes", Kind::Pointer},
    {"workspace_bytes", Kind::Pointer},
    {"init_state", Kind::Pointer},
    {"read_state", Kind::Pointer},
    {"reset_state", Kind::Pointer},
    {"pack", Kind::Pointer},
    {"supported", Kind::Pointer},
    {"select", Kind::Pointer}};
static_assert(std::size(modelFields) == size_t(ModelField::Select) + 1);

const CStruct &CStruct::args() {
  static constexpr CStruct args("grucc_args", argsFields);
  return args;
}

const CStruct &CStruct::model() {
  static constexpr CStruct model("grucc_model", modelFields);
  return model;
}

static llvm::Type *typeOf(Kind kind, llvm::LLVMContext &context) {
  switch (kind) {
  case Kind::Byte:
    return llvm::Type::getInt8Ty(context);
  case Kind::Int32:
    return llvm::Type::getInt32Ty(context);
  case Kind::Int64:
    return llvm::Type::getInt64Ty(context);
  case Kind::Double:
    return llvm::Type::getDoubleTy(context);
  case Kind::Pointer:
    return llvm::PointerType::getUnqual(context);
  }
  llvm_unreachable("a kind of field");
}

llvm::StructType *CStruct::type(llvm::LLVMContext &context) const {
  llvm::SmallVector<llvm::Type *> types;
  for (const Field &field : table) {
    llvm::Type *one = typeOf(field.kind, context);
    types.push_back(field.count == 1 ? one : llvm::ArrayType::get(one, field.count));
  }
  return llvm::StructType::get(context, types);
}

mlir::LLVM::LLVMStructType CStruct::type(mlir::MLIRContext *context) const {
  llvm::LLVMContext llvmContext;
  mlir::LLVM::TypeFromLLVMIRTranslator translator(*context);
  return mlir::cast<mlir::LLVM::LLVMStructType>(translator.translateType(type(llvmContext)));
}

llvm::SmallVector<int64_t> CStruct::offsets(const llvm::Triple &triple) const {
  llvm::LLVMContext context;
  llvm::DataLayout data(triple.computeDataLayout());
  const llvm::StructLayout *layout = data.getStructLayout(type(context));
  llvm::SmallVector<int64_t> offsets;
  for (llvm::TypeSize offset : layout->getMemberOffsets())
    offsets.push_back(offset.getFixedValue());
  offsets.push_back(layout->getSizeInBytes());
  return offsets;
}
