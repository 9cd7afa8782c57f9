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
    that the cost model (CostModel.cpp) prefers. Fields set by hand win; a
    schedule that the machine cannot run is refused.
  }];
  let dependentDialects = ["::grucc::rnn::RnnDialect"];
  let options = [
    Option<"machine", "machine", "std::string", "\"x86-64-v3\"",
           "entry of the machine table">,
    ListOption<"fields", "fields", "std::string", "fields of #rnn.schedule set by hand: name=value">];
}

#endif // GRUCC_COMPILER_SCHEDULE_PASSES
