//===- EmitSelect.cpp - NAME_select -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Levels.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

namespace {
struct Select {
  ImplicitLocOpBuilder b;
  ArrayRef<SelectedLevel> levels;
  Type pointer = LLVM::LLVMPointerType::get(b.getContext());

  Value modelOf(const SelectedLevel &level) {
    return LLVM::AddressOfOp::create(b, pointer, level.model);
  }
  /// The last level that is there.
  Value best(llvm::function_ref<Value(const SelectedLevel &)> isThere) {
    Value model = modelOf(levels.front());
    for (const SelectedLevel &level : levels.drop_front())
      model = LLVM::SelectOp::create(b, isThere(level), modelOf(level), model);
    return model;
  }
  /// By the caller's word, of which the first has all that targets ask for (Target::cpuFeatures).
  Value bestOf(Value features) {
    Value has = LLVM::LoadOp::create(b, b.getI64Type(), features, sizeof(uint64_t));
    return best([&](const SelectedLevel &level) -> Value {
      Value needed =
          LLVM::ConstantOp::create(b, b.getI64IntegerAttr(int64_t(level.target->cpuFeatures)));
      return LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::eq,
                                  LLVM::AndOp::create(b, has, needed).getResult(), needed);
    });
  }
  Value bestHere() {
    if (levels.front().target->platform->featureTest != rnn::FeatureTest::Cpuid)
      return modelOf(levels.front()); // a freestanding object has no way to ask
    return best([&](const SelectedLevel &level) -> Value {
      Value answer =
          LLVM::CallOp::create(b, b.getI32Type(), level.supported, ValueRange()).getResult();
      Value no = LLVM::ConstantOp::create(b, b.getI32IntegerAttr(0));
      return LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::ne, answer, no);
    });
  }

  void emit(ModuleOp module, StringRef name) {
    b.setInsertionPointToEnd(module.getBody());
    auto function = LLVM::LLVMFuncOp::create(b, (name + "_select").str(),
                                             LLVM::LLVMFunctionType::get(pointer, {pointer}));
    function.setPassthroughAttr(leastCpuOf(b, *levels.front().target));
    Block *entry = function.addEntryBlock(b), *told = b.createBlock(&function.getBody()),
          *asks = b.createBlock(&function.getBody());
    Value features = entry->getArgument(0);
    b.setInsertionPointToStart(entry);
    Value isNull = LLVM::ICmpOp::create(b, LLVM::ICmpPredicate::eq, features,
                                        LLVM::ZeroOp::create(b, pointer).getResult());
    LLVM::CondBrOp::create(b, isNull, asks, told);
    b.setInsertionPointToStart(told);
    LLVM::ReturnOp::create(b, bestOf(features));
    b.setInsertionPointToStart(asks);
    LLVM::ReturnOp::create(b, bestHere());
  }
};
} // namespace

void grucc::cpu::emitSelect(ModuleOp module, StringRef name, ArrayRef<SelectedLevel> levels) {
  Select{{module.getLoc(), module.getContext()}, levels}.emit(module, name);
}
