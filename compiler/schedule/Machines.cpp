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
  StringRef cpus; ///< LLVM's names of the CPUs that this entry is for
  StringRef level;
  int64_t vectorBits, registers;
  bool fma;
  int64_t fmaPerCycle, mhz;
  int64_t l1Bytes, l2Bytes, l3Bytes;             // of one core
  int64_t l1Bandwidth, l2Bandwidth, l3Bandwidth; // bytes a cycle
  int64_t opsPerCycle;
};
} // namespace

static constexpr int64_t KiB = 1024, MiB = 1024 * KiB;

// One line a machine. Caches are data sheets' sizes. Bandwidths are what
// sequential full-vector reads reach: measured on zen5 and sapphire-rapids, published
// figures for the others; the generic levels state a cautious member of their kind.
static constexpr Machine machines[] = {
    // name, cpus, level, bits, registers, fma, fma/cycle, MHz, L1, L2, L3, bytes/cycle,
    // operations/cycle
    {"x86-64-v2", "", "x86-64-v2", 128, 16, false, 1, 2500, 32 * KiB, 256 * KiB, 4 * MiB, 32, 24, 8,
     2},
    {"x86-64-v3", "", "x86-64-v3", 256, 16, true, 2, 3000, 32 * KiB, 512 * KiB, 16 * MiB, 64, 32,
     12, 3},
    {"x86-64-v4", "", "x86-64-v4", 512, 32, true, 2, 3000, 32 * KiB, 1 * MiB, 16 * MiB, 128, 48, 12,
     2},
    {"haswell", "haswell broadwell skylake", "x86-64-v3", 256, 16, true, 2, 3000, 32 * KiB,
     256 * KiB, 8 * MiB, 64, 32, 12, 3},
    {"zen3", "znver1 znver2 znver3", "x86-64-v3", 256, 16, true, 2, 3500, 32 * KiB, 512 * KiB,
     16 * MiB, 64, 32, 24, 4},
    {"zen4", "znver4", "x86-64-v4", 512, 32, true, 1, 3700, 32 * KiB, 1 * MiB, 32 * MiB, 64, 32, 24,
     2},
    {"zen5", "znver5", "x86-64-v4", 512, 32, true, 2, 3700, 48 * KiB, 1 * MiB, 32 * MiB, 128, 56,
     26, 4},
    {"sapphire-rapids", "sapphirerapids emeraldrapids graniterapids", "x86-64-v4", 512, 32, true, 2,
     3500, 48 * KiB, 2 * MiB, 32 * MiB, 128, 48, 8, 2},
};

static const Machine *find(StringRef name) {
  auto *entry = llvm::find_if(machines, [&](const Machine &m) { return m.name == name; });
  return entry == std::end(machines) ? nullptr : entry;
}

rnn::MachineAttr grucc::lookupMachine(MLIRContext *context, StringRef name) {
  const Machine *m = find(name);
  if (!m)
    return {};
  return rnn::MachineAttr::get(context, m->name, m->level, m->vectorBits, m->registers, m->fma,
                               m->fmaPerCycle, m->mhz, m->l1Bytes, m->l2Bytes, m->l3Bytes,
                               m->l1Bandwidth, m->l2Bandwidth, m->l3Bandwidth, m->opsPerCycle);
}

/// The best level whose every feature this CPU has; empty below x86-64-v2.
static StringRef bestLevel() {
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  auto all = [&](std::initializer_list<StringRef> names) {
    return llvm::all_of(names, [&](StringRef name) { return features.lookup(name); });
  };
  if (!all({"sse3", "ssse3", "sse4.1", "sse4.2", "popcnt", "cx16"}))
    return "";
  if (!all({"avx", "avx2", "bmi", "bmi2", "f16c", "fma", "lzcnt", "movbe"}))
    return "x86-64-v2";
  if (!all({"avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl"}))
    return "x86-64-v3";
  return "x86-64-v4";
}

StringRef grucc::nativeMachine() {
  StringRef level = bestLevel(), cpu = llvm::sys::getHostCPUName();
  for (const Machine &m : machines) {
    SmallVector<StringRef> cpus;
    m.cpus.split(cpus, ' ', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
    if (m.level == level && llvm::is_contained(cpus, cpu))
      return m.name;
  }
  // A virtual machine may hide the model of its CPU, but not the tiles that only
  // this family has.
  if (level == "x86-64-v4" && llvm::sys::getHostCPUFeatures().lookup("amx-tile"))
    return "sapphire-rapids";
  return level;
}

ArrayRef<StringRef> grucc::targetNames() {
  static const StringRef names[] = {"native", "x86-64-v2", "x86-64-v3", "x86-64-v4"};
  return names;
}

SmallVector<StringRef> grucc::machineNames() {
  return llvm::map_to_vector(machines, [](const Machine &m) { return m.name; });
}
