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
  int64_t lanes, panel, kBlock, chunkRows, unroll;
  bool zigzag;
  SmallVector<int64_t> tiles;

  explicit Fields(rnn::ScheduleAttr s)
      : lanes(s.getLanes()), panel(s.getPanel()), kBlock(s.getKBlock()),
        chunkRows(s.getChunkRows()), unroll(s.getUnroll()), zigzag(s.getZigzag()),
        tiles(s.getTiles()) {}

  /// field=value; tiles as [rows,vectors,rows,vectors].
  LogicalResult set(StringRef name, StringRef value, function_ref<InFlightDiagnostic()> error) {
    if (name == "zigzag") {
      if (value != "true" && value != "false")
        return error() << "schedule: " << name << ": found '" << value
                       << "', expected true or false";
      zigzag = value == "true";
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
                         .Case("panel", &panel)
                         .Case("k_block", &kBlock)
                         .Case("chunk_rows", &chunkRows)
                         .Case("unroll", &unroll)
                         .Default(nullptr);
    if (!field)
      return error() << "schedule: found field '" << name
                     << "', expected lanes, panel, tiles, k_block, chunk_rows, zigzag or unroll";
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
    int64_t elementBits = outputType.getElementTypeBitWidth();
    NetworkSizes sizes{inputType.getDimSize(2), outputType.getDimSize(2),
                       int64_t(scans.size()) / directions, directions, elementBits / 8};

    Fields chosen(selectSchedule(sizes, facts));
    for (StringRef field : fields) {
      auto [name, value] = field.split('=');
      if (failed(chosen.set(name, value, error)))
        return signalPassFailure();
    }
    // Tiles that were not set by hand follow the panel.
    bool tilesByHand = llvm::any_of(
        fields, [](const std::string &field) { return StringRef(field).starts_with("tiles="); });
    for (size_t i = 1; i < chosen.tiles.size() && !tilesByHand; i += 2)
      chosen.tiles[i] = std::min(chosen.tiles[i], chosen.panel);
    // Bounds that keep code and stack small; no schedule of ours comes near them.
    auto atMost = [&](StringRef field, int64_t value, int64_t limit) -> LogicalResult {
      if (value <= limit)
        return success();
      return error() << "schedule: " << field << ": found " << value << ", expected at most "
                     << limit;
    };
    int64_t sums = 0;
    for (size_t i = 0; i + 1 < chosen.tiles.size(); i += 2)
      if (chosen.tiles[i] > 64 || chosen.tiles[i + 1] > 64)
        sums = INT64_MAX;
      else
        sums = std::max(sums, chosen.tiles[i] * chosen.tiles[i + 1]);
    if (failed(atMost("panel", chosen.panel, 64)) || failed(atMost("tiles", sums, 16)) ||
        failed(atMost("chunk_rows", chosen.chunkRows, 1 << 16)) ||
        failed(atMost("unroll", chosen.unroll, 64)))
      return signalPassFailure();
    // What the machine cannot run; the attribute's own verifier checks the rest.
    if (chosen.lanes * elementBits > facts.getVectorBits()) {
      error() << "schedule: lanes: found " << chosen.lanes << ", expected at most "
              << facts.getVectorBits() / elementBits << " on " << facts.getName();
      return signalPassFailure();
    }
    auto schedule = rnn::ScheduleAttr::getChecked(error, &getContext(), chosen.lanes, chosen.panel,
                                                  ArrayRef<int64_t>(chosen.tiles), chosen.kBlock,
                                                  chosen.chunkRows, chosen.zigzag, chosen.unroll);
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
