//===- SelectGpuSchedule.cpp - Facts of a GPU and sizes into a schedule -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/GpuCostModel.h"
#include "compiler/schedule/Gpus.h"
#include "compiler/schedule/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringExtras.h"

namespace grucc {
#define GEN_PASS_DEF_SELECTGPUSCHEDULE
#include "compiler/schedule/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

namespace {
struct SelectGpuSchedule : grucc::impl::SelectGpuScheduleBase<SelectGpuSchedule> {
  using Base::Base;

  InFlightDiagnostic error() { return mlir::emitError(getOperation().getLoc()); }

  /// The cost model's, with the fields that were set by hand.
  rnn::GpuScheduleAttr withFields(rnn::GpuScheduleAttr s) {
    std::pair<StringRef, int64_t> values[] = {
        {"project_warps", s.getProjectWarps()},
        {"project_thread_rows", s.getProjectThreadRows()},
        {"project_thread_columns", s.getProjectThreadColumns()},
        {"project_k", s.getProjectK()},
        {"scan_rows", s.getScanRows()},
        {"scan_register_k", s.getScanRegisterK()},
        {"step_rows", s.getStepRows()},
        {"step_thread_rows", s.getStepThreadRows()},
        {"step_units", s.getStepUnits()},
        {"step_blocks", s.getStepBlocks()},
        {"step_unroll", s.getStepUnroll()}};
    for (StringRef field : fields) {
      StringRef name = field.split("=").first, value = field.split("=").second;
      auto known = llvm::find_if(values, [&](auto &value) { return value.first == name; });
      if (known == std::end(values)) {
        error() << "schedule: found field '" << name << "', expected "
                << llvm::join(llvm::make_first_range(llvm::drop_end(values)), ", ") << " or "
                << std::end(values)[-1].first;
        return {};
      }
      if (value.getAsInteger(10, known->second)) {
        error() << "schedule: " << name << ": found '" << value << "', expected a whole number";
        return {};
      }
    }
    return rnn::GpuScheduleAttr::getChecked(
        [&] { return error(); }, &getContext(), values[0].second, values[1].second,
        values[2].second, values[3].second, values[4].second, values[5].second, values[6].second,
        values[7].second, values[8].second, values[9].second, values[10].second);
  }

  LogicalResult atMost(StringRef what, int64_t value, int64_t limit) {
    if (value <= limit)
      return success();
    return error() << "schedule: found " << value << " " << what << ", expected at most " << limit
                   << " on " << gpu;
  }

  /// What a block asks for must exist.
  LogicalResult verify(rnn::GpuScheduleAttr schedule, rnn::GpuAttr facts,
                       const NetworkSizes &sizes) {
    constexpr int64_t mostThreads = 1024, mostTiles = 65535;
    bool half = precision != "exact";
    ScanLayout scan{schedule, sizes.hiddenSize, sizes.gates, half};
    StepLayout step{schedule, sizes.hiddenSize, sizes.gates, half};
    if (half && schedule.getScanRegisterK() % mmaK)
      return error() << "schedule: scan_register_k: found " << schedule.getScanRegisterK()
                     << ", expected a multiple of " << mmaK << " for " << precision;
    if (half && (step.rows() % mmaRows || schedule.getProjectThreadRows() < 2))
      return error() << "schedule: found less than 8 rows of step or 2 of a thread of project, "
                        "expected them for "
                     << precision;
    if (scan.exists() &&
        (failed(atMost("threads of a block of scan", scan.threads(), mostThreads)) ||
         failed(atMost("bytes of shared memory of scan", scan.sharedBytes(),
                       facts.getSharedBytes())) ||
         failed(atMost("registers of a thread of scan", scanNeeds(scan, facts),
                       registerLimit(facts, scan.threads())))))
      return failure();
    if (failed(atMost("threads of a block of step", step.threads(), mostThreads)) ||
        failed(
            atMost("bytes of shared memory of step", step.sharedBytes(), facts.getSharedBytes())) ||
        failed(atMost("tiles of units of step", step.tiles(), mostTiles)))
      return failure();
    for (int64_t depth : {sizes.inputSize, sizes.directions * sizes.hiddenSize}) {
      ProjectLayout project{schedule, depth, sizes.hiddenSize, sizes.gates, half};
      if (failed(atMost("bytes of shared memory of project", project.sharedBytes(),
                        facts.getSharedBytes())) ||
          failed(atMost("tiles of columns of project", project.tiles(), mostTiles)))
        return failure();
    }
    return success();
  }

  void runOnOperation() override {
    ModuleOp module = getOperation();
    rnn::GpuAttr facts = lookupGpu(&getContext(), gpu);
    if (!facts) {
      error() << "target: found '" << gpu << "', expected an entry of the table of GPUs";
      return signalPassFailure();
    }
    bool isKnown = llvm::is_contained({"exact", "float16", "bfloat16"}, precision);
    if (!isKnown || (precision == "bfloat16" && facts.getCapability() < 80)) {
      error() << "precision: found '" << precision << "' for " << gpu << ", expected exact"
              << (facts.getCapability() < 80 ? " or float16" : ", float16 or bfloat16");
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
    rnn::GpuScheduleAttr schedule =
        withFields(selectGpuSchedule(sizes, facts, precision != "exact"));
    if (!schedule || failed(verify(schedule, facts, sizes)))
      return signalPassFailure();
    module->setAttr("rnn.gpu", facts);
    module->setAttr("rnn.gpu_schedule", schedule);
    Builder b(&getContext());
    Type half = precision == "float16" ? Type(b.getF16Type()) : Type(b.getBF16Type());
    if (precision != "exact")
      module->setAttr("rnn.precision", TypeAttr::get(half));
  }
};
} // namespace
