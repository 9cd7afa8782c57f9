"""Headers, read by every compiler that is here as C99, C11 and C++17 with all warnings (A1)."""
import os
import re
import shutil
import sys

from artifact_kit import expect, finish, for_each, grucc, here, network, run

RUNTIME = f"-I{sys.argv[1]}/runtime/include"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-Wstrict-prototypes", "-Wshadow", "-Wconversion"]
CXX_WARNINGS = [w for w in WARNINGS if w != "-Wstrict-prototypes"] + ["-Wold-style-cast", "-Wzero-as-null-pointer-constant"]
COMPILERS = [c for c in ("clang", "gcc") if shutil.which(c)]
CXX_COMPILERS = [c for c in ("clang++", "g++") if shutil.which(c)]

MODELS = {"one": dict(i=1, h=8), "two": dict(i=10, h=20, layers=3, bias=False, batch_first=True, external=True),
          "Two2": dict(i=3, h=5)}
USE = """
int use(const {n}_args *args, void *state) {{
  if ({n}_state_bytes(1) < 0 || {n}_workspace_bytes(1, 1) < 0 || {n}_init_state(state, args->h_0, 1))
    return 1;
  if ({n}_step(args->input, args->output, state, args->workspace, args->weights, 1))
    return 2;
  static const int64_t rows[1] = {{0}};
  if (!{n}_supported() || {n}_reset_state(state, rows, 1, 1) || {N}_STATE_BYTES(1) < {N}_STEP_WORKSPACE_BYTES(1))
    return 3;
  return {n}_run(args) + {n}_read_state(state, args->h_n, {N}_INPUT_SIZE + {N}_HIDDEN_SIZE + {N}_NUM_LAYERS) +
         {N}_ALIGNMENT;
}}
"""
BOTH = '#include "one.h"\n#include "two.h"\n#include "Two2.h"\n'
SOURCES = {
    "alone": '#include "one.h"\n' + USE.format(n="one", N="ONE"),
    "twice": '#include "two.h"\n#include "two.h"\n' + USE.format(n="two", N="TWO"),
    "several": BOTH + USE.format(n="Two2", N="TWO2"),
    "runtime_first": '#include "grucc/model.h"\n#include "grucc/runtime.h"\n#include "grucc/cuda.h"\n' + BOTH + USE.format(n="one", N="ONE") +
                     "int64_t size(void);\nint64_t size(void) { return two_model.input_size; }\n",
    "runtime_last": BOTH + '#include "grucc/model.h"\n' + USE.format(n="two", N="TWO"),
}


def prototyped(source):
    return source.replace("\nint use(", "\nint use(const {0} *args, void *state);\nint use(".format(
        re.search(r"const (\w+_args)", source)[1]), 1)


def check(case):
    compiler, standard, name = case
    language = ["-x", "c++"] if standard.startswith("c++") else ["-x", "c"]
    source = here(f"{name}.c")
    warnings = CXX_WARNINGS if language[1] == "c++" else WARNINGS
    done = run([compiler, *language, f"-std={standard}", *warnings, "-I.", RUNTIME, "-fsyntax-only", source])
    expect(done.returncode == 0, f"{compiler} -std={standard}, {name}: {done.stderr}")


def check_as_windows_does(case):
    """clang-cl's own warnings; nothing is linked, so no Windows is needed."""
    language, name = case
    done = run(["clang", "--driver-mode=cl", "/W4", "/WX", "/Zs", *language, "/I.", f"/I{RUNTIME[2:]}", here(f"{name}.c")])
    expect(done.returncode == 0, f"clang-cl {language}, {name}: {done.stderr}")


def check_text(name, flags):
    """Every tensor has its shape and its owner; nothing stays unexpanded."""
    with open(here(f"{name}.h")) as header:
        text = header.read()
    i, h, layers = flags["i"], flags["h"], flags.get("layers", 1)
    rows = "[B, T, " if flags.get("batch_first") else "[T, B, "
    for line in (rf"\*input; +/\* {re.escape(rows)}{i}\]; read \*/", rf"\*output; +/\* {re.escape(rows)}{h}\]; written \*/",
                 rf"\*h_0; +/\* \[{layers}, B, {h}\], or NULL for zeros; read \*/",
                 rf"\*h_n; +/\* \[{layers}, B, {h}\]; written; may be h_0 \*/",
                 r"\*workspace; .*_workspace_bytes\(T, B\) bytes; overwritten", r"All memory is the caller's",
                 r"sizeof\(" + name + r"_args\)", rf"x \[B, {i}\], y \[B, {h}\]"):
        expect(re.search(line, text), f"{name}.h: found no line like {line}")
    expect("@" not in text, f"{name}.h: '@' is left")
    expect(text.isascii() and "\t" not in text and text.endswith("\n"), f"{name}.h: odd characters")
    packs = f"int {name}_pack(" in text
    expect(packs == flags.get("external", False), f"{name}.h: pack is {'' if packs else 'not '}declared")


for name, flags in MODELS.items():
    grucc(*network(**flags), "--target=x86-64-v3", "-o", f"{name}.o", f"--header={name}.h")
    check_text(name, flags)
for name, source in SOURCES.items():
    with open(here(f"{name}.c"), "w") as file:
        file.write(prototyped(source))
for_each([(c, s, n) for c in COMPILERS for s in ("c99", "c11") for n in SOURCES] +
         [(c, "c++17", n) for c in CXX_COMPILERS for n in SOURCES], check)
for_each([(language, n) for language in (["/TC", "/std:c11"], ["/TP", "/std:c++17"]) for n in SOURCES], check_as_windows_does)

# Names that differ in case alone: both headers are read, and neither is silently empty.
grucc(*network(i=4), "--target=x86-64-v3", "-o", "cased.o", "--name=ONE", "--header=cased.h")
with open(here("cased.c"), "w") as file:
    file.write('#include "one.h"\n#undef ONE_INPUT_SIZE\n#undef ONE_HIDDEN_SIZE\n#include "cased.h"\n'
               "int (*a)(const one_args *) = one_run;\nint (*b)(const ONE_args *) = ONE_run;\n")
done = run(["clang", "-std=c11", "-fsyntax-only", "cased.c"])
expect(done.returncode == 0, f"cased.c: {done.stderr}")

# The same declarations for C++, and C's linkage.
with open(here("linked.cpp"), "w") as file:
    file.write('#include "one.h"\nint main() { return one_state_bytes(1) > 0 ? 0 : 1; }\n')
done = run(["clang++", "-std=c++17", "linked.cpp", "one.o", "-o", "linked"])
expect(done.returncode == 0 and run([here("linked")]).returncode == 0, f"linked.cpp: {done.stderr}")
finish()
