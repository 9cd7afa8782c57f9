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
/// #rnn.schedule's fields, while some of them are set by hand.
struct Fields {
  int64_t lanes, rowLanes, panel, kBlock, kChunk, groupRows, chunkRows, unroll, registerK;
  int64_t splitUnits, splitRows, turnRows, splitTurns, splitFrom;
  bool pairBlocks, prefetch, zigzag, fuseStep, lateLimits;
  std::string order, split;
  SmallVector<int64_t> tiles;

  explicit Fields(rnn::ScheduleAttr s)
      : lanes(s.getLanes()), rowLanes(s.getRowLanes()), panel(s.getPanel()), kBlock(s.getKBlock()),
        kChunk(s.getKChunk()), groupRows(s.getGroupRows()), chunkRows(s.getChunkRows()),
        unroll(s.getUnroll()), registerK(s.getRegisterK()), splitUnits(s.getSplitUnits()),
        splitRows(s.getSplitRows()), turnRows(s.getTurnRows()), splitTurns(s.getSplitTurns()),
        splitFrom(s.getSplitFrom()), pairBlocks(s.getPairBlocks()), prefetch(s.getPrefetch()),
        zigzag(s.getZigzag()), fuseStep(s.getFuseStep()), lateLimits(s.getLateLimits()),
        order(s.getOrder()), split(s.getSplit()), tiles(s.getTiles()) {}

  /// field=value; tiles as [rows,vectors,rows,vectors].
  LogicalResult set(StringRef name, StringRef value, function_ref<InFlightDiagnostic()> error) {
    if (bool *flag = llvm::StringSwitch<bool *>(name)
                         .Case("pair_blocks", &pairBlocks)
                         .Case("prefetch", &prefetch)
                         .Case("zigzag", &zigzag)
                         .Case("fuse_step", &fuseStep)
                         .Case("late_limits", &lateLimits)
                         .Default(nullptr)) {
      if (value != "true" && value != "false")
        return error() << "schedule: " << name << ": found '" << value
                       << "', expected true or false";
      *flag = value == "true";
      return success();
    }
    if (name == "order" || name == "split") { // the attribute's verifier knows the words
      (name == "order" ? order : split) = value.str();
      return success();
    }
    if (name == "tiles") {
      tiles.clear();
      StringRef list = value;
      bool bracketed = list.consume_front("[") && list.consume_back("]");
      for (StringRef part : llvm::split(list, ','))
        if (!bracketed || part.trim().getAsInteger(10, tiles.emplace_back()))
          return error() << "schedule: tiles: found '" << value
                         << "', expected [rows,vectors,rows,vectors], whole numbers";
      return success();
    }
    int64_t *field = llvm::StringSwitch<int64_t *>(name)
                         .Case("lanes", &lanes)
                         .Case("row_lanes", &rowLanes)
                         .Case("panel", &panel)
                         .Case("k_block", &kBlock)
                         .Case("k_chunk", &kChunk)
                         .Case("group_rows", &groupRows)
                         .Case("chunk_rows", &chunkRows)
                         .Case("unroll", &unroll)
                         .Case("register_k", &registerK)
                         .Case("split_units", &splitUnits)
                         .Case("split_rows", &splitRows)
                         .Case("turn_rows", &turnRows)
                         .Case("split_turns", &splitTurns)
                         .Case("split_from", &splitFrom)
                         .Default(nullptr);
    if (!field)
      return error()
             << "schedule: found field '" << name
             << "', expected lanes, row_lanes, panel, tiles, k_block, pair_blocks, k_chunk, "
                "group_rows, prefetch, chunk_rows, zigzag, fuse_step, unroll, register_k, "
                "late_limits, order, split, split_units, split_rows, turn_rows, "
                "split_turns or split_from";
    if (value.getAsInteger(10, *field))
      return error() << "schedule: " << name << ": found '" << value
                     << "', expected a whole number";
    return success();
  }
};

struct SelectSchedule : grucc::impl::SelectScheduleBase<SelectSchedule> {
  using Base::Base;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto error = [&] { return mlir::emitError(module.getLoc()); };
    rnn::MachineAttr facts = lookupMachine(&getContext(), machine);
    if (!facts) {
      error() << "target: found '" << machine << "', expected an entry of the machine table";
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
    NetworkSizes sizes{inputType.getDimSize(2),
                       outputType.getDimSize(2),
                       int64_t(scans.size()) / directions,
                       directions,
                       outputType.getElementTypeBitWidth() / 8,
                       scans.front().getGatesPerUnit()};

    Fields chosen(selectSchedule(sizes, facts));
    for (StringRef field : fields) {
      auto [name, value] = field.split('=');
      if (failed(chosen.set(name, value, error)))
        return signalPassFailure();
    }
    // Tiles that were not set by hand follow the panel.
    auto byHand = [&](StringRef name) {
      return llvm::any_of(fields, [&](StringRef field) { return field.starts_with(name); });
    };
    for (size_t i = 1; i < chosen.tiles.size() && !byHand("tiles="); i += 2)
      chosen.tiles[i] = std::min(chosen.tiles[i], chosen.panel);
    // Lanes of one row and k in registers were chosen for other lanes and tiles.
    if (!byHand("row_lanes=") && (byHand("lanes=") || byHand("tiles=")))
      chosen.rowLanes = 0;
    if (!byHand("register_k="))
      chosen.registerK = selectRegisterK(sizes, facts, chosen.lanes);
    // So does the group that was not: its sums have to fit the stack.
    if (chosen.tiles.size() > 1 && !byHand("group_rows=")) {
      // Fields set by hand may still be anything.
      auto bounded = [](int64_t value) { return std::clamp<int64_t>(value, 1, groupBytes); };
      int64_t rowBytes =
          sizes.gates * bounded(chosen.tiles[1]) * bounded(chosen.lanes) * sizes.elementBytes;
      int64_t most = groupBytes / bounded(rowBytes);
      chosen.groupRows = std::min(chosen.groupRows, most);
    }
    auto schedule = rnn::ScheduleAttr::getChecked(
        error, &getContext(), chosen.lanes, chosen.rowLanes, chosen.panel,
        ArrayRef<int64_t>(chosen.tiles), chosen.kBlock, chosen.pairBlocks, chosen.kChunk,
        chosen.groupRows, chosen.prefetch, chosen.chunkRows, chosen.zigzag, chosen.fuseStep,
        chosen.unroll, chosen.registerK, chosen.lateLimits, StringRef(chosen.order),
        StringRef(chosen.split), chosen.splitUnits, chosen.splitRows, chosen.turnRows,
        chosen.splitTurns, chosen.splitFrom);
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
