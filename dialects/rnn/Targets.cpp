//===- Targets.cpp - The table of targets -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Targets.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace grucc::rnn;
using llvm::StringRef;

static constexpr Platform linuxX86 = {
    "CPUs of x86-64",
    TargetKind::Cpu,
    {"x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "x86_64-apple-macosx11.0.0"},
    "x86_64 amd64 x64",
    /*usualTargets=*/"x86-64-v2,x86-64-v3,x86-64-v4",
    /*leastCpu=*/"x86-64",
    Architecture::X86_64,
    FeatureTest::Cpuid,
    OperatingSystem::Linux,
    /*memoryOperands=*/true,
    /*host=*/nullptr,
};
static constexpr Platform linuxArm64 = {
    "CPUs of AArch64",
    TargetKind::Cpu,
    {"aarch64-unknown-linux-gnu", "aarch64-pc-windows-msvc", "arm64-apple-macosx11.0.0"},
    "aarch64 arm64 armv8 armv8-a",
    /*usualTargets=*/"aarch64",
    /*leastCpu=*/"generic",
    Architecture::AArch64,
    FeatureTest::System,
    OperatingSystem::Linux,
    /*memoryOperands=*/false,
    /*host=*/nullptr,
};
// The CPUs of Macs, whatever system they run.
static constexpr Platform apple = {
    "Apple's CPUs",
    TargetKind::Cpu,
    {linuxArm64.triples.onLinux, "", linuxArm64.triples.onMacOS},
    "",
    /*usualTargets=*/"apple-m",
    linuxArm64.leastCpu,
    Architecture::AArch64,
    FeatureTest::System,
    OperatingSystem::MacOS,
    /*memoryOperands=*/false,
    /*host=*/nullptr,
};
static constexpr Platform linuxArm = {
    "CPUs of ARMv7",
    TargetKind::Cpu,
    {"armv7-unknown-linux-gnueabihf"},
    "armv7 armv7l armv7hl armv7-a armv8l armhf arm",
    /*usualTargets=*/"armv7-vfp4,armv7-neon",
    /*leastCpu=*/"generic",
    Architecture::ARM,
    FeatureTest::System,
    OperatingSystem::Linux,
    /*memoryOperands=*/false,
    /*host=*/nullptr,
};
static constexpr Platform linuxRiscv64 = {
    "CPUs of RISC-V",
    TargetKind::Cpu,
    {"riscv64-unknown-linux-gnu"},
    "riscv64",
    /*usualTargets=*/"riscv64,riscv64-v",
    /*leastCpu=*/"generic-rv64",
    Architecture::RISCV64,
    FeatureTest::System,
    OperatingSystem::Linux,
    /*memoryOperands=*/false,
    /*host=*/nullptr,
};
/// CPUs without a system of this table; none tells another what it has.
static constexpr Platform bare(llvm::StringLiteral name, llvm::StringLiteral triple,
                               llvm::StringLiteral target, llvm::StringLiteral cpu,
                               Architecture architecture) {
  return {name,
          TargetKind::Cpu,
          {"", "", "", triple},
          "",
          /*usualTargets=*/target,
          /*leastCpu=*/cpu,
          architecture,
          FeatureTest::None,
          OperatingSystem::None,
          /*memoryOperands=*/false,
          /*host=*/nullptr};
}
static constexpr Platform cortexM0 = bare("Cortex-M0+", "thumbv6m-unknown-none-eabi",
                                          "cortex-m0plus", "cortex-m0plus", Architecture::ARM),
                          cortexM3 = bare("Cortex-M3", "thumbv7m-unknown-none-eabi", "cortex-m3",
                                          "cortex-m3", Architecture::ARM),
                          cortexM4 = bare("Cortex-M4", "thumbv7em-unknown-none-eabihf",
                                          "cortex-m4f", "cortex-m4", Architecture::ARM),
                          cortexM7 = bare("Cortex-M7", "thumbv7em-unknown-none-eabihf", "cortex-m7",
                                          "cortex-m7", Architecture::ARM),
                          cortexM33 = bare("Cortex-M33", "thumbv8m.main-unknown-none-eabihf",
                                           "cortex-m33", "cortex-m33", Architecture::ARM),
                          cortexM55 = bare("Cortex-M55", "thumbv8.1m.main-unknown-none-eabihf",
                                           "cortex-m55", "cortex-m55", Architecture::ARM),
                          riscv32 = bare("RV32 with F", "riscv32-unknown-none-elf", "riscv32-imafc",
                                         "generic-rv32", Architecture::RISCV32),
                          riscv32Soft = bare("RV32 without F", "riscv32-unknown-none-elf",
                                             "riscv32-imc", "generic-rv32", Architecture::RISCV32),
                          wasm = bare("WebAssembly", "wasm32-unknown-unknown", "wasm32-simd",
                                      "generic", Architecture::WASM32);
static constexpr Platform nvidia = {
    "GPUs of NVIDIA",         TargetKind::Gpu,
    {"nvptx64-nvidia-cuda"},  "",
    /*usualTargets=*/"",
    /*leastCpu=*/"sm_75",     linuxX86.architecture,
    FeatureTest::None,        OperatingSystem::Linux,
    /*memoryOperands=*/false,
    /*host=*/&linuxX86,
};

static constexpr uint64_t v2Features = x86::SSE4_2, v3Features = v2Features | x86::AVX2 | x86::FMA,
                          v4Features = v3Features | x86::AVX512,
                          sve128Features = aarch64::NEON | aarch64::SVE128,
                          sve256Features = aarch64::NEON | aarch64::SVE256,
                          sve512Features = aarch64::NEON | aarch64::SVE512;

/// A register that is the system's on Android, macOS and Windows.
static constexpr llvm::StringLiteral arm64Features = "+reserve-x18";

/// 32-bit registers of a multiprocessor.
static constexpr int64_t registerFile = 64 * 1024;

// One line a target. Some CPUs have fma or f16c without the rest of x86-64-v3, and
// avx512f without the rest of x86-64-v4. PTX is of the oldest version whose text such a
// device reads (6.5 is the first with tensor cores on sm_75).
static constexpr Target table[] = {
    // name, platform, LLVM's CPU and features, vector bits, registers, fma, float16, feature bits,
    // features of the host, compilers' names
    {"x86-64-v2", &linuxX86, "x86-64-v2", "", 128, 16, false, false, v2Features,
     "sse3 ssse3 sse4.1 sse4.2 popcnt cx16", "avx fma fma3 f16c bmi sse3 ssse3 sse4 sse4.1 sse4.2"},
    {"x86-64-v3", &linuxX86, "x86-64-v3", "", 256, 16, true, true, v3Features,
     "avx avx2 bmi bmi2 f16c fma lzcnt movbe", "avx2 bmi2 avx512*"},
    Target{"x86-64-v4", &linuxX86, "x86-64-v4", "", 512, 32, true, true, v4Features,
           "avx512f avx512bw avx512cd avx512dq avx512vl", "avx512 avx512bw avx512dq avx512vl"}
        .with(&Target::maskRegisters)
        .with(&Target::dividesHalves),
    {"aarch64", &linuxArm64, "generic", arm64Features, 128, 32, true, true, aarch64::NEON, "",
     "neon asimd"},
    Target{"aarch64-sve128", &linuxArm64, "generic", "+sve,+reserve-x18", 128, 32, true, true,
           sve128Features, "sve", ""}
        .with(&Target::scalable)
        .with(&Target::maskRegisters),
    Target{"aarch64-sve256", &linuxArm64, "generic", "+sve,+reserve-x18", 256, 32, true, true,
           sve256Features, "", ""}
        .with(&Target::scalable)
        .with(&Target::maskRegisters),
    Target{"aarch64-sve512", &linuxArm64, "generic", "+sve,+reserve-x18", 512, 32, true, true,
           sve512Features, "", ""}
        .with(&Target::scalable)
        .with(&Target::maskRegisters),
    {"apple-m", &apple, "generic", arm64Features, 128, 32, true, true, aarch64::NEON, "", ""},
    // Scalars: two at a time are what a vector of the compiler becomes. A7 and later divide
    // whole numbers.
    {"armv7-vfp4", &linuxArm, "generic", "+vfp4d16,+hwdiv-arm,-neon", 64, 16, true, true, arm::VFP4,
     "vfp4d16 hwdiv-arm", "vfp4 vfpv4 vfpv4-d16"},
    Target{"armv7-neon", &linuxArm, "generic", "+vfp4,+neon,+hwdiv-arm", 128, 16, true, true,
           arm::VFP4 | arm::NEON, "neon", "neon-vfpv4"}
        .with(&Target::flushesSubnormals),
    {"riscv64", &linuxRiscv64, "generic-rv64", "+m,+a,+f,+d,+c", 64, 16, true, false, riscv::GC,
     "m a f d c", ""},
    // Groups of four registers of at least 128 bits.
    {"riscv64-v", &linuxRiscv64, "generic-rv64", "+m,+a,+f,+d,+c,+v", 512, 8, true, false,
     riscv::GC | riscv::V, "v", "rvv"},
    // Two scalars at a time, as above. An M7 may have float64 in its unit, or not.
    Target{"cortex-m0plus", &cortexM0, "cortex-m0plus", "", 64, 8, true, false, 0, "", "cortex-m0"}
        .with(&Target::softFloat)
        .with(&Target::lacksLongProducts)
        .with(&Target::lacksFloat64),
    Target{"cortex-m3", &cortexM3, "cortex-m3", "", 64, 8, true, false, 0, "", ""}
        .with(&Target::softFloat)
        .with(&Target::lacksFloat64),
    Target{"cortex-m4f", &cortexM4, "cortex-m4", "", 64, 16, true, false, 0, "vfp4d16sp",
           "cortex-m4"}
        .with(&Target::lacksFloat64),
    Target{"cortex-m7", &cortexM7, "cortex-m7", "-fp64", 64, 16, true, false, 0, "fp-armv8d16sp",
           ""}
        .with(&Target::lacksFloat64),
    Target{"cortex-m33", &cortexM33, "cortex-m33", "", 64, 16, true, false, 0, "fp-armv8d16sp", ""}
        .with(&Target::lacksFloat64),
    Target{"cortex-m55", &cortexM55, "cortex-m55", "", 128, 8, true, false, 0, "mve.fp", "helium"}
        .with(&Target::lacksFloat64)
        .with(&Target::flushesSubnormals),
    Target{"riscv32-imafc", &riscv32, "generic-rv32", "+m,+a,+f,+c", 64, 16, true, false, 0,
           "m a f c", ""}
        .with(&Target::lacksFloat64),
    Target{"riscv32-imc", &riscv32Soft, "generic-rv32", "+m,+c", 64, 8, true, false, 0, "m c", ""}
        .with(&Target::softFloat)
        .with(&Target::lacksFloat64),
    {"wasm32", &wasm, "generic", "", 64, 16, false, false, 0, "", ""},
    {"wasm32-simd", &wasm, "generic", "+simd128", 128, 16, false, false, 0, "simd128", ""},
    Target{"wasm32-relaxed", &wasm, "generic", "+simd128,+relaxed-simd", 128, 16, true, false, 0,
           "relaxed-simd", ""}
        .with(&Target::relaxedFma),
    // ..., capability, k of a product of matrices, bfloat16
    {"sm_75", &nvidia, "sm_75", "+ptx65", 32, registerFile, true, true, 0, "", "", 75, 8, false},
    {"sm_80", &nvidia, "sm_80", "+ptx71", 32, registerFile, true, true, 0, "", "", 80, 16, true},
    {"sm_86", &nvidia, "sm_86", "+ptx71", 32, registerFile, true, true, 0, "", "", 86, 16, true},
    {"sm_87", &nvidia, "sm_87", "+ptx74", 32, registerFile, true, true, 0, "", "", 87, 16, true},
    {"sm_89", &nvidia, "sm_89", "+ptx78", 32, registerFile, true, true, 0, "", "", 89, 16, true},
    {"sm_90", &nvidia, "sm_90", "+ptx78", 32, registerFile, true, true, 0, "", "", 90, 16, true},
    {"sm_100", &nvidia, "sm_100", "+ptx86", 32, registerFile, true, true, 0, "", "", 100, 16, true},
    {"sm_103", &nvidia, "sm_103", "+ptx88", 32, registerFile, true, true, 0, "", "", 103, 16, true},
    {"sm_120", &nvidia, "sm_120", "+ptx87", 32, registerFile, true, true, 0, "", "", 120, 16, true},
    {"sm_121", &nvidia, "sm_121", "+ptx88", 32, registerFile, true, true, 0, "", "", 121, 16, true},
};

StringRef grucc::rnn::nameOf(OperatingSystem system) {
  for (const auto &[name, one] : operatingSystems)
    if (one == system)
      return name;
  llvm_unreachable("all are listed");
}

llvm::SmallVector<StringRef> Platform::systems() const {
  llvm::SmallVector<StringRef> names;
  for (const auto &[name, system] : operatingSystems)
    if (!tripleOn(system).empty())
      names.push_back(name);
  return names;
}

llvm::ArrayRef<Target> grucc::rnn::targets() { return table; }

const Target *grucc::rnn::findTarget(StringRef name) {
  const auto *row = llvm::find_if(table, [&](const Target &target) { return target.name == name; });
  return row == std::end(table) ? nullptr : row;
}

const Platform *grucc::rnn::findPlatform(StringRef processor) {
  std::string name = processor.lower();
  for (const Target &target : table)
    if (!name.empty() &&
        llvm::is_contained(llvm::split(target.platform->processors, ' '), StringRef(name)))
      return target.platform;
  return nullptr;
}

llvm::SmallVector<StringRef> grucc::rnn::targetNames(TargetKind kind) {
  llvm::SmallVector<StringRef> names;
  for (const Target &target : table)
    if (target.platform->kind == kind)
      names.push_back(target.name);
  return names;
}
