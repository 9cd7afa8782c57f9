//===- Interface.h - The C interface of a model, in generated code -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The public functions of A3, over the kernels. Each is a func.func of C types
// (pointers, int64_t, int) that checks its arguments, makes memrefs of them, and
// calls kernels. The struct layouts are those of runtime/include/grucc/model.h,
// where the status codes are explained too.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_INTERFACE_H
#define GRUCC_COMPILER_TARGET_CPU_INTERFACE_H

#include "compiler/target/ModelAbi.h"
#include "compiler/target/cpu/Kernels.h"
#include "dialects/rnn/CStructs.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace grucc::cpu {

using rnn::ArgsField;

/// The functions of a layer: over whole rows, which a model with dropout lacks, and
/// over rows of several lengths.
struct LayerFunctions {
  mlir::func::FuncOp whole, ragged;
  mlir::func::FuncOp orderLengths, orderRows, clearPadding;
};

/// What every public function is written with.
struct Interface {
  Emitter &e;
  mlir::ModuleOp module;
  const KernelPlan &plan;

  /// A condition that ends a function, and the status it ends with.
  struct Check {
    llvm::function_ref<Value()> fails;
    Status status;
  };

  mlir::Type pointer() { return e.pointerType(); }
  Value i64(int64_t value) {
    return mlir::arith::ConstantOp::create(e, e.getI64IntegerAttr(value));
  }
  Value toIndex(Value value) {
    return mlir::arith::IndexCastOp::create(e, e.getIndexType(), value);
  }
  Value compare(mlir::arith::CmpIPredicate predicate, Value a, int64_t b) {
    return mlir::arith::CmpIOp::create(e, predicate, a, i64(b));
  }

  Value address(Value pointer) {
    return mlir::LLVM::PtrToIntOp::create(e, e.getI64Type(), pointer);
  }
  Value isNull(Value pointer) { return cpu::isNull(e, pointer); }
  Value misaligned(Value pointer) {
    return compare(mlir::arith::CmpIPredicate::ne,
                   mlir::arith::AndIOp::create(e, address(pointer), i64(bufferAlignment - 1)), 0);
  }
  /// pointer + bytes.
  Value advance(Value pointer, Value bytes);
  /// A field of grucc_args.
  Value loadArgument(mlir::Type type, Value args, ArgsField field);
  /// What stands behind a pointer, as a memref; of elements unless a type is given.
  Value view(Value pointer, mlir::MemRefType type = nullptr);
  /// A pointer to a global.
  Value global(llvm::StringRef suffix);

  /// int NAME_suffix(types): body() after every check has passed.
  void publicFunction(llvm::StringRef suffix, mlir::TypeRange arguments, mlir::Type result,
                      llvm::function_ref<Value(ValueRange)> body);
  /// The status of the first check that fails, or Ok after `body`.
  Value guarded(llvm::ArrayRef<Check> checks, llvm::function_ref<void()> body);

  /// Bytes of [L, B, H], rounded up to whole lines.
  Value stateBufferBytes(Value batch);
  /// i64: which half of a state the next step reads.
  Value stateParity(Value state);
  /// That half.
  Value currentHalf(Value state, Value batch);
  /// Whether state_bytes / workspace_bytes would refuse these counts.
  Value batchTooLarge(Value batch);
  Value countsTooLarge(Value seqLen, Value batch);

  void emitSizes();                                 ///< state_bytes, workspace_bytes
  void emitStateFunctions(mlir::func::FuncOp copy); ///< init_state, read_state, reset_state
  void emitResetState();

  /// private @NAME.layers(args, Team, row_parts, ragged): all layers. With
  /// row_parts >= 1 every layer is handed to parallel_for, D * row_parts parts.
  mlir::func::FuncOp emitLayers(const LayerFunctions &functions);
  /// private @NAME.wave(args, Team): layers side by side. Every part has some of
  /// them and goes through the sequence a chunk of steps a turn, one turn behind
  /// the part below; all meet after every turn. One direction, rows of one length,
  /// and room for projections of turnSteps steps for each part.
  mlir::func::FuncOp emitWave(const LayerFunctions &functions);
  void emitRun(const LayerFunctions &functions);
  void emitStep(const StepKernels &kernels);
  void emitPack(); ///< external weights only
  /// int NAME_supported(): whether this CPU has what the machine's target stands for.
  /// The one function that runs on every CPU of its platform.
  void emitSupported();
};

/// The arguments of a run, and the places that follow from them.
struct RunArgs {
  Interface &i;
  Value args;                   ///< pointer to grucc_args
  Value batch, seqLen;          ///< index; set by read
  Value workspace, steps, rows; ///< the workspace, and the counts that it is divided by

  /// Batch, steps and workspace; once the arguments have been checked.
  void read();
  /// Rows of the steps whose projections there is room for.
  Value chunkRows();
  /// Steps in one turn of a wave of that many parts.
  Value turnSteps(Value parts);

  Value count(ArgsField field) { return i.loadArgument(i.e.getI64Type(), args, field); }
  Value buffer(ArgsField field) { return i.loadArgument(i.pointer(), args, field); }
  Value missing(ArgsField field) { return i.isNull(buffer(field)); }
  Value given(ArgsField field) {
    return i.compare(mlir::arith::CmpIPredicate::ne, i.address(buffer(field)), 0);
  }
  Value counts(ArgsField field) { return i.view(buffer(field), i.e.countsType()); }
  /// A part of the workspace; of elements unless a type is given.
  Value part(llvm::StringRef name, mlir::MemRefType type = nullptr) {
    return rnn::WorkspacePartOp::create(i.e, type ? type : i.e.memoryType(), name, workspace, steps,
                                        rows);
  }
};

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_INTERFACE_H
