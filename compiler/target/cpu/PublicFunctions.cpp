//===- PublicFunctions.cpp - The functions that C calls -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/PublicFunctions.h"
#include "compiler/target/cpu/Functions.h"
#include "compiler/target/cpu/PackFunctions.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Support/DebugStringHelper.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

FailureOr<func::FuncOp> PublicFunctions::findWorker(StringRef suffix, FunctionType type) {
  std::string symbol = name + "." + suffix.str();
  auto worker = SymbolTable::lookupNearestSymbolFrom<func::FuncOp>(
      run, StringAttr::get(run.getContext(), symbol));
  if (!worker)
    return run.emitError("@") << symbol << ": found none, expected a function of type " << type;
  auto refuse = [&](const Twine &found, const Twine &expected) {
    InFlightDiagnostic error = worker.emitError("@")
                               << symbol << ": found " << found << ", expected " << expected;
    error.attachNote(run.getLoc()) << "of whose network it is";
    return error;
  };
  if (worker.getFunctionType() != type)
    return refuse("type '" + debugString(worker.getFunctionType()) + "'",
                  "'" + debugString(type) + "'");
  if (!worker.isPrivate())
    return refuse("a public function", "a private one");
  if (!llvm::hasSingleElement(worker.getBody()))
    return refuse(Twine(worker.getBody().getBlocks().size()) + " blocks", "one");
  if (!users.useEmpty(worker)) {
    InFlightDiagnostic error = refuse("a use of it", "none");
    error.attachNote(users.getUsers(worker).front()->getLoc()) << "which is here";
    return error;
  }
  return worker;
}

FailureOr<func::FuncOp> PublicFunctions::emitFunction(StringRef suffix, FunctionType type,
                                                      function_ref<Value(ValueRange)> body) {
  std::string symbol = name + "_" + suffix.str();
  if (Operation *other =
          SymbolTable::lookupNearestSymbolFrom(run, StringAttr::get(run.getContext(), symbol))) {
    InFlightDiagnostic error = run.emitError("@")
                               << symbol << ": found it beside the network, expected none";
    error.attachNote(other->getLoc()) << "which is here";
    return error;
  }
  auto function = func::FuncOp::create(e, symbol, type);
  OpBuilder::InsertionGuard guard(e);
  llvm::SaveAndRestore outer(e.entry, function.addEntryBlock());
  e.setInsertionPointToStart(e.entry);
  func::ReturnOp::create(e, body(function.getArguments()));
  return function;
}

FailureOr<func::FuncOp> PublicFunctions::emitChecked(StringRef suffix, ArrayRef<Type> types,
                                                     function_ref<Checks(ValueRange)> checks) {
  FailureOr<func::FuncOp> worker = findWorker(suffix, e.getFunctionType(types, {}));
  if (failed(worker))
    return failure();
  e.setInsertionPointAfter(*worker);
  return emitFunction(suffix, e.getFunctionType(types, e.getI32Type()), [&](ValueRange args) {
    Checks all;
    if (target().scalable)
      all.push_back({[&] { return isOtherLength(e, target()); }, ErrorCpu});
    all.append(checks(args));
    return guarded(all, [&] { moveHere(*worker, args); });
  });
}

Values PublicFunctions::moveHere(func::FuncOp worker, ValueRange args) {
  Block &body = worker.getBody().front();
  Operation *end = body.getTerminator();
  // Room on the stack is the whole function's, or LLVM would move the stack at every call.
  for (LLVM::AllocaOp room : llvm::reverse(llvm::to_vector(body.getOps<LLVM::AllocaOp>())))
    if (matchPattern(room.getArraySize(), m_Constant())) {
      Operation *size = room.getArraySize().getDefiningOp();
      size->moveBefore(e.entry, e.entry->begin());
      room->moveAfter(size);
    }
  IRRewriter rewriter(e.getContext());
  rewriter.inlineBlockBefore(&body, e.getInsertionBlock(), e.getInsertionPoint(), args);
  Values results(end->getOperands());
  end->erase();
  worker.erase();
  return results;
}

Value PublicFunctions::guarded(ArrayRef<Check> checks, function_ref<void()> body) {
  auto status = [&](Status code) {
    return arith::ConstantOp::create(e, e.getI32IntegerAttr(code));
  };
  if (checks.empty()) {
    body();
    return status(Ok);
  }
  auto branch = scf::IfOp::create(e, e.getI32Type(), checks.front().fails(),
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(e, ValueRange{status(checks.front().status)});
  e.setInsertionPointToStart(branch.elseBlock());
  scf::YieldOp::create(e, ValueRange{guarded(checks.drop_front(), body)});
  return branch.getResult(0);
}

LogicalResult PublicFunctions::emitPack() {
  return emitChecked("pack", {pointer(), pointer()}, [&](ValueRange args) -> Checks {
    Value tensors = args[0], packed = args[1];
    // Every tensor is looked at before anything is written.
    auto nullTensor = [=] {
      Value never = e.truth(false);
      auto look = [&](Value i, ValueRange found) -> Values {
        Value at = arith::IndexCastOp::create(e, e.getI64Type(), i);
        return {e.either(found[0], isNull(loadTensor(e, tensors, at)))};
      };
      return e.loop(e.index(0), e.index(network.weightsCount()), e.index(1), never, look)[0];
    };
    return {{[=] { return e.either(isNull(tensors), isNull(packed)); }, ErrorNull},
            {nullTensor, ErrorNull},
            {[=] { return misaligned(packed); }, ErrorAlignment}};
  });
}

LogicalResult PublicFunctions::emit() {
  auto module = run->getParentOfType<ModuleOp>();
  auto keeps = [&](StringRef word) { return keepsFunctions(run, word); };
  if (failed(emitSizes()) || (keeps("run") && failed(emitRun())) ||
      (network.streams() && keeps("state") && failed(emitStates())) ||
      (network.streams() && keeps("step") && failed(emitStep())) ||
      (network.externalWeights && keeps("pack") && failed(emitPack())))
    return failure();
  e.setInsertionPointToEnd(module.getBody());
  if (keeps("supported"))
    emitSupported(e, name + "_supported", target());
  return success();
}
