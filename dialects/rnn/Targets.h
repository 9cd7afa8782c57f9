//===- Targets.h - The table of targets -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What code is generated for: a row for every instruction set. How fast its members
// are is said of machines and cards (compiler/schedule), which name their row here.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_TARGETS_H
#define GRUCC_DIALECTS_RNN_TARGETS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/TargetParser/Triple.h"

namespace grucc::rnn {

enum class TargetKind { Cpu, Gpu };

/// GRUCC_ARCHITECTURE_* of runtime/include/grucc/model.h.
enum class Architecture : uint32_t {
  X86_64 = 1,
  AArch64 = 2,
  ARM = 3,
  RISCV64 = 4,
  RISCV32 = 5,
  WASM32 = 6
};

/// GRUCC_CPU_* of runtime/include/grucc/model.h, which says what each stands for.
namespace x86 {
enum Feature : uint64_t { SSE4_2 = 1 << 0, AVX2 = 1 << 1, FMA = 1 << 2, AVX512 = 1 << 3 };
} // namespace x86
/// The same of AArch64: the registers of SVE have as many bits, no more.
namespace aarch64 {
enum Feature : uint64_t { NEON = 1 << 0, SVE128 = 1 << 1, SVE256 = 1 << 2, SVE512 = 1 << 3 };
} // namespace aarch64
/// The same of ARM.
namespace arm {
enum Feature : uint64_t { VFP4 = 1 << 0, NEON = 1 << 1 };
} // namespace arm
/// The same of RISC-V.
namespace riscv {
enum Feature : uint64_t { GC = 1 << 0, V = 1 << 1 };
} // namespace riscv

/// How NAME_supported finds out what a CPU has.
enum class FeatureTest {
  None,  ///< it does not: every CPU of the platform has all that the targets need
  Cpuid, ///< by the instructions of x86, for x86::Feature
  System ///< no instruction says it, only the system, which the runtime asks
};

/// What objects are for beside a CPU: their format, and how functions are called.
/// None: bare metal, or a page's engine.
enum class OperatingSystem { Linux, Windows, MacOS, None };

/// As --os calls them.
inline constexpr std::pair<llvm::StringLiteral, OperatingSystem> operatingSystems[] = {
    {"linux", OperatingSystem::Linux},
    {"windows", OperatingSystem::Windows},
    {"macos", OperatingSystem::MacOS},
    {"none", OperatingSystem::None}};
llvm::StringRef nameOf(OperatingSystem system);

/// LLVM's names of what objects are for, by system; empty: not there.
struct Triples {
  llvm::StringLiteral onLinux = "", onWindows = "", onMacOS = "", bare = "";
};

/// What targets have in common that run side by side in one system.
struct Platform {
  llvm::StringLiteral name; ///< as diagnostics call it
  TargetKind kind;
  Triples triples;
  /// What systems call its processors: `uname -m`, CMAKE_SYSTEM_PROCESSOR, the first word of a
  /// triple, in small letters.
  llvm::StringLiteral processors;
  llvm::StringLiteral usualTargets; ///< levels for all those in use, as --target takes them
  llvm::StringLiteral leastCpu;     ///< LLVM's name of the CPU whose code every one runs
  Architecture architecture;        ///< of the object that holds a descriptor
  FeatureTest featureTest;
  OperatingSystem usualSystem; ///< that --os stands for when left out
  bool memoryOperands;         ///< whether arithmetic may take an operand from memory
  const Platform *host;        ///< what the object that holds a GPU's kernels is for; null of a CPU

