"""Targets that exist elsewhere: what is known, and which one to take (E)."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), *[os.pardir] * 3, "compiler", "frontend", "Inputs"))
from cases import Case, run_all

HIGHEST = "--target={} is the highest level that {} runs"
LEVEL = "--target={} is the level for CPUs with {}"
LOWEST = "--target=x86-64-v2 is the lowest level, which not every {} runs"
USUAL = "--target={} is the usual one for CPUs of {}"
OTHER = ("grucc compiles for CPUs of x86-64, CPUs of AArch64, Apple's CPUs, CPUs of ARMv7, CPUs of RISC-V, Cortex-M0+, Cortex-M3, "
         "Cortex-M4, Cortex-M7, Cortex-M33, Cortex-M55, RV32 with F, RV32 without F, WebAssembly and GPUs of NVIDIA alone")
NOTES = {
    **{cpu: HIGHEST.format("x86-64-v4", cpu) for cpu in ("skylake-avx512", "icelake-server", "znver4", "zen5", "sapphire-rapids",
                                                         "sapphirerapids", "cascadelake")},
    **{cpu: HIGHEST.format("x86-64-v3", cpu) for cpu in ("haswell", "skylake", "znver3", "zen2", "alderlake")},
    **{cpu: HIGHEST.format("x86-64-v2", cpu) for cpu in ("nehalem", "sandybridge", "ivybridge", "bdver2")},
    **{cpu: LOWEST.format(cpu) for cpu in ("x86-64", "core2", "k8")},
    **{name: USUAL.format("x86-64-v2,x86-64-v3,x86-64-v4", "x86-64") for name in ("x86_64", "amd64", "X64")},
    **{feature: LEVEL.format("x86-64-v4", feature) for feature in ("avx512", "avx512bw")},
    **{feature: LEVEL.format("x86-64-v3", feature) for feature in ("avx2", "avx512f")},
    **{feature: LEVEL.format("x86-64-v2", feature) for feature in ("sse4.2", "avx", "fma", "f16c")},
    "cortex-m4": "--target=cortex-m4f is the one for cortex-m4", "helium": "--target=cortex-m55 is the one for helium",
    "AVX2": LEVEL.format("x86-64-v3", "avx2"), "Skylake": HIGHEST.format("x86-64-v3", "skylake"),
    "X86-64-v3": "--target=x86-64-v3 is how it is written", "x86_64_v4": "--target=x86-64-v4 is how it is written",
    "sm_52": "sm_75 is the oldest GPU that grucc compiles for", "compute_70": "sm_75 is the oldest GPU that grucc compiles for",
    "sm_90a": "--target=sm_90 runs there", "sm_88": "--target=sm_87 runs there", "compute_80": "--target=sm_80 runs there",
    "SM_80": "--target=sm_80 runs there",
    **{name: OTHER for name in ("armv6m", "gfx90a", "powerpc64le", "i686", "amdgcn", "sifive-e76", "rocket-rv32")},
    **{name: USUAL.format("aarch64", "AArch64") for name in ("arm64", "ARMv8-A")},
    **{name: USUAL.format("armv7-vfp4,armv7-neon", "ARMv7") for name in ("armv7", "armv7l", "ARMhf")},
    **{cpu: HIGHEST.format("armv7-neon", cpu) for cpu in ("cortex-a7", "cortex-a15")},
    "cortex-a9": "--target=armv7-vfp4 is the lowest level, which not every cortex-a9 runs",
    "a64fx": "--target=aarch64 is what a64fx runs, and one of aarch64-sve128, aarch64-sve256, aarch64-sve512", "neon-vfpv4": LEVEL.format("armv7-neon", "neon-vfpv4"),
    **{name: f"{name} is big-endian; grucc compiles for little-endian ones"
       for name in ("aarch64_be", "armebv7", "s390x", "mips64", "powerpc64", "riscv64be")},
    "AArch64": "--target=aarch64 is how it is written",
    **{cpu: HIGHEST.format("aarch64", cpu) for cpu in ("cortex-a53", "neoverse-n1", "apple-m1")},
    "sifive-u74": HIGHEST.format("riscv64", "sifive-u74"), "spacemit-x60": HIGHEST.format("riscv64-v", "spacemit-x60"),
    **{name: None for name in ("", "pentium3", "fast", "x86-64-v5", "sm_", "sm_x", "cpu", "gpu")}}
cases = [Case(f"--target={name}", {}, ["--input-size=2", "--hidden-size=3", "--init=uniform", f"--target={name}"],
              f"^grucc: error: --target: found '{name}', expected native, x86-64-v2, .* or sm_121$", code=2,
              notes=[f"grucc: note: {note}"] if note else []) for name, note in NOTES.items()]
run_all(cases)
