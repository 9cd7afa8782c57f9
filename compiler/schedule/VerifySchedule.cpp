//===- VerifySchedule.cpp - What a machine and a stack allow -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Whatever chose the schedule, its code has to stay small, its sums have to fit
// the stack (A3), and its vectors the machine. What holds on every machine is
// checked by the attribute's own verifier.
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/CostModel.h"
#include "compiler/schedule/Passes.h"
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
    int64_t lanes = machine.getVectorBits() / elementBits;
    if (schedule.getLanes() > lanes)
      return emitError(where) << "schedule: lanes: found " << schedule.getLanes()
                              << ", expected at most " << lanes << " on " << machine.getName();
    int64_t sums = 0;
    ArrayRef<int64_t> tiles = schedule.getTiles();
    for (size_t i = 0; i + 1 < tiles.size(); i += 2)
      // Either alone may be too large to multiply.
      sums = std::max({sums, tiles[i], tiles[i + 1],
                       std::min<int64_t>(tiles[i], 64) * std::min<int64_t>(tiles[i + 1], 64)});
    if (failed(atMost(where, "panel", schedule.getPanel(), 64)) ||
        failed(atMost(where, "tiles", sums, 16)) ||
        failed(atMost(where, "k_chunk", schedule.getKChunk(), 1 << 20)) ||
        failed(atMost(where, "chunk_rows", schedule.getChunkRows(), 1 << 16)) ||
        failed(atMost(where, "unroll", schedule.getUnroll(), 64)))
      return failure();
    if (schedule.getRowLanes() &&
        !hasSamePanels(hiddenSize, gates, schedule.getLanes(), schedule.getRowLanes()))
      return emitError(where) << "schedule: row_lanes: found " << schedule.getRowLanes()
                              << ", expected 0, since " << hiddenSize
                              << " units are other panels by " << schedule.getRowLanes()
                              << " than by " << schedule.getLanes();
    int64_t oneRow = schedule.forOneRow().getTiles().back();
    if (failed(atMost(where, "row_lanes: vectors of one row", oneRow, 16)))
      return failure();
    int64_t mostK = mostRegisterK(hiddenSize, gates, schedule.getLanes());
    if (schedule.getRegisterK() && !mostK)
      return emitError(where) << "schedule: register_k: found " << schedule.getRegisterK()
                              << ", expected 0, since " << hiddenSize
                              << " units are not one vector of " << schedule.getLanes();
    if (failed(atMost(where, "register_k", schedule.getRegisterK(), mostK)))
      return failure();
    int64_t rowBytes = gates * tiles[1] * schedule.getLanes() * elementBits / 8;
    return atMost(where, "group_rows", schedule.getGroupRows(), groupBytes / rowBytes);
  }

  void runOnOperation() override {
    machine = getOperation()->getAttrOfType<rnn::MachineAttr>("rnn.machine");
    getOperation().walk([&](rnn::ScanOp scan) {
      auto type = cast<RankedTensorType>(scan.getOutput().getType());
      rnn::ScheduleAttr schedule = scan.getScheduleAttr();
      if (!machine || !schedule) {
        scan.emitError("found no schedule, expected rnn-select-schedule to have run");
        return signalPassFailure();
      }
      if (failed(verify(getOperation().getLoc(), schedule, type.getDimSize(2),
                        scan.getGatesPerUnit(), type.getElementTypeBitWidth())))
        return signalPassFailure();
    });
  }
};
} // namespace
