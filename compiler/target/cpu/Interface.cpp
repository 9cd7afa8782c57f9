//===- Interface.cpp - What the public functions are written with -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Interface.h"
#include "llvm/Support/SaveAndRestore.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

Value Interface::advance(Value base, Value bytes) {
  return LLVM::GEPOp::create(e, pointer(), e.getI8Type(), base, ArrayRef<LLVM::GEPArg>{bytes});
}

Value Interface::loadArgument(Type type, Value args, ArgsField field) {
  Value at = LLVM::GEPOp::create(e, pointer(), rnn::CStruct::args().type(e.getContext()), args,
                                 ArrayRef<LLVM::GEPArg>{0, int32_t(field)});
  return LLVM::LoadOp::create(e, type, at);
}

Value Interface::view(Value base, MemRefType memory) {
  return viewOf(e, base, memory ? memory : e.memoryType());
}

Value Interface::global(StringRef suffix) {
  return LLVM::AddressOfOp::create(e, pointer(), (plan.name + "." + suffix).str());
}

void Interface::publicFunction(StringRef suffix, TypeRange arguments, Type result,
                               function_ref<Value(ValueRange)> body) {
  OpBuilder::InsertionGuard guard(e);
  e.setInsertionPointToEnd(module.getBody());
  auto func = func::FuncOp::create(e, (plan.name + "_" + suffix).str(),
                                   e.getFunctionType(arguments, result));
  func->setAttr(rnn::MemoryAttr::name, plan.memory);
  llvm::SaveAndRestore outer(e.entry, func.addEntryBlock());
  e.setInsertionPointToStart(e.entry);
  Value returned = body(func.getArguments());
  func::ReturnOp::create(e, returned);
}

Value Interface::guarded(ArrayRef<Check> checks, function_ref<void()> body) {
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
