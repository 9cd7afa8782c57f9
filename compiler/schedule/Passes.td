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
    Looks the machine up in the table (Machines.cpp), records it on the module
    as `rnn.machine`, and gives every `rnn.project` and `rnn.scan` the schedule
    that the cost model (CostModel.cpp) prefers. Fields set by hand win.
  }];
  let dependentDialects = ["::grucc::rnn::RnnDialect"];
  let options = [
    Option<"machine", "machine", "std::string", "\"x86-64-v3\"",
           "entry of the machine table">,
    ListOption<"fields", "fields", "std::string", "fields of #rnn.schedule set by hand: name=value">];
}

def VerifySchedule : Pass<"rnn-verify-schedule", "::mlir::ModuleOp"> {
  let summary = "refuses schedules that the machine or the stack does not allow";
  let description = [{
    Vectors fit the machine; tiles hold at most 16 vectors of units, panels 64;
    the sums of a group of rows fit 8 KB of stack; chunks and unrolling stay
    within bounds that keep code and workspace small.
  }];
}

#endif // GRUCC_COMPILER_SCHEDULE_PASSES
