//===- OutlineKernels.cpp - Kernels ==> functions -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   rnn.scan_rows ... {kernel = "net.scan_rows"}
//     ==>
//   func.call @net.scan_rows(its operands)
//
//   func.func private @net.scan_rows(arguments) { rnn.scan_rows ... }
//
// One function for all ops that name it.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Emitter.h"
#include "compiler/target/cpu/Passes.h"
#include "mlir/IR/SymbolTable.h"

namespace grucc {
#define GEN_PASS_DEF_OUTLINEKERNELS
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

static constexpr StringLiteral kernelName = "kernel";

namespace {
class Outliner {
public:
  explicit Outliner(ModuleOp module) : module(module) {}

  LogicalResult outline(Operation *op, StringRef name);

private:
  struct Kernel {
    Operation *op; ///< the first of its name
    func::FuncOp function, user;
  };
  ModuleOp module;
  llvm::StringMap<Kernel> kernels;

  FailureOr<Kernel> create(Operation *op, StringRef name);
};
} // namespace

/// The function goes in front of the first one that calls it, by the same schedule.
FailureOr<Outliner::Kernel> Outliner::create(Operation *op, StringRef name) {
  auto user = op->getParentOfType<func::FuncOp>();
  if (failed(expectFreeName(module, op, "kernel", name)))
    return failure();
  OpBuilder builder(op->getContext());
  Emitter e(op->getLoc(), builder, Type(), /*fma=*/true);
  e.schedule = user->getAttrOfType<rnn::ScheduleAttr>(rnn::ScheduleAttr::name);
  e.machine = user->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
  Operation *inside = op->clone();
  inside->removeAttr(kernelName);
  func::FuncOp function = e.function(module, name, op->getOperandTypes(), [&](ValueRange args) {
    inside->setOperands(args);
    e.insert(inside);
  });
  function->moveBefore(user);
  return Kernel{inside, function, user};
}

LogicalResult Outliner::outline(Operation *op, StringRef name) {
  auto found = kernels.find(name);
  if (found == kernels.end()) {
    FailureOr<Kernel> created = create(op, name);
    if (failed(created))
      return failure();
    found = kernels.try_emplace(name, *created).first;
  }
  Kernel &kernel = found->second;
  auto isAlike = [&] {
    NamedAttrList attributes(op->getAttrs());
    attributes.erase(kernelName);
    return op->getName() == kernel.op->getName() &&
           op->getOperandTypes() == kernel.op->getOperandTypes() &&
           attributes.getDictionary(op->getContext()) == kernel.op->getAttrDictionary();
  };
  if (!isAlike()) {
    InFlightDiagnostic error = op->emitOpError()
                               << "kernel: found '" << name
                               << "' of another kernel, expected one that is alike";
    error.attachNote(kernel.op->getLoc()) << "which is this one";
    return error;
  }
  OpBuilder builder(op);
  func::CallOp::create(builder, op->getLoc(), kernel.function, op->getOperands());
  // Steps of one row are large, and `run` seldom has any: not once more in there.
  if (isa<rnn::StepRowOp>(op) && op->getParentOfType<func::FuncOp>() != kernel.user)
    Emitter::neverInline(kernel.function);
  op->erase();
  return success();
}

namespace {
struct OutlineKernels : grucc::impl::OutlineKernelsBase<OutlineKernels> {
  void runOnOperation() override {
    SmallVector<std::pair<Operation *, StringAttr>> found;
    getOperation().walk([&](Operation *op) {
      if (isa<rnn::ProjectRowsOp, rnn::ScanRowsOp, rnn::ScanRoundOp, rnn::ScanStepsOp,
              rnn::StepRowOp>(op))
        if (auto name = op->getAttrOfType<StringAttr>(kernelName))
          found.emplace_back(op, name);
    });
    Outliner outliner(getOperation());
    for (auto [op, name] : found)
      if (failed(outliner.outline(op, name)))
        return signalPassFailure();
  }
};
} // namespace
