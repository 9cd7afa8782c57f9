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
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace grucc {
#define GEN_PASS_DEF_SELECTGPUSCHEDULE
#include "compiler/schedule/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

namespace {
struct SelectGpuSchedule : grucc::impl::SelectGpuScheduleBase<SelectGpuSchedule> {
  using Base::Base;
  SelectGpuSchedule(const SelectGpuScheduleOptions &options, const rnn::FieldSettings &byHand)
      : Base(options), byHand(byHand) {}

  rnn::FieldSettings byHand;

  LogicalResult initialize(MLIRContext *context) override {
    auto error = [&] { return mlir::emitError(UnknownLoc::get(context)); };
    return rnn::readSettings(error, rnn::gpuScheduleTable(), *fields, byHand);
  }

  InFlightDiagnostic error() { return mlir::emitError(getOperation().getLoc()); }

  LogicalResult atMost(StringRef what, int64_t value, int64_t limit) {
    if (value <= limit)
      return success();
    return error() << "schedule: found " << value << " " << what << ", expected at most " << limit
                   << " on " << gpu;
  }

  /// What a block asks for must exist.
  LogicalResult verify(rnn::GpuScheduleAttr schedule, rnn::GpuAttr facts, const NetworkSizes &sizes,
                       StringRef precision) {
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
    for (int64_t depth : {sizes.inputSize, sizes.outputSize()}) {
      ProjectLayout project{schedule, depth, sizes.hiddenSize, sizes.gates, half};
      if (failed(atMost("bytes of shared memory of project", project.sharedBytes(),
                        facts.getSharedBytes())) ||
          failed(atMost("tiles of columns of project", project.tiles(), mostTiles)))
        return failure();
    }
    return success();
  }

  void runOnOperation() override {
    rnn::GpuAttr facts = lookupGpu(&getContext(), gpu);
    if (!facts) {
      error() << "target: found '" << gpu << "', expected an entry of the table of GPUs";
      return signalPassFailure();
    }
    for (func::FuncOp func : getOperation().getOps<func::FuncOp>())
      if (!func.getOps<rnn::ScanOp>().empty() && failed(select(func, facts)))
        return signalPassFailure();
  }

  LogicalResult select(func::FuncOp func, rnn::GpuAttr facts) {
    FailureOr<NetworkSizes> read = NetworkSizes::of(func);
    if (failed(read))
      return failure();
    // What rnn-round-weights has stated.
    auto rounded = func->getAttrOfType<TypeAttr>("rnn.precision");
    StringRef precision = !rounded ? "exact" : rounded.getValue().isF16() ? "float16" : "bfloat16";
    if (precision == "bfloat16" && !facts.getRow().bfloat16)
      return error() << "precision: found '" << precision << "' for " << gpu
                     << ", expected exact or float16";
    const NetworkSizes &sizes = *read;
    rnn::GpuSchedule chosen = selectGpuSchedule(sizes, facts, bool(rounded)).getFields();
    rnn::applySettings(rnn::gpuScheduleTable(), byHand, chosen);
    auto schedule =
        rnn::GpuScheduleAttr::getChecked([&] { return error(); }, &getContext(), chosen);
    if (!schedule || failed(verify(schedule, facts, sizes, precision)))
      return failure();
    func->setAttr(rnn::GpuAttr::name, facts);
    func->setAttr(rnn::GpuScheduleAttr::name, schedule);
    return success();
  }
};
} // namespace

std::unique_ptr<Pass> grucc::createSelectGpuSchedule(const SelectGpuScheduleOptions &options,
                                                     const rnn::FieldSettings &byHand) {
  return std::make_unique<SelectGpuSchedule>(options, byHand);
}
