//===- NearestTarget.cpp - What to take for a target of others ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NearestTarget.h"
#include "compiler/schedule/Machines.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/AArch64TargetParser.h"
#include "llvm/TargetParser/ARMTargetParser.h"
#include "llvm/TargetParser/RISCVTargetParser.h"
#include "llvm/TargetParser/TargetParser.h"
#include "llvm/TargetParser/Triple.h"
#include "llvm/TargetParser/X86TargetParser.h"

using namespace llvm;

namespace grucc {

static StringMap<bool> featuresOf(StringRef cpu) {
  SmallVector<StringRef> features;
  X86::getFeaturesForCPU(cpu, features);
  StringMap<bool> all;
  for (StringRef feature : features) {
    all[feature] = true;
    X86::updateImpliedFeatures(feature, /*Enabled=*/true, all);
  }
  all["cmov"] = true; // not listed for all that have it: every 64-bit CPU
  return all;
}

/// The last target whose features are all of the given CPU's; null: none.
static const rnn::Target *targetOfCpu(StringRef cpu) {
  StringMap<bool> has = featuresOf(cpu);
  for (const rnn::Target &target : reverse(rnn::targets()))
    if (target.platform->arch() == Triple::x86_64 &&
        all_of(featuresOf(target.cpu),
               [&](const auto &needed) { return has.contains(needed.getKey()); }))
      return &target;
  return nullptr;
}

/// The target for CPUs with a feature, as compilers' flags call it.
static const rnn::Target *targetOfFeature(StringRef feature) {
  auto isNamedBy = [&](StringRef name) {
    return name.consume_back("*") ? feature.starts_with(name) : feature == name;
  };
  for (const rnn::Target &target : reverse(rnn::targets()))
    if (any_of(split(target.namedBy, ' '), isNamedBy))
      return &target;
  return nullptr;
}

static std::string forCpu(StringRef name) {
  std::string cpu = name.str();
  if (name.starts_with("zen"))
    cpu = "znver" + name.drop_front(3).str();
  if (X86::parseArchX86(cpu, /*Only64Bit=*/true) == X86::CK_None)
    erase(cpu, '-'); // sapphire-rapids
  if (X86::parseArchX86(cpu, /*Only64Bit=*/true) == X86::CK_None)
    return "";
  if (const rnn::Target *target = targetOfCpu(cpu))
    return ("--target=" + target->name + " is the highest level that " + name + " runs").str();
  auto isX86 = [](const rnn::Target &row) { return row.platform->arch() == Triple::x86_64; };
  StringRef lowest = find_if(rnn::targets(), isX86)->name;
  return ("--target=" + lowest + " is the lowest level, which not every " + name + " runs").str();
}

static std::string forGpu(StringRef name) {
  if (!name.consume_front("sm_") && !name.consume_front("compute_"))
    return "";
  int64_t wanted = 0;
  if (name.consumeInteger(10, wanted))
    return "";
  const rnn::Target *oldest = nullptr, *nearest = nullptr;
  for (const rnn::Target &target : rnn::targets()) {
    if (target.platform->arch() != Triple::nvptx64)
      continue;
    oldest = oldest ? oldest : &target;
    nearest = target.capability <= wanted ? &target : nearest;
  }
  if (!nearest)
    return (oldest->name + " is the oldest GPU that grucc compiles for").str();
  return ("--target=" + nearest->name + " runs there").str();
}

static bool isOther(StringRef name) {
  return Triple(name).getArch() != Triple::UnknownArch || AArch64::parseCpu(name) ||
         ARM::parseCPUArch(name) != ARM::ArchKind::INVALID ||
         RISCV::parseCPU(name, /*IsRV64=*/true) || RISCV::parseCPU(name, /*IsRV64=*/false) ||
         AMDGPU::parseArchAMDGCN(name) != AMDGPU::GK_NONE;
}

/// CPUs of ..., CPUs of ... and GPUs of ...
static std::string platformNames() {
  SetVector<StringRef> names;
  for (const rnn::Target &target : rnn::targets())
    names.insert(target.platform->name);
  ArrayRef<StringRef> list = names.getArrayRef();
  return join(list.drop_back(), ", ") + " and " + list.back().str();
}

/// A CPU of another platform, by the name that compilers have for it.
static std::string forOtherCpu(StringRef name) {
  Triple::ArchType arch = AArch64::parseCpu(name)                  ? Triple::aarch64
                          : RISCV::parseCPU(name, /*IsRV64=*/true) ? Triple::riscv64
                                                                   : Triple::UnknownArch;
  const auto *first = find_if(
      rnn::targets(), [&](const rnn::Target &target) { return target.platform->arch() == arch; });
  if (arch == Triple::UnknownArch || first == rnn::targets().end())
    return "";
  return ("--target=" + first->name + " runs there").str();
}

std::string nearestTarget(StringRef name) {
  std::string lower = name.lower();
  if (is_contained({"x86_64", "amd64", "x64"}, lower))
    lower = "x86-64"; // LLVM's name of the least
  if (is_contained({"arm64", "armv8", "armv8-a"}, lower))
    lower = "aarch64";
  replace(lower, '_', '-');
  if (is_contained(targetNames(), lower))
    return "--target=" + lower + " is how it is written";
  if (const rnn::Target *target = targetOfFeature(lower))
    return ("--target=" + target->name + " is the level for CPUs with " + lower).str();
  if (std::string cpu = forCpu(lower); !cpu.empty())
    return cpu;
  if (std::string gpu = forGpu(name.lower()); !gpu.empty())
    return gpu;
  if (std::string cpu = forOtherCpu(name.lower()); !cpu.empty())
    return cpu;
  if (isOther(name.lower()))
    return "grucc compiles for " + platformNames() + " alone";
  return "";
}

} // namespace grucc