  /// What objects are for.
  const Platform &objects() const { return host ? *host : *this; }
  /// Empty where it does not run on these CPUs.
  llvm::StringRef tripleOn(OperatingSystem system) const {
    return system == OperatingSystem::Windows ? triples.onWindows
           : system == OperatingSystem::MacOS ? triples.onMacOS
           : system == OperatingSystem::None  ? triples.bare
                                              : triples.onLinux;
  }
  llvm::Triple triple() const { return llvm::Triple(tripleOn(firstSystem())); }
  llvm::Triple::ArchType arch() const { return triple().getArch(); }
  /// Linux, or what there is instead.
  OperatingSystem firstSystem() const {
    return triples.onLinux.empty() ? OperatingSystem::None : OperatingSystem::Linux;
  }
  /// The systems that it runs, as --os calls them.
  llvm::SmallVector<llvm::StringRef> systems() const;
  uint32_t pointerBytes() const { return llvm::Triple::getArchPointerBitWidth(arch()) / 8; }
  /// Whether unwind tables leave an object without undefined symbols, and something reads them.
  bool hasFreeUnwindTables() const {
    return firstSystem() == OperatingSystem::Linux && !triple().isTargetEHABICompatible();
  }
  /// No tensor or buffer of a call may reach as many bytes, nor what is loaded of a model.
  int64_t byteLimit() const { return int64_t(1) << (pointerBytes() == 8 ? 60 : 30); }
  /// Of the weights of all levels, which leaves room for their code.
  int64_t weightsLimit() const { return byteLimit() - (int64_t(1) << 24); }
};

/// See Target::bufferAlignment: GRUCC_ALIGNMENT of model.h.
inline constexpr int64_t usualAlignment = 64;

struct Target {
  llvm::StringLiteral name; ///< of --target, and in descriptors
  const Platform *platform;
  llvm::StringLiteral cpu, features; ///< LLVM's
  int64_t vectorBits;                ///< of a register; of a GPU's thread
  int64_t registers;                 ///< for vectors; of a GPU, 32-bit ones of a multiprocessor
  bool fma;                          ///< whether multiply-adds are fused (N4)
  bool float16;                      ///< whether float16 is widened in registers
  uint64_t cpuFeatures;              ///< word 0 of grucc_model.cpu_features
  /// LLVM's names of what a CPU has beside what the row before of its platform asks for.
  llvm::StringLiteral hostFeatures;
  /// What compilers call features that only CPUs of this row, or of one behind it,
  /// have; `NAME*`: all that begin with NAME. The last row that has a name counts.
  llvm::StringLiteral namedBy;
  // Of GPUs.
  int64_t capability = 0; ///< NVIDIA's: 80 for 8.0
  int64_t mmaDepth = 0;   ///< k of the deepest product of matrices in 16 bits
  bool bfloat16 = false;  ///< whether these exist for bfloat16
  // Of CPUs; see with().
  bool scalable = false;          ///< whether registers have other lengths on other CPUs
  bool maskRegisters = false;     ///< whether a comparison takes none of the registers
  bool dividesHalves = false;     ///< whether a vector is divided in halves, one after the other
  bool flushesSubnormals = false; ///< whether vectors take subnormal numbers for 0
  bool relaxedFma = false;        ///< whether the engine decides if multiply-adds are fused
  bool softFloat = false;         ///< whether it lacks floating point, which takes whole numbers
  bool lacksLongProducts = false; ///< whether a product of whole numbers has no more bits than they
  bool lacksFloat64 = false;      ///< whether that of float64 alone would be

  /// This row with one of the facts that few have.
  constexpr Target with(bool Target::*fact) const {
    Target row = *this;
    row.*fact = true;
    return row;
  }
  /// Bytes that state, workspace and packed weights are aligned to: a line of caches, or what a
  /// register takes and the widest number where there are none.
  int64_t bufferAlignment() const {
    return platform->firstSystem() == OperatingSystem::None ? vectorBits / 8 : usualAlignment;
  }
  /// Of a scalable register, which must have vectorBits: parts of 128 bits.
  uint32_t registerParts() const { return uint32_t(vectorBits / 128); }
  bool isGpu() const { return platform->kind == TargetKind::Gpu; }
};

/// All of them; those of one platform side by side, each with all that the ones before it have.
llvm::ArrayRef<Target> targets();

/// The row `name`; null when there is none.
const Target *findTarget(llvm::StringRef name);

/// The platform of CPUs whose processors have this name, in small letters or not; null when there
/// is none.
const Platform *findPlatform(llvm::StringRef processor);

llvm::SmallVector<llvm::StringRef> targetNames(TargetKind kind);

} // namespace grucc::rnn

#endif // GRUCC_DIALECTS_RNN_TARGETS_H
