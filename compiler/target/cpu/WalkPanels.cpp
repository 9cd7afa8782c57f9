//===- WalkPanels.cpp - Row kernels into loops over panels and tiles -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   rnn.scan_rows %w[%at] gates ... rows %rows ... {matrix = ..., one_row}
//     ==>
//   scf.for %panel ... { rnn.panel_dot, rnn.cell_update, vector.store }
//
// Tiles, groups of rows, zigzag and streams are followed in WalkTiles, streams of a few rows in
// WalkStreams, chunks of k and prefetch in WalkGroups.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/WalkPanels.h"
#include "compiler/target/cpu/Passes.h"
#include "llvm/ADT/TypeSwitch.h"

namespace grucc {
#define GEN_PASS_DEF_WALKPANELS
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// f32 or f64, of the memory that it works on.
static Type elementOf(Operation *op) {
  for (Type type : op->getOperandTypes())
    if (auto memory = dyn_cast<MemRefType>(type); memory && isa<FloatType>(memory.getElementType()))
      return memory.getElementType();
  llvm_unreachable("a kernel without numbers");
}

/// Whether the schedule's vectors are those of one row.
static bool isOneRow(Operation *op) {
  auto scan = dyn_cast<rnn::ScanRowsOp>(op);
  auto round = dyn_cast<rnn::ScanRoundOp>(op);
  return isa<rnn::StepRowOp>(op) || (scan && scan.getOneRow()) || (round && round.getOneRow());
}

/// Matrices must be packed for the schedule's vectors.
static LogicalResult expectScheduled(Operation *op, const rnn::Tiling &tiling) {
  auto refuse = [&](const Twine &what, const Twine &found, const Twine &expected) {
    InFlightDiagnostic error = op->emitOpError(what)
                               << ": found " << found << ", expected " << expected;
    error.attachNote(op->getParentOfType<func::FuncOp>().getLoc()) << "whose schedule is here";
    return error;
  };
  for (StringRef name : {"matrix", "input", "recurrent"}) {
    auto matrix = op->getAttrOfType<rnn::MatrixAttr>(name);
    if (matrix && (matrix.getLanes() != tiling.lanes || matrix.getVectors() != tiling.panel))
      return refuse(name,
                    "panels of " + Twine(matrix.getVectors()) + " vectors of " +
                        Twine(matrix.getLanes()),
                    Twine(tiling.panel) + " of " + Twine(tiling.lanes) + " as scheduled");
  }
  if (auto steps = dyn_cast<rnn::ScanStepsOp>(op);
      steps && tiling.registerK > steps.getMatrix().getUnits())
    return refuse("register_k", Twine(tiling.registerK),
                  "at most " + Twine(steps.getMatrix().getUnits()));
  return success();
}

namespace {
struct WalkPanels : grucc::impl::WalkPanelsBase<WalkPanels> {
  void runOnOperation() override {
    func::FuncOp func = getOperation();
    func.walk([&](Operation *op) {
      llvm::TypeSwitch<Operation *>(op)
          .Case([&](rnn::ProjectRowsOp op) { replace(op, walkProject); })
          .Case([&](rnn::ScanRowsOp op) { replace(op, walkScan); })
          .Case([&](rnn::ScanRoundOp op) { replace(op, walkScanRound); })
          .Case([&](rnn::ScanStepsOp op) { replace(op, walkScanSteps); })
          .Case([&](rnn::StepRowOp op) { replace(op, walkStepRow); });
    });
  }

  template <typename Op> void replace(Op op, void (*walk)(Emitter &, const rnn::Schedule &, Op)) {
    func::FuncOp func = getOperation();
    auto schedule = func->getAttrOfType<rnn::ScheduleAttr>(rnn::ScheduleAttr::name);
    auto machine = func->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
    if (!schedule || !machine) {
      InFlightDiagnostic error = op.emitOpError(schedule ? "rnn.machine" : "rnn.schedule")
                                 << ": found none, expected it on the function";
      error.attachNote(func.getLoc()) << "which is here";
      return signalPassFailure();
    }
    if (op.getKernel()) {
      op.emitOpError() << "kernel: found '" << *op.getKernel()
                       << "', expected rnn-outline-kernels to have run";
      return signalPassFailure();
    }
    rnn::Schedule fields = schedule.getFields();
    if (isOneRow(op))
      fields = rnn::forOneRow(fields);
    if (failed(expectScheduled(op, fields.tiling)))
      return signalPassFailure();
    OpBuilder builder(op);
    Emitter e(op.getLoc(), builder, elementOf(op), machine);
    walk(e, fields, op);
    op.erase();
  }
};
} // namespace
