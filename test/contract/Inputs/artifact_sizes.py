"""Bytes of code and of stack (A3, P5), read from the objects themselves. Without GRUCC_EXHAUSTIVE
each network is compiled for one of the levels, in turn."""
import json
import os
import re
import struct

from artifact_kit import LEVELS, expect, finish, for_each, grucc, here, network, tool

HIDDEN = [1, 8, 20, 96, 130, 256, 512, 1024]
# The longest tails: every tile of rows has code of its own for them.
TAILS = [63, 191, 1023]
# The last units of all gates share one vector: that has code of its own, too.
PACKED = [50, 100, 516]
# Networks whose weights are kept in bfloat16 and, where they are large, in int8.
NARROW = [191, 196, 447]
CODE_LIMIT, STACK_LIMIT = 64 * 1024, 16 * 1024
PARTS = "parallel_for"
largest = {"code": 0, "stack": 0}


def frames(name):
    """{function: (bytes of its frame, functions that it calls)}."""
    found, current = {}, None
    for line in tool("llvm-objdump", "-d", "-r", "--no-show-raw-insn", name).splitlines():
        if label := re.match(r"[0-9a-f]+ <(.+)>:$", line):
            current = found.setdefault(label[1], [0, set()])
        elif re.search(r"\bpushq?\b", line):
            current[0] += 8
        elif sub := re.search(r"\bsubq?\s+\$(0x[0-9a-f]+|\d+), %rsp", line):
            current[0] += int(sub[1], 0)
        elif mask := re.search(r"\bandq?\s+\$(-0x[0-9a-f]+|-\d+), %rsp", line):
            current[0] += -int(mask[1], 0)
        elif add := re.search(r"\baddq?\s+\$(-0x[0-9a-f]+|-\d+), %rsp", line):
            current[0] -= int(add[1], 0)  # clang writes sub 128 so
        elif re.search(r"\b(sub|add|lea|and)q?\s+[^$].*, %rsp", line) and not re.search(r"lea\w*\s+-?\w*\(%rbp\), %rsp", line):
            current[0] += STACK_LIMIT  # a size that only run time knows
        elif call := re.search(r"\b(?:call|jmp)q?\s+\S+ <([^>+]+)>", line):
            current[1].add(call[1])
        elif re.search(r"\bcallq?\s+\*", line):
            current[1].add(PARTS)  # the caller's parallel_for, which calls back
        elif relocation := re.search(r"R_X86_64_PLT32\s+([\w.]+)", line):
            current[1].add(relocation[1])
    return found


def bodies(found, function):
    """What `function` may give to parallel_for: net_run all layers or a wave of them, layers the
    rows of a layer, a wave its turns, and a layer its phases."""
    teams = {f for f in found if f.endswith(".together")}
    if function == "net_run":
        return teams
    if function == "net.wave":
        return {"net.wave.turn"}
    phases = {f for f in found if f.count(".") == 2} - teams - {"net.wave.turn"}
    rows = {f for f in phases if f.endswith(".rows")}
    return rows if function == "net.layers" else phases - rows


def depth(found, function, path=()):
    """Bytes of stack below a call of `function`, with its return address; without what the
    caller's own functions need."""
    if function in path:
        return STACK_LIMIT  # recursion
    frame, callees = found[function]
    if PARTS in callees:
        callees = callees | bodies(found, function)
    inner = [depth(found, c, (*path, function)) for c in callees if c in found and c != function]
    return 8 + frame + max(inner, default=0)


def zeros(hidden):
    """The flags of a network without bias, all of whose weights are 0: any number holds them."""
    header, at = {}, 0
    for name, columns in (("ih_l0", 7), ("hh_l0", hidden), ("ih_l1", hidden), ("hh_l1", hidden)):
        size = 12 * hidden * columns
        header[f"weight_{name}"] = {"dtype": "F32", "shape": [3 * hidden, columns],
                                    "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path = here(f"zeros_{hidden}.safetensors")
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + bytes(at))
    return [path]


def check(case):
    hidden, level, *narrow = case
    name = f"{hidden}_{level}_{len(narrow)}.o"
    # External weights: all the code that there is, and no weights to write.
    flags = narrow or network(i=7, h=hidden, layers=2, external=True, batch_first=hidden % 3 == 1)
    report = json.loads(grucc(*flags, f"--target={level}", "--name=net", "-o", name, "--report=json"))
    expect(0 < report["code_bytes"] <= CODE_LIMIT, f"H = {hidden}, {level}: {report['code_bytes']} bytes of code")
    largest["code"] = max(largest["code"], report["code_bytes"])
    if narrow:
        expect(set(report["storage"].values()) != {"float32"}, f"H = {hidden}, {level}: nothing is narrow")
    found = frames(name)
    functions = ["run", "step", "state_bytes", "workspace_bytes", "init_state", "read_state"]
    for function in functions + ([] if narrow else ["pack"]):
        if not expect(f"net_{function}" in found, f"{name}: no net_{function}"):
            continue
        used = depth(found, f"net_{function}")
        expect(used <= STACK_LIMIT, f"H = {hidden}, {level}: net_{function} uses {used} bytes of stack")
        largest["stack"] = max(largest["stack"], used)
    calls = found["net_run"][1]
    expect(any(c.startswith("net.") for c in calls), f"{name}: net_run calls {calls}, so its stack is not known")


def check_layers(level):
    """Layers share their code: 30 of them have the same functions as two."""
    code = [json.loads(grucc(*network(i=7, layers=layers, external=True), f"--target={level}",
                             "--name=net", "-o", f"{layers}_{level}.o", "--report=json"))["code_bytes"] for layers in (2, 30)]
    expect(code[1] < code[0] + 1024, f"{level}: {code[1]} bytes of code with 30 layers, {code[0]} with two")


everywhere = bool(os.environ.get("GRUCC_EXHAUSTIVE"))
cases = [(hidden, level) for number, hidden in enumerate(HIDDEN) for at, level in enumerate(LEVELS)
         if everywhere or (number + at) % len(LEVELS) == 0]
cases += [(hidden, LEVELS[-1]) for hidden in TAILS + PACKED]
cases += [(hidden, level, *zeros(hidden)) for number, hidden in enumerate(NARROW) for at, level in enumerate(LEVELS)
          if everywhere or number == at]
for_each(cases, check)
for_each(LEVELS if everywhere else LEVELS[1:2], check_layers)
print(f"at most {largest['code']} bytes of code, {largest['stack']} bytes of stack")
finish()
