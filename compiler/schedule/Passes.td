//===- Passes.td - How the network runs -*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_SCHEDULE_PASSES
#define GRUCC_COMPILER_SCHEDULE_PASSES

include "mlir/Pass/PassBase.td"

def SelectSchedule : Pass<"rnn-select-schedule", "::mlir::ModuleOp"> {
  let summary = "machine facts and sizes ==> #rnn.schedule on every projection and scan";
  let description = [{
    Looks the machine up in the table (machines/), or in a file, records it on every function
    that holds a network as `rnn.machine`, and gives the function, and every
    `rnn.project` and `rnn.scan` in it, the schedule that the cost model
    (CostModel.cpp) prefers for its `rnn.network`. Fields set by hand win.
  }];
  let dependentDialects = ["::grucc::rnn::RnnDialect", "::mlir::DLTIDialect"];
  let options = [
    Option<"machine", "machine", "std::string", "\"x86-64-v3\"",
           "entry of the machine table, or a file that ends in .json">,
    ListOption<"fields", "fields", "std::string", "fields of #rnn.schedule set by hand: name=value">,
    Option<"size", "size", "bool", "false", "the schedule with the shortest code">];
}

def VerifySchedule : Pass<"rnn-verify-schedule", "::mlir::ModuleOp"> {
  let summary = "refuses schedules that the machine or the stack does not allow";
  let description = [{
    Vectors fit the machine; tiles hold at most 16 vectors of units; the sums of a
    group of rows fit 6 KB of stack. What holds on every machine is checked by the
    attribute's own verifier.
  }];
}

def SelectStorage : Pass<"rnn-select-storage", "::mlir::ModuleOp"> {
  let summary = "narrow weights ==> exact ones where widening costs more than it saves";
  let description = [{
    Narrow weights save memory traffic and cost operations: they pay where weights
    come from L2 or beyond, not where they stay in L1. Takes the `#rnn.storage`s
    that rnn-narrow-weights found as what is possible, and keeps those that the
    cost model (storageCycles in CostModel.h) prefers on the machine that
    rnn-select-schedule recorded; of equals, the narrowest.

    Layers that share a kernel share its storage: all W_hh have one kind, W_ih of
    layer 0 one, and W_ih of the layers above one (the same if the layers are of
    the same sizes). A kind that does not hold one of them is taken for none.
    float16 needs instructions that not every target has.
  }];
  let dependentDialects = ["::grucc::rnn::RnnDialect"];
}

def SelectGpuSchedule : Pass<"rnn-select-gpu-schedule", "::mlir::ModuleOp"> {
  let summary = "facts of a GPU and sizes ==> #rnn.gpu_schedule on the function";
  let description = [{
    Looks the GPU up in the table (Gpus.cpp) and records it on every function that
    holds a network as `rnn.gpu`, and beside it, as `rnn.gpu_schedule`, the schedule that
    the cost model (GpuCostModel.cpp) prefers for the numbers that rnn-round-weights has
    stated. Fields set by hand win; refuses what asks a block for more threads, registers
    or shared memory than the GPU has, and numbers that it does not multiply.
  }];
  let dependentDialects = ["::grucc::rnn::RnnDialect"];
  let options = [
    Option<"gpu", "gpu", "std::string", "\"sm_80\"", "entry of the table of GPUs">,
    ListOption<"fields", "fields", "std::string",
               "fields of #rnn.gpu_schedule set by hand: name=value">];
}

#endif // GRUCC_COMPILER_SCHEDULE_PASSES
