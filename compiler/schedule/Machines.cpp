//===- Machines.cpp - The machine table -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/Machines.h"

#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;
using namespace grucc;

namespace {
struct Machine {
  StringRef name;
  StringRef cpus;   ///< LLVM's names of the CPUs that this entry is for
  StringRef target; ///< row of the table of targets
  int64_t fmaPerCycle, loadsPerCycle, opsPerCycle, mhz;
  int64_t l1Bytes, l2Bytes, l3Bytes; // of one core
  int64_t l2Bandwidth, l3Bandwidth;  // bytes a cycle
  /// LLVM's name of a feature that no other CPUs have: a virtual machine may hide the
  /// model of its CPU.
  StringRef feature = "";
  /// Zen 3 reads 24 MB at 14 GB/s from one place, at 24 from four. On a Xeon, by AVX2, a step of
  /// 256 to 2048 units takes 0.96 to 1.04 of the time with four, by AVX-512 0.97 to 1.08. 1 until
  /// something else is measured to be faster.
  int64_t streams = 1;
  /// Two multiply-adds a cycle that take four; so stated for machines with one, too,
  /// until something else is measured to be faster there.
  int64_t fmaInFlight = 8;
  int64_t lineBytes = 64;
  // Measured on sapphire-rapids (CostModel.h, SplitModel.h), stated for all.
  int64_t gateCycles = 34, meetingCycles = 400, startCycles = 75000;
};
} // namespace

static constexpr int64_t KiB = 1024, MiB = 1024 * KiB;

// One line a machine; one of each target's name, a cautious member of its kind. Caches
// are data sheets' sizes. Bandwidths are what sequential full-vector reads reach:
// measured on zen5 and sapphire-rapids, published figures for the others.
static constexpr Machine machines[] = {
    // name, cpus, target, multiply-adds, loads and operations a cycle, MHz, L1, L2, L3, bytes a
    // cycle
    {"x86-64-v2", "", "x86-64-v2", 1, 2, 2, 2500, 32 * KiB, 256 * KiB, 4 * MiB, 24, 8},
    {"x86-64-v3", "", "x86-64-v3", 2, 2, 3, 3000, 32 * KiB, 512 * KiB, 16 * MiB, 32, 12, "", 4},
    {"x86-64-v4", "", "x86-64-v4", 2, 2, 2, 3000, 32 * KiB, 1 * MiB, 16 * MiB, 48, 12},
    {"haswell", "haswell broadwell skylake", "x86-64-v3", 2, 2, 3, 3000, 32 * KiB, 256 * KiB,
     8 * MiB, 32, 12},
    {"zen3", "znver1 znver2 znver3", "x86-64-v3", 2, 2, 4, 3500, 32 * KiB, 512 * KiB, 16 * MiB, 32,
     24, "", 4},
    {"zen4", "znver4", "x86-64-v4", 1, 1, 2, 3700, 32 * KiB, 1 * MiB, 32 * MiB, 32, 24},
    {"zen5", "znver5", "x86-64-v4", 2, 2, 4, 3700, 48 * KiB, 1 * MiB, 32 * MiB, 56, 26},
    {"sapphire-rapids", "sapphirerapids emeraldrapids graniterapids", "x86-64-v4", 2, 2, 2, 3500,
     48 * KiB, 2 * MiB, 32 * MiB, 48, 8, "amx-tile"},
};

static const Machine *find(StringRef name) {
  auto *entry = llvm::find_if(machines, [&](const Machine &m) { return m.name == name; });
  return entry == std::end(machines) ? nullptr : entry;
}

rnn::MachineAttr grucc::lookupMachine(MLIRContext *context, StringRef name) {
  const Machine *m = find(name);
  if (!m)
    return {};
  return rnn::MachineAttr::get(context, m->name, m->target, m->fmaPerCycle, m->loadsPerCycle,
                               m->mhz, m->l1Bytes, m->l2Bytes, m->l3Bytes, m->l2Bandwidth,
                               m->l3Bandwidth, m->opsPerCycle, m->fmaInFlight, m->lineBytes,
                               m->gateCycles, m->meetingCycles, m->startCycles, m->streams);
}

/// The names in a list of the table.
static SmallVector<StringRef> split(StringRef list) {
  SmallVector<StringRef> names;
  list.split(names, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  return names;
}

/// The last row whose every feature this CPU has; empty when it lacks one of the first.
static StringRef bestTarget(const llvm::StringMap<bool> &features) {
  auto arch = llvm::Triple(llvm::sys::getProcessTriple()).getArch();
  StringRef best;
  for (const rnn::Target &target : rnn::targets()) {
    if (target.isGpu() || target.platform->arch() != arch)
      continue;
    if (!llvm::all_of(split(target.hostFeatures),
                      [&](StringRef name) { return features.lookup(name); }))
      break; // those behind it ask for more
    best = target.name;
  }
  return best;
}

StringRef grucc::nativeMachine() {
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  StringRef target = bestTarget(features), cpu = llvm::sys::getHostCPUName();
  for (const Machine &m : machines)
    if (m.target == target && llvm::is_contained(split(m.cpus), cpu))
      return m.name;
  for (const Machine &m : machines)
    if (m.target == target && features.lookup(m.feature))
      return m.name;
  return target;
}

SmallVector<StringRef> grucc::targetNames() {
  SmallVector<StringRef> names = {"native"};
  llvm::append_range(names, rnn::targetNames(rnn::TargetKind::Cpu));
  llvm::append_range(names, rnn::targetNames(rnn::TargetKind::Gpu));
  return names;
}

SmallVector<StringRef> grucc::machineNames() {
  return llvm::map_to_vector(machines, [](const Machine &m) { return m.name; });
}
