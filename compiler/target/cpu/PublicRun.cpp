//===- PublicRun.cpp - What NAME_run checks -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Functions.h"
#include "compiler/target/cpu/PublicFunctions.h"
#include "dialects/rnn/CStructs.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;
using arith::CmpIPredicate;
using rnn::ArgsField;

namespace {
/// Conditions on grucc_args.
struct RunChecks : RunArguments {
  const rnn::Network &network;
  bool ragged; ///< whether lengths are taken

  Value unsupported();
  Value nullTensor();
  Value badCounts();
};
} // namespace

Value RunChecks::unsupported() {
  Value lengths = given(ArgsField::Lengths), sizes = given(ArgsField::BatchSizes);
  Value any = ragged ? e.both(lengths, sizes) : e.either(lengths, sizes);
  if (!network.training)
    any = e.either(any, given(ArgsField::DropoutMask));
  return network.externalWeights ? any : e.either(any, given(ArgsField::Weights));
}

Value RunChecks::nullTensor() {
  Value rows = arith::MulIOp::create(e, count(ArgsField::SeqLen), count(ArgsField::Batch));
  Value tensors = e.either(missing(ArgsField::Input), missing(ArgsField::Output));
  Value any = e.both(compare(CmpIPredicate::ne, rows, 0), tensors);
  Value someRows = compare(CmpIPredicate::ne, count(ArgsField::Batch), 0);
  any = e.either(any, e.both(someRows, missing(ArgsField::HN)));
  any = e.either(any, missing(ArgsField::Workspace));
  return network.externalWeights ? e.either(any, missing(ArgsField::Weights)) : any;
}

/// Lengths in 0..T; batch sizes in 0..B and never growing (C10).
Value RunChecks::badCounts() {
  Value zero = e.index(0), never = e.truth(false);
  Value steps = count(ArgsField::SeqLen), rows = count(ArgsField::Batch);
  Value hasLengths = given(ArgsField::Lengths), hasSizes = given(ArgsField::BatchSizes);
  Value lengths = counts(ArgsField::Lengths), sizes = counts(ArgsField::BatchSizes);
  // In 64 bits, whatever an index has.
  auto outside = [&](Value n, Value largest) {
    return e.either(compare(CmpIPredicate::slt, n, 0), e.less(largest, n));
  };
  Value badLength = e.loop(zero, e.select(hasLengths, toIndex(rows), zero), e.index(1), {never},
                           [&](Value b, ValueRange bad) {
                             Value length = memref::LoadOp::create(e, lengths, b);
                             return Values{e.either(bad[0], outside(length, steps))};
                           })[0];
  Value badSize = e.loop(zero, e.select(hasSizes, toIndex(steps), zero), e.index(1), {never, rows},
                         [&](Value t, ValueRange v) {
                           Value size = memref::LoadOp::create(e, sizes, t);
                           return Values{e.either(v[0], outside(size, v[1])), size};
                         })[0];
  return e.either(badLength, badSize);
}

PublicFunctions::Checks PublicFunctions::checkRun(Value args) {
  RunChecks run{{{e}, args}, network, keepsFunctions(this->run, "ragged")};
  auto machine = this->run->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
  int64_t bytes = rnn::CStruct::args().bytes(*machine.getRow().platform);
  auto wrongSize = [=]() mutable {
    return compare(CmpIPredicate::ne, run.count(ArgsField::Size), bytes);
  };
  auto shape = [=]() mutable {
    return countsTooLarge(run.count(ArgsField::SeqLen), run.count(ArgsField::Batch));
  };
  auto aligned = [=]() mutable {
    return e.either(misaligned(run.buffer(ArgsField::Workspace)),
                    misaligned(run.buffer(ArgsField::Weights)));
  };
  return {{[=] { return isNull(args); }, ErrorArgsSize},
          {wrongSize, ErrorArgsSize},
          {shape, ErrorShape},
          {[=]() mutable { return run.unsupported(); }, ErrorUnsupported},
          {[=]() mutable { return run.nullTensor(); }, ErrorNull},
          {aligned, ErrorAlignment},
          {[=]() mutable { return run.ragged ? run.badCounts() : e.truth(false); }, ErrorShape}};
}

LogicalResult PublicFunctions::emitRun() {
  // What describes the model goes on standing on its main function.
  auto facts = llvm::to_vector(run->getDialectAttrs());
  FailureOr<func::FuncOp> function =
      emitChecked("run", {pointer()}, [&](ValueRange args) { return checkRun(args[0]); });
  if (failed(function))
    return failure();
  run = *function;
  for (NamedAttribute fact : facts)
    if (isa_and_present<rnn::RnnDialect>(fact.getNameDialect()))
      run->setAttr(fact.getName(), fact.getValue());
  return success();
}
