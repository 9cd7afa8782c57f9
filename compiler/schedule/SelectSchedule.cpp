//===- SelectSchedule.cpp - Machine facts and sizes into a schedule -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/CostModel.h"
#include "compiler/schedule/Machines.h"
#include "compiler/schedule/Passes.h"
#include "mlir/IR/BuiltinOps.h"

namespace grucc {
#define GEN_PASS_DEF_SELECTSCHEDULE
#include "compiler/schedule/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

namespace {
struct SelectSchedule : grucc::impl::SelectScheduleBase<SelectSchedule> {
  using Base::Base;
  SelectSchedule(const SelectScheduleOptions &options, const rnn::FieldSettings &byHand)
      : Base(options), byHand(byHand) {}

  rnn::FieldSettings byHand;

  LogicalResult initialize(MLIRContext *context) override {
    auto error = [&] { return mlir::emitError(UnknownLoc::get(context)); };
    return rnn::readSettings(error, rnn::scheduleTable(), *fields, byHand);
  }

  bool isByHand(rnn::ScheduleAttr::Id id) const {
    return rnn::findSetting(byHand, rnn::ScheduleAttr::getField(id));
  }

  /// What was not set by hand, and was chosen for what was.
  void follow(rnn::Tiling &tiling, const NetworkSizes &sizes, rnn::MachineAttr facts) const {
    using Attr = rnn::ScheduleAttr;
    // Fields set by hand may still be anything, and there may be no tile.
    auto bounded = [](int64_t value) { return std::clamp<int64_t>(value, 1, groupBytes); };
    bool tilesByHand = isByHand(Attr::Tiles);
    // A tile never spans panels.
    for (size_t i = 1; i < tiling.tiles.size() && !tilesByHand; i += 2)
      tiling.tiles[i] = std::min(tiling.tiles[i], tiling.panel);
    // Lanes of one row and k in registers were chosen for other lanes and tiles.
    if (!isByHand(Attr::RowLanes) && (isByHand(Attr::Lanes) || tilesByHand))
      tiling.rowLanes = 0;
    if (!isByHand(Attr::RegisterK))
      tiling.registerK = selectRegisterK(sizes, facts, tiling.lanes);
    // So was the group: its sums have to fit the stack.
    if (tiling.tiles.size() > 1 && !isByHand(Attr::GroupRows)) {
      int64_t rowBytes = 3 * bounded(tiling.tiles[1]) * bounded(tiling.lanes) * sizes.elementBytes;
      int64_t most = groupBytes / bounded(rowBytes);
      tiling.groupRows = std::min(tiling.groupRows, most);
    }
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto error = [&] { return mlir::emitError(module.getLoc()); };
    rnn::MachineAttr facts = lookupMachine(&getContext(), machine);
    if (!facts) {
      error() << "target: found '" << machine << "', expected an entry of the machine table";
      return signalPassFailure();
    }
    if (auto precision = module->getAttrOfType<TypeAttr>("rnn.precision")) {
      error() << "precision: found " << precision << " for " << machine << ", expected none";
      return signalPassFailure();
    }
    SmallVector<rnn::ScanOp> scans;
    module.walk([&](rnn::ScanOp scan) { scans.push_back(scan); });
    if (scans.empty())
      return;
    auto project = scans.front().getGates().getDefiningOp<rnn::ProjectOp>();
    auto inputType =
        cast<RankedTensorType>((project ? project.getInput() : scans.front().getGates()).getType());
    auto outputType = cast<RankedTensorType>(scans.front().getOutput().getType());
    int64_t directions =
        llvm::any_of(scans, [](rnn::ScanOp scan) { return scan.getReverse(); }) ? 2 : 1;
    NetworkSizes sizes{inputType.getDimSize(2), outputType.getDimSize(2),
                       int64_t(scans.size()) / directions, directions,
                       outputType.getElementTypeBitWidth() / 8};

    rnn::Schedule chosen = selectSchedule(sizes, facts);
    rnn::applySettings(rnn::scheduleTable(), byHand, chosen);
    follow(chosen.tiling, sizes, facts);
    auto schedule = rnn::ScheduleAttr::getChecked(error, &getContext(), chosen);
    if (!schedule)
      return signalPassFailure();
    module->setAttr("rnn.machine", facts);
    module->setAttr("rnn.schedule", schedule);
    for (rnn::ScanOp scan : scans)
      scan.setScheduleAttr(schedule);
    module.walk([&](rnn::ProjectOp op) { op.setScheduleAttr(schedule); });
  }
};
} // namespace

std::unique_ptr<Pass> grucc::createSelectSchedule(const SelectScheduleOptions &options,
                                                  const rnn::FieldSettings &byHand) {
  return std::make_unique<SelectSchedule>(options, byHand);
}
