//===- VerifySchedule.cpp - What a machine and a stack allow -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Whatever chose the schedule, its sums have to fit registers and the stack (A3), and
// its vectors the machine. What holds on every machine is
// checked by the attribute's own verifier.
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/CostModel.h"
#include "compiler/schedule/Passes.h"
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
  rnn::MachineAttr machine;

  LogicalResult atMost(Location where, StringRef field, int64_t value, int64_t limit) {
    if (value <= limit)
      return success();
    return emitError(where) << "schedule: " << field << ": found " << value << ", expected at most "
                            << limit;
  }

  LogicalResult verify(Location where, rnn::ScheduleAttr schedule, int64_t hiddenSize,
                       int64_t gates, int64_t elementBits) {
    const rnn::Tiling &tiling = schedule.getTiling();
    int64_t lanes = machine.getVectorBits() / elementBits;
    if (tiling.lanes > lanes)
      return emitError(where) << "schedule: lanes: found " << tiling.lanes << ", expected at most "
                              << lanes << " on " << machine.getName();
    int64_t sums = 0;
    ArrayRef<int64_t> tiles = tiling.tiles;
    for (size_t i = 0; i + 1 < tiles.size(); i += 2)
      // Rows alone may be too many to multiply.
      sums = std::max({sums, tiles[i], std::min<int64_t>(tiles[i], 64) * tiles[i + 1]});
    if (failed(atMost(where, "tiles", sums, 16)))
      return failure();
    if (tiling.rowLanes && !hasSamePanels(hiddenSize, gates, tiling.lanes, tiling.rowLanes))
      return emitError(where) << "schedule: row_lanes: found " << tiling.rowLanes
                              << ", expected 0, since " << hiddenSize
                              << " units are other panels by " << tiling.rowLanes << " than by "
                              << tiling.lanes;
    int64_t oneRow = rnn::forOneRow(schedule.getFields()).tiling.tiles.back();
    if (failed(atMost(where, "row_lanes: vectors of one row", oneRow, 16)))
      return failure();
    int64_t mostK = mostRegisterK(hiddenSize, gates, tiling.lanes);
    if (tiling.registerK && !mostK)
      return emitError(where) << "schedule: register_k: found " << tiling.registerK
                              << ", expected 0, since " << hiddenSize
                              << " units are not one vector of " << tiling.lanes;
    if (failed(atMost(where, "register_k", tiling.registerK, mostK)))
      return failure();
    int64_t rowBytes = gates * tiles[1] * tiling.lanes * elementBits / 8;
    return atMost(where, "group_rows", tiling.groupRows, groupBytes / rowBytes);
  }

  void runOnOperation() override {
    for (func::FuncOp func : getOperation().getOps<func::FuncOp>())
      verify(func);
  }

  void verify(func::FuncOp func) {
    machine = func->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
    func.walk([&](rnn::ScanOp scan) {
      auto type = cast<RankedTensorType>(scan.getOutput().getType());
      rnn::ScheduleAttr schedule = scan.getScheduleAttr();
      if (!machine || !schedule) {
        scan.emitError("found no schedule, expected rnn-select-schedule to have run");
        return signalPassFailure();
      }
      rnn::CellOpInterface cell = scan.getCell();
      if (!cell) {
        scan.emitError("cell: found none, expected one that the body ends with");
        return signalPassFailure();
      }
      if (failed(verify(getOperation().getLoc(), schedule, type.getDimSize(2),
                        cell.getShape().gates, type.getElementTypeBitWidth())))
        return signalPassFailure();
    });
  }
};
} // namespace
