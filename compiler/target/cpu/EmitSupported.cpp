//===- EmitSupported.cpp - NAME_supported: may this CPU run the model -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Levels.h"
#include "compiler/target/cpu/PublicFunctions.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;
using arith::CmpIPredicate;

// Features of x86 and the bits behind them are those of runtime/src/cpu.c.

namespace {
/// Bits that must all be set, in the order in which they may be asked for.
struct NeededBits {
  uint32_t leaf1Ecx = 0, leaf7Ebx = 0, extended1Ecx = 0, xcr0 = 0;

  explicit NeededBits(uint64_t features) {
    auto bits = [](std::initializer_list<int> numbers) {
      uint32_t mask = 0;
      for (int number : numbers)
        mask |= 1u << number;
      return mask;
    };
    if (features & rnn::x86::SSE4_2) // SSE3, SSSE3, CX16, SSE4.1, SSE4.2, POPCNT
      leaf1Ecx |= bits({0, 9, 13, 19, 20, 23});
    if (features & rnn::x86::AVX2) { // MOVBE, OSXSAVE, AVX, F16C; BMI1, AVX2, BMI2; LZCNT; xmm, ymm
      leaf1Ecx |= bits({22, 27, 28, 29});
      leaf7Ebx |= bits({3, 5, 8});
      extended1Ecx |= bits({5});
      xcr0 |= bits({1, 2});
    }
    if (features & rnn::x86::FMA) // FMA
      leaf1Ecx |= bits({12});
    if (features & rnn::x86::AVX512) { // AVX-512 F, DQ, CD, BW, VL; zmm
      leaf7Ebx |= bits({16, 17, 28, 30, 31});
      xcr0 |= bits({5, 6, 7});
    }
  }
};

/// Questions to the CPU. There is no operation for them but the instructions.
struct CpuQuestions {
  Emitter &e;
  Type i32 = e.getI32Type();
  enum Register { Eax, Ebx, Ecx, Edx };

  Value number(uint32_t value) {
    return arith::ConstantOp::create(e, e.getI32IntegerAttr(int32_t(value)));
  }
  Value ask(StringRef instruction, StringRef constraints, ValueRange operands, unsigned results,
            unsigned result) {
    auto type = LLVM::LLVMStructType::getLiteral(e.getContext(), SmallVector<Type>(results, i32));
    auto answer = LLVM::InlineAsmOp::create(
        e, type, operands, instruction, constraints, /*has_side_effects=*/true,
        /*is_align_stack=*/false, LLVM::tailcallkind::TailCallKind::None, LLVM::AsmDialectAttr(),
        ArrayAttr());
    return LLVM::ExtractValueOp::create(e, answer.getResult(0), ArrayRef<int64_t>{result});
  }
  Value cpuid(uint32_t leaf, Register result) {
    return ask("cpuid", "={ax},={bx},={cx},={dx},0,2,~{dirflag},~{fpsr},~{flags}",
               {number(leaf), number(0)}, 4, result);
  }
  Value xcr0() {
    return ask("xgetbv", "={ax},={dx},{cx},~{dirflag},~{fpsr},~{flags}", {number(0)}, 2, 0);
  }
  Value hasAll(Value word, uint32_t bits) {
    Value found = arith::AndIOp::create(e, word, number(bits));
    return arith::CmpIOp::create(e, CmpIPredicate::eq, found, number(bits));
  }
  /// Whether the leaf is there (the leaf `group` says so) and has all the bits.
  Value leafHasAll(uint32_t group, uint32_t leaf, Register where, uint32_t bits) {
    Value isThere = arith::CmpIOp::create(e, CmpIPredicate::uge, cpuid(group, Eax), number(leaf));
    return e.both(isThere, hasAll(cpuid(leaf, where), bits));
  }
};

/// By cpuid: i1.
Value hasFeatures(Emitter &e, uint64_t features) {
  NeededBits needed(features);
  CpuQuestions cpu{e};
  auto never = [&] { return e.truth(false); };
  Value has = cpu.leafHasAll(0, 1, CpuQuestions::Ecx, needed.leaf1Ecx);
  auto alsoHas = [&](uint32_t bits, llvm::function_ref<Value()> ask) {
    if (bits)
      has = e.choose(has, ask, never);
  };
  alsoHas(needed.leaf7Ebx,
          [&] { return cpu.leafHasAll(0, 7, CpuQuestions::Ebx, needed.leaf7Ebx); });
  alsoHas(needed.extended1Ecx, [&] {
    return cpu.leafHasAll(0x80000000, 0x80000001, CpuQuestions::Ecx, needed.extended1Ecx);
  });
  // Only with OSXSAVE, which AVX brings: the instruction is unknown elsewhere.
  alsoHas(needed.xcr0, [&] { return cpu.hasAll(cpu.xcr0(), needed.xcr0); });
  return has;
}
} // namespace

Value cpu::isOtherLength(Emitter &e, const rnn::Target &target) {
  // Not llvm.vscale, which the code generator knows for these functions.
  auto bytes = LLVM::InlineAsmOp::create(
      e, e.getI64Type(), ValueRange(), "rdvl $0, #1", "=r", /*has_side_effects=*/true,
      /*is_align_stack=*/false, LLVM::tailcallkind::TailCallKind::None, LLVM::AsmDialectAttr(),
      ArrayAttr());
  Value expected = arith::ConstantOp::create(e, e.getI64IntegerAttr(target.vectorBits / 8));
  return arith::CmpIOp::create(e, CmpIPredicate::ne, bytes.getResult(0), expected);
}

void cpu::emitSupported(Emitter &e, const Twine &name, const rnn::Target &target) {
  OpBuilder::InsertionGuard guard(e);
  Type status = e.getI32Type();
  auto function = func::FuncOp::create(e, name.str(), e.getFunctionType({}, status));
  function->setAttr("passthrough", leastCpuOf(e, target));
  e.setInsertionPointToStart(function.addEntryBlock());
  Value answer;
  switch (target.platform->featureTest) {
  case rnn::FeatureTest::None:
  case rnn::FeatureTest::System: // a freestanding object has no way to ask
    answer = arith::ConstantOp::create(e, e.getI32IntegerAttr(1));
    break;
  case rnn::FeatureTest::Cpuid:
    answer = arith::ExtUIOp::create(e, status, hasFeatures(e, target.cpuFeatures));
    break;
  }
  func::ReturnOp::create(e, answer);
}
