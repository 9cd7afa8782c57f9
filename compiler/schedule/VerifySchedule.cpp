//===- VerifySchedule.cpp - What a machine and a stack allow -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever chose the schedule, its sums have to fit registers and the stack (A3), and its
// vectors the machine. What that means stands in dialects/rnn/Schedule.cpp, since targets
// ask for it too.
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Passes.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace grucc {
#define GEN_PASS_DEF_VERIFYSCHEDULE
#include "compiler/schedule/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

namespace {
struct VerifySchedule : grucc::impl::VerifyScheduleBase<VerifySchedule> {
  void runOnOperation() override {
    for (func::FuncOp func : getOperation().getOps<func::FuncOp>())
      if (func.walk([&](rnn::ScanOp scan) { return verify(func, scan); }).wasInterrupted())
        return signalPassFailure();
  }

  WalkResult verify(func::FuncOp func, rnn::ScanOp scan) {
    auto machine = func->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
    rnn::ScheduleAttr schedule = scan.getScheduleAttr();
    if (!machine || !schedule)
      return scan.emitError("found no schedule, expected rnn-select-schedule to have run");
    rnn::CellOpInterface cell = scan.getCell();
    if (!cell)
      return scan.emitError("cell: found none, expected one that the body ends with");
    auto type = cast<RankedTensorType>(scan.getOutput().getType());
    if (type.isDynamicDim(2))
      return scan.emitError("hidden_size: found one of run time, expected a number");
    return rnn::verifySchedule([&] { return emitError(getOperation().getLoc()); }, schedule,
                               machine, type.getDimSize(2), cell.getShape().gates,
                               type.getElementTypeBitWidth());
  }
};
} // namespace
