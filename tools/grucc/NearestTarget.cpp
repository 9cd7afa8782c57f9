//===- NearestTarget.cpp - What to take for a target of others ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NearestTarget.h"
#include "compiler/schedule/Gpus.h"
#include "compiler/schedule/Machines.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"
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

/// The highest level whose features are all of the given CPU's; empty: none.
static StringRef levelOfCpu(StringRef cpu) {
  StringMap<bool> has = featuresOf(cpu);
  for (StringRef level : {"x86-64-v4", "x86-64-v3", "x86-64-v2"})
    if (all_of(featuresOf(level),
               [&](const auto &needed) { return has.contains(needed.getKey()); }))
      return level;
  return "";
}

/// The level for CPUs with a feature, as compilers' flags call it. Some CPUs have fma or f16c
/// without the rest of x86-64-v3, and avx512f without the rest of x86-64-v4.
static StringRef levelOfFeature(StringRef feature) {
  if (is_contained({"avx512", "avx512bw", "avx512dq", "avx512vl"}, feature))
    return "x86-64-v4";
  if (feature == "avx2" || feature == "bmi2" || feature.starts_with("avx512"))
    return "x86-64-v3";
  if (is_contained(
          {"avx", "fma", "fma3", "f16c", "bmi", "sse3", "ssse3", "sse4", "sse4.1", "sse4.2"},
          feature))
    return "x86-64-v2";
  return "";
}

static std::string forCpu(StringRef name) {
  std::string cpu = name.str();
  if (name.starts_with("zen"))
    cpu = "znver" + name.drop_front(3).str();
  if (X86::parseArchX86(cpu, /*Only64Bit=*/true) == X86::CK_None)
    erase(cpu, '-'); // sapphire-rapids
  if (X86::parseArchX86(cpu, /*Only64Bit=*/true) == X86::CK_None)
    return "";
  StringRef level = levelOfCpu(cpu);
  if (level.empty())
    return "--target=x86-64-v2 is the lowest level, which not every " + name.str() + " runs";
  return "--target=" + level.str() + " is the highest level that " + name.str() + " runs";
}

static std::string forGpu(StringRef name) {
  if (!name.consume_front("sm_") && !name.consume_front("compute_"))
    return "";
  unsigned wanted = 0;
  if (name.consumeInteger(10, wanted))
    return "";
  std::string nearest;
  for (StringRef known : gpuNames()) {
    unsigned capability = 0;
    known.drop_front(3).getAsInteger(10, capability);
    if (capability <= wanted)
      nearest = known.str();
  }
  if (nearest.empty())
    return gpuNames().front().str() + " is the oldest GPU that grucc compiles for";
  return "--target=" + nearest + " runs there";
}

static bool isOther(StringRef name) {
  return Triple(name).getArch() != Triple::UnknownArch || AArch64::parseCpu(name) ||
         ARM::parseCPUArch(name) != ARM::ArchKind::INVALID ||
         RISCV::parseCPU(name, /*IsRV64=*/true) || RISCV::parseCPU(name, /*IsRV64=*/false) ||
         AMDGPU::parseArchAMDGCN(name) != AMDGPU::GK_NONE;
}

std::string nearestTarget(StringRef name) {
  std::string lower = name.lower();
  if (is_contained({"x86_64", "amd64", "x64"}, lower))
    lower = "x86-64";
  replace(lower, '_', '-');
  if (is_contained(targetNames(), lower))
    return "--target=" + lower + " is how it is written";
  if (StringRef level = levelOfFeature(lower); !level.empty())
    return "--target=" + level.str() + " is the level for CPUs with " + lower;
  if (std::string cpu = forCpu(lower); !cpu.empty())
    return cpu;
  if (std::string gpu = forGpu(name.lower()); !gpu.empty())
    return gpu;
  if (isOther(name.lower()))
    return "grucc compiles for CPUs of x86-64 and GPUs of NVIDIA alone";
  return "";
}

} // namespace grucc
