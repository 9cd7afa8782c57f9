//===- Passes.td - Scheduled networks into code for CPUs -*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_PASSES
#define GRUCC_COMPILER_TARGET_CPU_PASSES

include "mlir/Pass/PassBase.td"

def PlanModel : Pass<"rnn-plan-model", "::mlir::ModuleOp"> {
  let summary = "rnn.project and rnn.scan, scheduled ==> with the place of their weights and states";
  let description = [{
    `rnn.place` on every projection and scan says where its matrix and its biases stand in the
    packed weights, and which rows of h_0, h_n and a stream's state are its own; `rnn.memory` on
    the function, how many bytes these weights are, and what a workspace is divided into. Refuses
    a function whose ops are not the network that its `rnn.network` says, and a schedule that
    its machine or the stack does not allow.
  }];
  let dependentDialects = ["::grucc::rnn::RnnDialect"];
}

def ExpandWorkspace : Pass<"rnn-expand-workspace", "::mlir::func::FuncOp"> {
  let summary = "rnn.workspace_part ==> memref.view at the bytes of the parts before it";
  let description = [{
    And `rnn.workspace_bytes` and `rnn.chunk_rows`, all by the `rnn.memory` of their function.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect"];
}

def PackWeights : Pass<"rnn-pack-weights", "::mlir::ModuleOp"> {
  let summary = "weights ==> bytes in panels, as kernels read them, or a function that packs them";
  let description = [{
    NAME.weights gets the matrices and biases of every layer and direction, in the order of
    `target/cpu/Packing.h` and each in the panels of `dialects/rnn/PanelLayout.h`, kept in
    their `#rnn.storage`, in the object's section of that name where there is one; where the caller has them, the function NAME.pack puts them into the
    same order, in the network's own numbers. NAME.zeros is what
    h_0 is where there is none. Refuses a function whose ops are not the network that its
    `rnn.network` says, a schedule that its machine or the stack does not allow, and a weight
    that its storage does not hold.
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect", "::mlir::LLVM::LLVMDialect",
    "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
  let options = [Option<"section", "section", "std::string", "\"\"", "of NAME.weights">];
}

def LowerLayers : Pass<"rnn-lower-layers", "::mlir::ModuleOp"> {
  let summary = "rnn.project and rnn.scan ==> layers in memory, their kernels, and the functions that call them";
  let description = [{
    The function that holds the network is replaced by private functions: a layer over a
    sequence in strided memory, whose `rnn.phase`s and `rnn.fork`s say what threads do, with a
    kernel (`rnn.project_rows`, `rnn.scan_rows`, `rnn.scan_round`, `rnn.scan_steps`,
    `rnn.step_row`) where it computes; all layers in turn; and what is done for C: @NAME.run,
    @NAME.step, ... , which check nothing and read their arguments with `rnn.argument`. Its attributes go on standing on @NAME.run, with `rnn.descriptor`. Refuses
    what rnn-pack-weights refuses, which must have run.
  }];
  let dependentDialects = [
    "::grucc::rnn::RnnDialect", "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def KeepFunctions : Pass<"rnn-keep-functions", "::mlir::ModuleOp"> {
  let summary = "functions of C that were not asked for, and what only they need ==> nothing";
  let description = [{
    Without a word nothing changes. Of `run`, `step`, `state` (init_state, read_state, reset_state),
    `sizes` (state_bytes, workspace_bytes), `pack`, `supported` and `model` those stay that are
    named; a run without `ragged` takes no lengths, without `threads` no parallel_for. @NAME.run
    stays for what stands on it, and says in `rnn.functions` what rnn-emit-interface and
    rnn-emit-descriptor are to write.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
  let options = [ListOption<"functions", "functions", "std::string", "what stays; empty: all">];
}

def OutlineKernels : Pass<"rnn-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "kernels of rows, wherever they stand ==> functions that are one kernel each, and calls";
  let description = [{
    `rnn.project_rows`, `rnn.scan_rows`, `rnn.scan_round`, `rnn.scan_steps` and `rnn.step_row` that have a
    `kernel`: the name of their function, by the `rnn.schedule` and `rnn.machine` of the one
    that they stand in. Refuses ops that name one kernel and are not alike.
  }];
  let dependentDialects = ["::mlir::func::FuncDialect"];
}

def OutlinePhases : Pass<"rnn-outline-phases", "::mlir::ModuleOp"> {
  let summary = "rnn.phase, rnn.fork ==> functions for a team's threads, and who calls them";
  let description = [{
    What a phase captures goes through a frame on the stack. A part of a team that works
    together does its own share in place, or by a call where the phase is cold, and meets the
    others; a team that forks hands the function to parallel_for, as every rnn.fork does.
    Phases over a single unit are nobody's share: their bodies stand where they were.
  }];
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
                           "::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect"];
}

def WalkPanels : Pass<"rnn-walk-panels", "::mlir::func::FuncOp"> {
  let summary = "kernels of rows ==> loops over panels, groups and tiles of rows";
  let description = [{
    `rnn.project_rows`, `rnn.scan_rows`, `rnn.scan_round`, `rnn.scan_steps` and `rnn.step_row` become
    loops around `rnn.panel_dot`, `rnn.cell_update` and `rnn.cell_round`, by the `rnn.schedule` and the `rnn.machine`
    of their function.
  }];
  let dependentDialects = [
    "::grucc::rnn::RnnDialect", "::mlir::arith::ArithDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def ExpandSoftFma : Pass<"rnn-expand-soft-fma", "::mlir::ModuleOp"> {
  let summary = "math.fma ==> calls of what multiplies and adds in whole numbers, where a CPU has no floating point";
  let description = [{
    By the `rnn.machine` of the function. The functions, those of `SoftFma.mlir`, round once, so that
    results have the bits of CPUs that fuse multiply-adds (N4).
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::cf::ControlFlowDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def ExpandPanelDot : Pass<"rnn-expand-panel-dot"> {
  let summary = "rnn.panel_dot ==> loops of vector multiply-adds, in the fixed order of sums";
  let description = [{
    And `rnn.panel_load`, `rnn.register_dot` and `rnn.matrix_constants`. Multiply-adds are
    fused where the `rnn.machine` of the function says so, and where there is none; else a
    product and a sum (N4).
  }];
  let dependentDialects = [
    "::mlir::arith::ArithDialect", "::mlir::math::MathDialect", "::mlir::memref::MemRefDialect",
    "::mlir::scf::SCFDialect", "::mlir::vector::VectorDialect"];
}

def EmitInterface : Pass<"rnn-emit-interface", "::mlir::ModuleOp"> {
  let summary = "private functions ==> the public ones of A3, which check; rnn.argument ==> loads";
  let description = [{
    For every @NAME.run with an `rnn.descriptor`, by the `rnn.network` and the `rnn.machine`
    beside it: NAME_run, NAME_workspace_bytes, NAME_supported; NAME_step and what makes,
    reads and resets states where the network streams; NAME_pack where weights are external.
    Each takes the place of a private function, checks its arguments, returns the status of the
    first check that fails, and else does what that one did. What describes the model moves on
    to NAME_run.
  }];
  let dependentDialects = [
    "::grucc::rnn::RnnDialect", "::mlir::arith::ArithDialect", "::mlir::func::FuncDialect",
    "::mlir::LLVM::LLVMDialect", "::mlir::memref::MemRefDialect", "::mlir::scf::SCFDialect"];
}

def LowerToLLVM : Pass<"rnn-lower-to-llvm", "::mlir::ModuleOp"> {
  let summary = "vector, math, memref, arith, cf and func ==> the LLVM dialect";
  let description = [{
    One conversion with one type converter: an index is as wide as the module's data layout says,
    64 bits where it says nothing. Loops must be blocks already (`convert-scf-to-cf`).
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def JoinLevels : Pass<"rnn-join-levels", "::mlir::ModuleOp"> {
  let summary = "a module for every level ==> one, with the code of all";
  let description = [{
    The modules inside of this one are the same network NAME for several targets, of which a CPU
    may have but the first: the first has NAME_run, each other one NAME_LEVEL_run. Their
    functions are LLVM's already. Every function is told its CPU (`target-cpu`), the functions of
    the others become internal and their NAME_LEVEL_run is told of whom it is a level
    (`rnn.level_of`), from which `rnn-emit-descriptor` makes NAME_select. Weights that are packed
    alike are kept once; `rnn.weights` on NAME_run and NAME_LEVEL_run says where.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def EmitDescriptor : Pass<"rnn-emit-descriptor", "::mlir::ModuleOp"> {
  let summary = "the NAME_model descriptor of A3";
  let description = [{
    Runs when the public functions are LLVM functions already: the descriptor
    holds their addresses. Every NAME_run with an `rnn.descriptor` gets one: its contents
    come from that, and from the other attributes of NAME_run. Where some are levels of another
    (`rnn.level_of`), NAME_select finds the best for a CPU, and the descriptors hold that, too.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // GRUCC_COMPILER_TARGET_CPU_PASSES
