"""NAME_supported agrees with the runtime, on this CPU and on the one that valgrind pretends to be (A3b)."""
import re
import sys

from artifact_kit import LEVELS, expect, finish, grucc, here, network, tool

SOURCE = """#include "m.h"
#include "grucc/runtime.h"
#include <stdio.h>
int main(void) {
  int same = 1;
  for (int32_t word = 0; word < GRUCC_FEATURE_WORDS; ++word)
    same &= !(m_model.cpu_features[word] & ~grucc_cpu_features(word));
  printf("%d %d %d\\n", m_supported(), m_model.supported(), same);
  return 0;
}
"""
source, build = sys.argv[1:]
with open(here("main.c"), "w") as file:
    file.write(SOURCE)
for level in LEVELS:
    grucc(*network(), f"--target={level}", "--name=m", "-o", "m.o", "--header=m.h")
    tool("clang", "-std=c11", "-I.", f"-I{source}/runtime/include", "main.c", "m.o", f"{build}/lib/libgrucc_runtime.a",
         "-lm", "-ldl", "-lpthread", "-s", "-o", "main")  # valgrind does not know all debug information
    for what in ([], ["valgrind", "-q"]):
        ours, descriptor, runtime = tool(*what, here("main")).split()
        expect(ours == descriptor == runtime, f"{level}, {what}: found {ours}, by the descriptor {descriptor}, "
               f"by the runtime {runtime}")
        # It knows no AVX-512, on whatever machine: here the answer is no.
        expect(not (what and level == "x86-64-v4") or ours == "0", f"{level}, {what}: found {ours}, expected 0")
    # What it executes itself is of the first CPU of the architecture.
    code = tool("llvm-objdump", "-d", "--no-show-raw-insn", "--disassemble-symbols=m_supported", "m.o")
    words = set(re.findall(r"^\s+[0-9a-f]+:\s+(\w+)", code, re.MULTILINE))
    expect("cpuid" in words and not re.search("[xyz]mm", code) and not any(w.startswith("v") for w in words),
           f"{level}: m_supported executes {sorted(words)}")
    expect(("xgetbv" in words) == (level != "x86-64-v2"), f"{level}: asks {sorted(words)}")
finish()
