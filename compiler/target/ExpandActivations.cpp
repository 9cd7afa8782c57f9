//===- ExpandActivations.cpp - rnn.sigmoid and rnn.tanh into arith ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   %y = rnn.sigmoid %x : vector<16xf32>
//     ==>
//   arith and math.fma on vector<16xf32>, about 19 instructions
//   (rnn.tanh: 21; in float64 27 and 31), with no call and no branch
//
// The steps are those of Activations.h, instantiated with values of the IR in
// place of numbers.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/KernelBuilder.h"
#include "compiler/target/Passes.h"
#include "dialects/rnn/Activations.h"
#include "dialects/rnn/ValueSteps.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Interfaces/FunctionInterfaces.h"

namespace grucc {
#define GEN_PASS_DEF_EXPANDACTIVATIONS
#include "compiler/target/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using Steps = rnn::ValueSteps;

namespace {
struct ExpandActivations : grucc::impl::ExpandActivationsBase<ExpandActivations> {
  using Base::Base;

  void expand(Operation *op) {
    rnn::StepsPlace place(ImplicitLocOpBuilder(op->getLoc(), op), op->getResult(0).getType(),
                          fma && fusesMultiplyAdds(op));
    Value result =
        steps(limitsOf(op), isa<rnn::SigmoidOp>(op), Steps{&place, op->getOperand(0)}).value;
    op->replaceAllUsesWith(ValueRange{result});
    op->erase();
  }

  /// As the schedule of the network says that the function belongs to.
  activations::Limits limitsOf(Operation *op) {
    auto function = op->getParentOfType<FunctionOpInterface>();
    auto schedule = function ? function->getAttrOfType<rnn::ScheduleAttr>(rnn::ScheduleAttr::name)
                             : rnn::ScheduleAttr();
    bool late = lateLimits || (schedule && schedule.getTiling().lateLimits);
    return late ? activations::Limits::Last : activations::Limits::First;
  }

  static Steps steps(activations::Limits limits, bool sigmoid, Steps x) {
    if (x.place->element().isF64())
      return sigmoid ? activations::sigmoidFloat64Steps(x, limits)
                     : activations::tanhFloat64Steps(x, limits);
    return sigmoid ? activations::sigmoidSteps(x, limits) : activations::tanhSteps(x, limits);
  }

  void runOnOperation() override {
    SmallVector<Operation *> found;
    getOperation()->walk([&](Operation *op) {
      if (isa<rnn::SigmoidOp, rnn::TanhOp>(op))
        found.push_back(op);
    });
    for (Operation *op : found)
      expand(op);
  }
};
} // namespace
