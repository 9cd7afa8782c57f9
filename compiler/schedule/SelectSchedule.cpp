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
#include "mlir/Dialect/DLTI/DLTI.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
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
  void follow(rnn::Schedule &schedule, const NetworkSizes &sizes, rnn::MachineAttr facts) const {
    using Attr = rnn::ScheduleAttr;
    rnn::Tiling &tiling = schedule.tiling;
    // Fields set by hand may still be anything, and there may be no tile.
    auto bounded = [](int64_t value) { return std::clamp<int64_t>(value, 1, rnn::mostGroupBytes); };
    bool tilesByHand = isByHand(Attr::Tiles);
    // A tile never spans panels.
    for (size_t i = 1; i < tiling.tiles.size() && !tilesByHand; i += 2)
      tiling.tiles[i] = std::min(tiling.tiles[i], tiling.panel);
    // Lanes of one row and k in registers were chosen for other lanes and tiles.
    if (!isByHand(Attr::RowLanes) && (isByHand(Attr::Lanes) || tilesByHand))
      tiling.rowLanes = 0;
    if (!isByHand(Attr::RegisterK))
      tiling.registerK = selectRegisterK(sizes, facts, tiling.lanes);
    // So were the group and the rows of streams: their sums have to fit the stack.
    if (tiling.tiles.size() < 2)
      return;
    int64_t rowBytes =
        sizes.gates * bounded(tiling.tiles[1]) * bounded(tiling.lanes) * sizes.elementBytes();
    int64_t most = rnn::mostGroupBytes / bounded(rowBytes);
    if (!isByHand(Attr::GroupRows))
      tiling.groupRows = std::min(tiling.groupRows, most);
    if (!isByHand(Attr::StreamRows))
      schedule.traversal.streamRows = std::clamp<int64_t>(
          most / (2 * bounded(schedule.traversal.streams)), 1, schedule.traversal.streamRows);
  }

  InFlightDiagnostic error() { return mlir::emitError(getOperation().getLoc()); }

  void runOnOperation() override {
    llvm::Expected<rnn::MachineAttr> facts = readMachine(&getContext(), machine);
    if (!facts) {
      // Behind "FILE: error: ", which is said here once more.
      std::string text = llvm::toString(facts.takeError());
      error() << StringRef(text).split("error: ").second;
      return signalPassFailure();
    }
    for (func::FuncOp func : getOperation().getOps<func::FuncOp>())
      if (!func.getOps<rnn::ScanOp>().empty() && failed(select(func, *facts)))
        return signalPassFailure();
    // Where an index has 64 bits the module need not say so.
    if (unsigned bits = 8 * facts->getRow().platform->pointerBytes(); bits != 64) {
      Builder b(&getContext());
      DataLayoutEntryInterface index =
          DataLayoutEntryAttr::get(b.getIndexType(), b.getIndexAttr(bits));
      getOperation()->setAttr(DLTIDialect::kDataLayoutAttrName,
                              DataLayoutSpecAttr::get(&getContext(), index));
    }
  }

  LogicalResult select(func::FuncOp func, rnn::MachineAttr facts) {
    FailureOr<NetworkSizes> read = NetworkSizes::of(func);
    if (failed(read))
      return failure();
    if (auto precision = func->getAttrOfType<TypeAttr>("rnn.precision"))
      return error() << "precision: found " << precision << " for " << machine << ", expected none";
    const NetworkSizes &sizes = *read;
    rnn::Schedule chosen = selectSchedule(sizes, facts);
    if (size)
      chosen = shortened(chosen, facts);
    rnn::applySettings(rnn::scheduleTable(), byHand, chosen);
    follow(chosen, sizes, facts);
    auto schedule = rnn::ScheduleAttr::getChecked([&] { return error(); }, &getContext(), chosen);
    if (!schedule)
      return failure();
    func->setAttr(rnn::MachineAttr::name, facts);
    func->setAttr(rnn::ScheduleAttr::name, schedule);
    func.walk([&](rnn::ScanOp op) { op.setScheduleAttr(schedule); });
    func.walk([&](rnn::ProjectOp op) { op.setScheduleAttr(schedule); });
    return success();
  }
};
} // namespace

std::unique_ptr<Pass> grucc::createSelectSchedule(const SelectScheduleOptions &options,
                                                  const rnn::FieldSettings &byHand) {
  return std::make_unique<SelectSchedule>(options, byHand);
}
