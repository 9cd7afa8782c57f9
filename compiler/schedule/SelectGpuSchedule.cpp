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

  /// What a block asks for must exist.
  LogicalResult verify(const GpuLayouts &layouts, const NetworkSizes &sizes, rnn::GpuAttr facts) {
    if (failed(verifyLimits([&] { return error(); }, layouts, sizes, facts)))
      return failure();
    ScanLayout scan = layouts.scan();
    if (scan.exists() && sizes.rounds > 1)
      return error() << "schedule: scan_rows: found " << scan.rows()
                     << ", expected 0 for a cell of " << sizes.rounds << " rounds";
    int64_t needs = scanNeeds(scan, facts), limit = registerLimit(facts, scan.threads());
    if (!scan.exists() || needs <= limit)
      return success();
    return error() << "schedule: found " << needs
                   << " registers of a thread of scan, expected at most " << limit << " on "
                   << facts.getTarget();
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
    const NetworkSizes &sizes = *read;
    const GpuStorage &storage = GpuStorage::of(func->getAttrOfType<TypeAttr>("rnn.precision"));
    rnn::GpuSchedule chosen = selectGpuSchedule(sizes, facts, storage).getFields();
    rnn::applySettings(rnn::gpuScheduleTable(), byHand, chosen);
    auto schedule =
        rnn::GpuScheduleAttr::getChecked([&] { return error(); }, &getContext(), chosen);
    if (!schedule ||
        failed(verify({schedule, sizes.hiddenSize, sizes.gates, &storage}, sizes, facts)))
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
