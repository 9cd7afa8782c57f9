//===- Interface.h - The private functions behind the C interface -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Behind those of A3: @NAME.run, @NAME.step, ... take C types (pointers,
// int64_t), make memrefs of them, and call kernels. What they are given has been checked:
// rnn-emit-interface writes the public functions, which call them.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_INTERFACE_H
#define GRUCC_COMPILER_TARGET_CPU_INTERFACE_H

#include "compiler/target/ModelAbi.h"
#include "compiler/target/cpu/CValues.h"
#include "compiler/target/cpu/Kernels.h"
#include "dialects/rnn/Rnn.h"

namespace grucc::cpu {

using rnn::ArgsField;

/// The functions of a layer: over whole rows, which a model with dropout lacks, and
/// over rows of several lengths.
struct LayerFunctions {
  mlir::func::FuncOp whole, ragged;
  mlir::func::FuncOp orderLengths, orderRows, clearPadding;
};

/// What the private functions are written with.
struct Interface : CValues {
  mlir::ModuleOp module;
  const KernelPlan &plan;

  /// A pointer to a global.
  Value global(llvm::StringRef suffix) {
    return mlir::LLVM::AddressOfOp::create(e, pointer(), (plan.name + "." + suffix).str());
  }
  StreamState stream() { return {{e}, plan.stateRowBytes()}; }

  void emitWorkspaceBytes();
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
};

/// The arguments of a run, and the places that follow from them.
struct RunArgs : RunArguments {
  Interface &i;
  Value batch, seqLen;          ///< index; set by read
  Value workspace, steps, rows; ///< the workspace, and the counts that it is divided by

  RunArgs(Interface &i, Value args) : RunArguments{{i.e}, args}, i(i) {}
  /// Batch, steps and workspace; once the arguments have been checked.
  void read();
  /// Rows of the steps whose projections there is room for.
  Value chunkRows();
  /// Steps in one turn of a wave of that many parts.
  Value turnSteps(Value parts);
  /// A part of the workspace; of elements unless a type is given.
  Value part(llvm::StringRef name, mlir::MemRefType type = nullptr) {
    return rnn::WorkspacePartOp::create(e, type ? type : e.memoryType(), name, workspace, steps,
                                        rows);
  }
};

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_INTERFACE_H
