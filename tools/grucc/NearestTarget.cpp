//===- NearestTarget.cpp - What to take for a target of others ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NearestTarget.h"
#include "compiler/schedule/Machines.h"
#include "compiler/target/Optimize.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/AArch64TargetParser.h"
#include "llvm/TargetParser/ARMTargetParser.h"
#include "llvm/TargetParser/RISCVTargetParser.h"
#include "llvm/TargetParser/TargetParser.h"
#include "llvm/TargetParser/Triple.h"

using namespace llvm;

namespace grucc {

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

/// What code for a CPU may hold; null where the platform has none of this name.
static std::unique_ptr<MCSubtargetInfo> subtargetOf(const TargetMachine &platform, StringRef cpu) {
  if (!platform.getMCSubtargetInfo()->isCPUStringValid(cpu))
    return nullptr;
  // ARM's registers for numbers are no part of a CPU there: those that compilers assume.
  std::vector<StringRef> features;
  if (platform.getTargetTriple().isARM())
    ARM::getFPUFeatures(ARM::getDefaultFPU(cpu, ARM::parseCPUArch(cpu)), features);
  std::unique_ptr<MCSubtargetInfo> subtarget(platform.getTarget().createMCSubtargetInfo(
      platform.getTargetTriple(), cpu, join(features, ",")));
  // Where LLVM has CPUs of 32 bits, or microcontrollers, under the same names of architecture, it
  // says so.
  for (StringRef kind : {"64bit", "aclass"}) {
    bool saysKind =
        any_of(subtarget->getAllProcessorFeatures(),
               [&](const SubtargetFeatureKV &feature) { return StringRef(feature.Key) == kind; });
    if (saysKind && !subtarget->checkFeatures(("+" + kind).str()))
      return nullptr;
  }
  return subtarget;
}

/// What to take for a CPU of the platform whose first row is `lowest`.
static std::string forSubtarget(const rnn::Target &lowest, const MCSubtargetInfo &has,
                                StringRef name) {
  const rnn::Target *highest = nullptr;
  std::string besides;
  for (const rnn::Target &target : rnn::targets()) {
    if (target.platform != lowest.platform)
      continue;
    if (any_of(split(target.hostFeatures, ' '), [&](StringRef needed) {
          return !needed.empty() && !has.checkFeatures(("+" + needed).str());
        }))
      break; // those behind it ask for more
    if (!target.scalable)
      highest = &target;
    else // LLVM does not say how long its registers are
      besides += (besides.empty() ? ", and one of " : ", ") + target.name.str();
  }
  if (!highest)
    return ("--target=" + lowest.name + " is the lowest level, which not every " + name + " runs")
        .str();
  if (!besides.empty())
    return ("--target=" + highest->name + " is what " + name + " runs" + besides).str();
  return ("--target=" + highest->name + " is the highest level that " + name + " runs").str();
}

/// A CPU, by the name that compilers have for it, or one of its other spellings.
static std::string forCpu(StringRef name) {
  std::string joined = name.str(), ofZen = name.str();
  erase(joined, '-'); // sapphire-rapids
  if (name.starts_with("zen"))
    ofZen = "znver" + name.drop_front(3).str();
  const rnn::Platform *last = nullptr;
  for (const rnn::Target &target : rnn::targets()) {
    if (target.isGpu() || std::exchange(last, target.platform) == target.platform)
      continue;
    std::string error;
    std::unique_ptr<TargetMachine> platform = createTargetMachine(*target.platform, error);
    for (StringRef spelling : {name, StringRef(joined), StringRef(ofZen)})
      if (auto subtarget = platform ? subtargetOf(*platform, spelling) : nullptr)
        return forSubtarget(target, *subtarget, name);
  }
  return "";
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

/// A CPU of others that LLVM knows.
static bool isOther(StringRef name) {
  return AArch64::parseCpu(name) || ARM::parseCPUArch(name) != ARM::ArchKind::INVALID ||
         RISCV::parseCPU(name, /*IsRV64=*/false) ||
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

std::string nearestTarget(StringRef name) {
  std::string lower = name.lower();
  if (lower.empty())
    return "";
  replace(lower, '_', '-');
  if (is_contained(targetNames(), lower))
    return "--target=" + lower + " is how it is written";
  if (const rnn::Target *target = targetOfFeature(lower))
    return ("--target=" + target->name +
            (target->platform->firstSystem() == rnn::OperatingSystem::None
                 ? " is the one for "
                 : " is the level for CPUs with ") +
            lower)
        .str();
  if (const rnn::Platform *platform = rnn::findPlatform(name))
    return ("--target=" + platform->usualTargets + " is the usual one for " + platform->name).str();
  const Triple triple(name.lower());
  bool isArchitecture = triple.getArch() != Triple::UnknownArch;
  if (isArchitecture && !triple.isLittleEndian())
    return (triple.getArchName() + " is big-endian; grucc compiles for little-endian ones").str();
  if (std::string cpu = isArchitecture ? "" : forCpu(lower); !cpu.empty())
    return cpu;
  if (std::string gpu = forGpu(name.lower()); !gpu.empty())
    return gpu;
  if (isArchitecture || isOther(name.lower()))
    return "grucc compiles for " + platformNames() + " alone";
  return "";
}

} // namespace grucc
