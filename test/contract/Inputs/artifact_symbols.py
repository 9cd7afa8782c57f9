"""Two libraries with a model of one name each, and headers beside other objects (A3b, A7)."""
import os
import shutil

from artifact_kit import expect, finish, grucc, here, network, run, tool

USE = """
#include "gru.h"
float first_number{n}(void);
float first_number{n}(void) {{
  static _Alignas(GRU_ALIGNMENT) char state[GRU_STATE_BYTES(1)], workspace[GRU_STEP_WORKSPACE_BYTES(1)];
  float x[GRU_INPUT_SIZE] = {{.5f}}, y[GRU_OUTPUT_SIZE];
  gru_init_state(state, 0, 1);
  for (int i = 0; i < 3; ++i)
    gru_step(x, y, state, workspace, 0, 1);
  return y[0];
}}
"""
MAIN = """#include <stdio.h>
{declarations}
int main(void) {{
{prints}  return 0;
}}
"""
CC = ["clang", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror", "-O2", "-fPIC"]


def write(name, text):
    with open(here(name), "w") as file:
        file.write(text)
    return name


def main_of(numbers):
    """A program that prints first_numberN for every N."""
    declarations = "".join(f"float first_number{n}(void);\n" for n in numbers)
    prints = "".join(f'  printf("%.9g ", (double)first_number{n}());\n' for n in numbers)
    name = "main" + "_".join(map(str, numbers)) + ".c"
    return write(name, MAIN.format(declarations=declarations, prints=prints))


def compile_models(kind, *flags):
    """gru.KIND and gru.h of two networks, in folders of their own; a user of each."""
    for n in (1, 2):
        folder = here(f"{kind}{n}")
        shutil.rmtree(folder, ignore_errors=True)
        os.mkdir(folder)
        grucc(*network(i=1, h=4, seed=n), "--target=x86-64-v2", "--name=gru", *flags, "-o", f"gru.{kind}",
              "--header=gru.h", cwd=folder)
        write(f"{kind}{n}/use.c", USE.format(n=n))
        tool(*CC, "-c", "use.c", "-I.", "-o", "use.o", cwd=folder)


def answers(program):
    done = run([here(program)])
    return done.stdout.split() if done.returncode == 0 else done


def library(name, *objects):
    tool("clang", "-shared", "-Wl,--no-undefined", *objects, "-o", name)
    return name


def check_apart(kind, join):
    """Both libraries in one process give what each gives alone."""
    libraries = [library(f"lib_{kind}_{n}.so", *join(n)) for n in (1, 2)]
    alone = []
    for n, path in zip((1, 2), libraries):
        tool("clang", main_of([n]), path, "-Wl,-rpath,.", "-o", f"alone_{kind}_{n}")
        alone += answers(f"alone_{kind}_{n}")
    tool("clang", main_of([1, 2]), *libraries, "-Wl,-rpath,.", "-o", f"both_{kind}")
    expect(len(set(alone)) == 2 and answers(f"both_{kind}") == alone,
           f"{kind}: alone {alone}, in one process {answers(f'both_{kind}')}")
    for path in libraries:
        exported = [line.split()[-1] for line in tool("llvm-nm", "-D", "--defined-only", path).splitlines()]
        expect(not any(name.startswith("gru_") for name in exported), f"{path}: exports {exported}")


def relocatable(n):
    """An object of the model and its user, joined by ld -r."""
    tool("ld.lld", "-r", f"o{n}/use.o", f"o{n}/gru.o", "-o", f"joined{n}.o")
    return [f"joined{n}.o"]


def refuses(what, expected, *command):
    done = run(["clang", *command, "-o", "refused"])
    expect(done.returncode != 0 and expected in done.stderr, f"{what}: exit code {done.returncode}: {done.stderr}")


compile_models("o")
compile_models("a")
check_apart("o", lambda n: [f"o{n}/use.o", f"o{n}/gru.o"])
check_apart("a", lambda n: [f"a{n}/use.o", f"a{n}/gru.a"])
check_apart("r", relocatable)

# In one link: the same model as often as one likes, two of one name not, whatever holds them.
tool("clang", main_of([1]), "a1/use.o", "a1/gru.a", "a1/gru.a", "-o", "same")
expect(len(answers("same")) == 1, f"same: {answers('same')}")
for kind in ("o", "a"):
    refuses(f"two models of one name, .{kind}", "multiple definition",
            main_of([1, 2]), *(f"{kind}{n}/{file}" for n in (1, 2) for file in ("use.o", f"gru.{kind}")))
# A header beside the object of another network, also where sections that nobody uses go.
for flags in ([], ["-O2", "-flto"], ["-ffunction-sections", "-fdata-sections", "-Wl,--gc-sections"]):
    source = [*CC, *flags[:2], "-c", "use.c", "-I.", "-o", "flagged.o"]
    tool(*source, cwd=here("o1"))
    linker = ["-fuse-ld=lld", *flags]
    refuses(f"an older header, {flags}", "gru_id_", *linker, main_of([1]), "o1/flagged.o", "o2/gru.o")
    tool("clang", *linker, main_of([1]), "o1/flagged.o", "o1/gru.o", "-o", "fits")
    expect(len(answers("fits")) == 1, f"fits, {flags}: {answers('fits')}")
# Nor are options those of another object.
grucc(*network(i=1, h=4, seed=1), "--target=x86-64-v3", "--name=gru", "-o", "other.o")
refuses("another target's object", "gru_id_", main_of([1]), "o1/use.o", "other.o")
tool(*CC, "-DGRUCC_NO_LINK_CHECK", "-c", "use.c", "-I.", "-o", "unchecked.o", cwd=here("o1"))
tool("clang", main_of([1]), "o1/unchecked.o", "o2/gru.o", "-o", "unchecked")
expect(answers("unchecked") == answers("alone_o_2"), "GRUCC_NO_LINK_CHECK: another answer than the object's")
# Where the symbols are wanted.
compile_models("o", "--export-symbols")
exporting = library("exporting.so", "o1/use.o", "o1/gru.o")
expect(" T gru_run\n" in tool("llvm-nm", "-D", exporting), "--export-symbols: gru_run is not exported")
finish()
