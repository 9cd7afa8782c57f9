//===- Targets.cpp - rnn-targets: whether the table of targets is complete -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Holds the table against LLVM's own, the descriptor's and the tables of machines and
// cards, says what does not fit, and prints a line for every target:
//
//   NAME cpu|gpu ARCHITECTURE POINTER-BYTES FEATURE-BITS CAPABILITY
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Targets.h"
#include "compiler/schedule/Gpus.h"
#include "compiler/schedule/Machines.h"
#include "compiler/target/Optimize.h"
#include "grucc/model.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Support/raw_ostream.h"

using namespace grucc;
using rnn::Architecture;
using rnn::Target;

static_assert(uint32_t(Architecture::X86_64) == GRUCC_ARCHITECTURE_X86_64);
static_assert(uint32_t(Architecture::AArch64) == GRUCC_ARCHITECTURE_AARCH64);
static_assert(uint32_t(Architecture::ARM) == GRUCC_ARCHITECTURE_ARM);
static_assert(uint32_t(Architecture::RISCV64) == GRUCC_ARCHITECTURE_RISCV64);
static_assert(uint32_t(Architecture::RISCV32) == GRUCC_ARCHITECTURE_RISCV32);
static_assert(uint32_t(Architecture::WASM32) == GRUCC_ARCHITECTURE_WASM32);
static_assert(rnn::aarch64::NEON == GRUCC_CPU_AARCH64_NEON &&
              rnn::aarch64::SVE128 == GRUCC_CPU_AARCH64_SVE128 &&
              rnn::aarch64::SVE256 == GRUCC_CPU_AARCH64_SVE256 &&
              rnn::aarch64::SVE512 == GRUCC_CPU_AARCH64_SVE512);
static_assert(rnn::arm::VFP4 == GRUCC_CPU_ARM_VFP4 && rnn::arm::NEON == GRUCC_CPU_ARM_NEON);
static_assert(rnn::riscv::GC == GRUCC_CPU_RISCV_GC && rnn::riscv::V == GRUCC_CPU_RISCV_V);
static_assert(rnn::x86::SSE4_2 == GRUCC_CPU_SSE4_2 && rnn::x86::AVX2 == GRUCC_CPU_AVX2 &&
              rnn::x86::FMA == GRUCC_CPU_FMA && rnn::x86::AVX512 == GRUCC_CPU_AVX512);

static int problems = 0;
static void expect(const Target &target, bool condition, const llvm::Twine &what) {
  if (condition)
    return;
  ++problems;
  llvm::errs() << target.name << ": expected " << what << '\n';
}

/// LLVM generates code for it, and the CPU has at least what NAME_supported and
/// --target=native ask for.
static void checkAgainstLLVM(const Target &target, llvm::StringRef hostFeatures) {
  std::string error;
  std::unique_ptr<llvm::TargetMachine> machine =
      createTargetMachine(target, error, target.platform->firstSystem());
  if (!machine)
    return expect(target, false, "a code generator: " + error);
  const llvm::MCSubtargetInfo &subtarget = *machine->getMCSubtargetInfo();
  expect(target, subtarget.isCPUStringValid(target.cpu), "a CPU that LLVM knows");
  for (llvm::StringRef feature : llvm::split(hostFeatures, ' '))
    expect(target, feature.empty() || subtarget.checkFeatures(("+" + feature).str()),
           "LLVM's CPU to have " + feature);
  const rnn::Platform &objects = target.platform->objects();
  std::unique_ptr<llvm::TargetMachine> data = createTargetMachine(objects, error);
  if (!data)
    return expect(target, false, "a writer of objects: " + error);
  expect(target, data->getMCSubtargetInfo()->isCPUStringValid(objects.leastCpu),
         "a least CPU that LLVM knows");
  expect(target, data->createDataLayout().getPointerSize() == objects.pointerBytes(),
         "the pointers of LLVM's data layout");
}

/// It can be scheduled for.
static void checkMachines(const Target &target) {
  mlir::MLIRContext context;
  context.loadDialect<rnn::RnnDialect>();
  if (target.isGpu()) {
    expect(target, bool(lookupGpu(&context, target.name)), "a card");
    return;
  }
  rnn::MachineAttr generic = lookupMachine(&context, target.name);
  expect(target, generic && generic.getTarget() == target.name, "a machine of the same name");
  for (llvm::StringRef name : machineNames())
    expect(target, rnn::findTarget(lookupMachine(&context, name).getTarget()),
           name + " to name a target");
}

static void checkFields(const Target &target) {
  expect(target, target.vectorBits >= 32 && target.registers > 0, "registers");
  bool asks = target.platform->featureTest != rnn::FeatureTest::None;
  expect(target, asks == (target.cpuFeatures != 0), "feature bits where there is a test");
  // Every CPU may have what the first row asks for, and of a register its length may say the rest.
  // Without a system nothing can ask, and the list of targets says what is needed.
  bool isBare = target.platform->firstSystem() == rnn::OperatingSystem::None;
  expect(target, asks || isBare || target.hostFeatures.empty(),
         "the host's features where there is a test");
  expect(target, target.isGpu() == (target.capability != 0), "a capability of a GPU");
  expect(target, !target.bfloat16 || target.mmaDepth > 0, "products where there are bfloat16 ones");
  expect(target, (target.platform->host != nullptr) == target.isGpu(), "a host of a GPU");
}

/// A row of the same platform has all that the one before it has.
static void checkOrder(const Target &before, const Target &target) {
  if (before.platform != target.platform)
    return;
  // Of another length of a register a CPU has but one.
  expect(target, (before.cpuFeatures & ~target.cpuFeatures) == 0 || before.scalable,
         "its predecessor's feature bits");
  expect(target,
         before.vectorBits <= target.vectorBits &&
             before.vectorBits * before.registers <= target.vectorBits * target.registers &&
             before.fma <= target.fma && before.float16 <= target.float16,
         "its predecessor's registers and instructions");
  expect(target, before.capability < target.capability || !target.isGpu(),
         "a higher capability than its predecessor's");
}

int main() {
  llvm::StringSet<> names, platforms;
  const Target *before = nullptr;
  std::string hostFeatures;
  for (const Target &target : rnn::targets()) {
    expect(target, names.insert(target.name).second, "a name of its own");
    if (!before || before->platform != target.platform) {
      expect(target, platforms.insert(target.platform->name).second, "its platform's neighbours");
      hostFeatures.clear();
    } else {
      checkOrder(*before, target);
    }
    hostFeatures += (" " + target.hostFeatures).str();
    checkFields(target);
    checkAgainstLLVM(target, hostFeatures);
    checkMachines(target);
    before = &target;
    const rnn::Platform &objects = target.platform->objects();
    llvm::outs() << target.name << (target.isGpu() ? " gpu " : " cpu ")
                 << uint32_t(objects.architecture) << ' ' << objects.pointerBytes() << ' '
                 << target.cpuFeatures << ' ' << target.capability << '\n';
  }
  return problems != 0;
}
