//===- PublicState.cpp - Sizes, and what functions of a stream check -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Functions.h"
#include "compiler/target/cpu/PublicFunctions.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;
using arith::CmpIPredicate;

/// Of a state with as many rows, or a tensor of theirs where addresses have 64 bits and nothing
/// else comes near the limit.
int64_t PublicFunctions::mostRowsOfState() {
  int64_t limit = platform().byteLimit();
  return platform().pointerBytes() == 8
             ? limit / network.stateRowBytes()
             : (limit - 4 * e.bufferAlignment()) / (stateBuffers * network.stateRowBytes());
}

/// Rows that a run may have, all steps together: none of its tensors reaches the limit, nor, where
/// addresses have 32 bits, the whole workspace.
int64_t PublicFunctions::mostRows() {
  int64_t limit = platform().byteLimit(), row = facts.getRowBytes();
  if (platform().pointerBytes() == 8)
    return limit / row;
  // h_n, the mask, and all parts of the workspace, each rounded up to whole lines.
  row += network.numCells() * network.hiddenSize * network.elementBytes();
  if (network.training)
    row += (network.numLayers - 1) * network.outputSize() * network.elementBytes();
  row += facts.getWorkspaceFixed();
  for (int64_t part : facts.getWorkspaceRows().asArrayRef())
    row += part;
  return (limit - (facts.getWorkspaceRows().size() + 2) * e.bufferAlignment()) / row;
}

Value PublicFunctions::batchTooLarge(Value batch) {
  return e.either(compare(CmpIPredicate::slt, batch, 0),
                  compare(CmpIPredicate::sgt, batch, mostRowsOfState()));
}

Value PublicFunctions::countsTooLarge(Value seqLen, Value batch) {
  int64_t rows = mostRows();
  Value negative = e.either(compare(CmpIPredicate::slt, seqLen, 0), batchTooLarge(batch));
  Value any = e.either(negative, compare(CmpIPredicate::sgt, batch, rows));
  Value least = arith::MaxSIOp::create(e, batch, i64(1));
  if (rows <= INT32_MAX) { // then the product has no overflow, and no division is a function's
    Value product = arith::MulIOp::create(e, seqLen, least);
    return e.either(any, e.either(compare(CmpIPredicate::sgt, seqLen, rows),
                                  compare(CmpIPredicate::sgt, product, rows)));
  }
  // seqLen <= rows / max(batch, 1) is seqLen * batch <= rows without overflow.
  Value limit = arith::DivSIOp::create(e, i64(rows), least);
  return e.either(any, arith::CmpIOp::create(e, CmpIPredicate::sgt, seqLen, limit));
}

LogicalResult PublicFunctions::emitSizes() {
  Type count = e.getI64Type();
  FunctionType type = e.getFunctionType({count, count}, count);
  FailureOr<func::FuncOp> workspace = findWorker("workspace_bytes", type);
  if (failed(workspace))
    return failure();
  e.setInsertionPointAfter(*workspace);
  bool keepsSizes = keepsFunctions(run, "sizes");
  auto stateBytes = [&](ValueRange args) {
    Value bytes = stream().bytes(args[0]);
    return e.select(batchTooLarge(args[0]), i64(-1), bytes);
  };
  if (keepsSizes && network.streams() &&
      failed(emitFunction("state_bytes", e.getFunctionType(count, count), stateBytes)))
    return failure();
  if (!keepsSizes && !keepsFunctions(run, "run")) {
    workspace->erase();
    return success();
  }
  return emitFunction("workspace_bytes", type, [&](ValueRange args) {
    Value bytes = moveHere(*workspace, args)[0];
    return e.select(countsTooLarge(args[0], args[1]), i64(-1), bytes);
  });
}

LogicalResult PublicFunctions::emitStates() {
  Type count = e.getI64Type();
  auto init = [&](ValueRange args) -> Checks {
    Value state = args[0], batch = args[2];
    return {{[=] { return batchTooLarge(batch); }, ErrorShape},
            {[=] { return isNull(state); }, ErrorNull},
            {[=] { return misaligned(state); }, ErrorAlignment}};
  };
  auto read = [&](ValueRange args) -> Checks {
    Value state = args[0], hn = args[1], batch = args[2];
    auto null = [=] {
      return e.either(isNull(state), e.both(isNull(hn), compare(CmpIPredicate::ne, batch, 0)));
    };
    return {{[=] { return batchTooLarge(batch); }, ErrorShape},
            {null, ErrorNull},
            {[=] { return misaligned(state); }, ErrorAlignment}};
  };
  auto reset = [&](ValueRange args) -> Checks {
    Value state = args[0], rows = args[1], count = args[2], batch = args[3];
    auto shape = [=] {
      int64_t most = platform().byteLimit() / int64_t(sizeof(int64_t));
      Value outside = compare(CmpIPredicate::ugt, count, most); // negative, too
      return e.either(batchTooLarge(batch), outside);
    };
    auto null = [=] {
      return e.either(isNull(state), e.both(isNull(rows), compare(CmpIPredicate::ne, count, 0)));
    };
    // Unsigned: a negative row is a large one.
    auto outside = [=] {
      Value none = e.truth(false);
      auto look = [&](Value i, ValueRange found) -> Values {
        Value row = memref::LoadOp::create(e, view(rows, e.countsType()), i);
        Value isOutside = arith::CmpIOp::create(e, CmpIPredicate::uge, row, batch);
        return {e.either(found[0], isOutside)};
      };
      return e.loop(e.index(0), toIndex(count), e.index(1), none, look)[0];
    };
    return {{shape, ErrorShape},
            {null, ErrorNull},
            {[=] { return misaligned(state); }, ErrorAlignment},
            {outside, ErrorShape}};
  };
  if (failed(emitChecked("init_state", {pointer(), pointer(), count}, init)) ||
      failed(emitChecked("read_state", {pointer(), pointer(), count}, read)))
    return failure();
  return emitChecked("reset_state", {pointer(), pointer(), count, count}, reset);
}

LogicalResult PublicFunctions::emitStep() {
  SmallVector<Type> types(5, pointer());
  types.push_back(e.getI64Type());
  return emitChecked("step", types, [&](ValueRange args) -> Checks {
    Value x = args[0], y = args[1], state = args[2], workspace = args[3], weights = args[4],
          batch = args[5];
    auto null = [=] {
      Value tensors = e.both(e.either(isNull(x), isNull(y)), compare(CmpIPredicate::ne, batch, 0));
      Value any = e.either(tensors, e.either(isNull(state), isNull(workspace)));
      return network.externalWeights ? e.either(any, isNull(weights)) : any;
    };
    auto aligned = [=] {
      return e.either(misaligned(state), e.either(misaligned(workspace), misaligned(weights)));
    };
    Checks checks{{[=] { return countsTooLarge(i64(1), batch); }, ErrorShape}};
    if (!network.externalWeights)
      checks.push_back({[=] { return isGiven(weights); }, ErrorUnsupported});
    checks.append({{null, ErrorNull}, {aligned, ErrorAlignment}});
    return checks;
  });
}
