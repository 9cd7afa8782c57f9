//===- RelaxedFma.cpp - Multiply-adds of WebAssembly's relaxed SIMD -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// llvm.fma is a call of a library on WebAssembly, whatever its features are. relaxed_madd is an
// instruction, of whole registers, and fused wherever the CPU below it has one.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Codegen.h"

#include "llvm/Analysis/VectorUtils.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/IntrinsicsWebAssembly.h"

using namespace llvm;

/// `count` lanes of `vector` from `from` on; behind its last they are of no account.
static Value *lanesOf(IRBuilder<> &b, Value *vector, int from, int count) {
  int size = int(cast<FixedVectorType>(vector->getType())->getNumElements());
  SmallVector<int> mask;
  for (int lane = from; lane < from + count; ++lane)
    mask.push_back(lane < size ? lane : PoisonMaskElem);
  return size == count ? vector : b.CreateShuffleVector(vector, mask);
}

/// Register by register.
static Value *multiplyAdd(IRBuilder<> &b, ArrayRef<Value *> vectors) {
  auto *type = cast<FixedVectorType>(vectors.front()->getType());
  Type *number = type->getElementType();
  int size = int(type->getNumElements()), lanes = 128 / int(number->getPrimitiveSizeInBits());
  SmallVector<Value *> parts;
  for (int from = 0; from < size; from += lanes) {
    SmallVector<Value *> operands;
    for (Value *vector : vectors)
      operands.push_back(lanesOf(b, vector, from, lanes));
    Value *part = b.CreateIntrinsic(Intrinsic::wasm_relaxed_madd,
                                    {FixedVectorType::get(number, unsigned(lanes))}, operands);
    parts.push_back(lanesOf(b, part, 0, std::min(lanes, size - from)));
  }
  return concatenateVectors(b, parts);
}

void grucc::cpu::useRelaxedFma(Module &module) {
  for (Function &function : module)
    for (Instruction &instruction : make_early_inc_range(instructions(function))) {
      auto *call = dyn_cast<IntrinsicInst>(&instruction);
      if (!call || call->getIntrinsicID() != Intrinsic::fma)
        continue;
      IRBuilder<> b(call);
      bool isVector = call->getType()->isVectorTy();
      SmallVector<Value *> operands(call->args());
      if (!isVector)
        for (Value *&operand : operands)
          operand = b.CreateVectorSplat(1, operand);
      Value *result = multiplyAdd(b, operands);
      if (!isVector)
        result = b.CreateExtractElement(result, uint64_t(0));
      call->replaceAllUsesWith(result);
      call->eraseFromParent();
    }
}
