"""Every kind of artifact, by extension and by --emit (A1)."""
import json
import os
import re

from artifact_kit import expect, finish, for_each, grucc, here, network, run, tool

KINDS = ["o", "a", "so", "s", "ll"]
SMALL = network(i=3, h=16)
said = {}  # by kind: the report as JSON and in words, and the header
STAGES = {  # what stands in the text that a stage leaves behind, and what no longer does
    "frontend": ("rnn.gru ", "rnn.layer"),
    "layers": ("rnn.layer", "rnn.gru "),
    "recurrence": ("rnn.scan", "rnn.layer"),
    "schedule": ("#rnn.schedule<", "rnn.layer"),
    "sequence": ("rnn.phase", "rnn.project "),
    "panels": ("rnn.panel_dot", "rnn.phase"),
    "vectors": ("math.fma", "rnn.panel_dot"),
    "target": ("llvm.func", "rnn.scan"),
}


def content(name):
    with open(here(name), "rb") as file:
        return file.read()


def code(name):
    """The instructions of an object; padding is as long as the assembler likes."""
    lines = tool("llvm-objdump", "-d", "--no-show-raw-insn", "--no-leading-addr", name).splitlines()
    return [line for line in lines[2:] if "nop" not in line]


def check_agreement(kind):
    """--emit says what is written, whatever the file is called; its extension is the default."""
    base = [*SMALL, "--target=x86-64-v3", "--name=net"]
    # The header and the report say the same of every kind: check_reports.
    said[kind] = [json.loads(grucc(*base, "-o", f"plain.{kind}", f"--header={kind}.h", "--report=json")),
                  grucc(*base, "-o", f"{kind}/plain.{kind}", f"--emit={kind}", "--report"),
                  content(f"{kind}.h")]
    grucc(*base, "-o", f"{kind}/odd.txt", f"--emit={kind}")
    with open(here(f"{kind}/stdout"), "wb") as out:
        run(["grucc", *base, "-o", "-", f"--emit={kind}"])
    first = content(f"plain.{kind}")
    expect(first == content(f"{kind}/plain.{kind}"), f"--emit={kind}: other bytes than by extension")
    other = content(f"{kind}/odd.txt")
    if kind == "so":  # carries the name of its file
        other = tool("llvm-readelf", "--dyn-syms", "-SW", f"{kind}/odd.txt").splitlines()[2:5]
        first = tool("llvm-readelf", "--dyn-syms", "-SW", "plain.so").splitlines()[2:5]
    expect(first == other, f"--emit={kind}: other bytes in a file of another extension")


def check_kinds():
    expect(content("plain.o")[:4] == b"\x7fELF", "plain.o: no ELF")
    expect("REL (Relocatable file)" in tool("llvm-readelf", "-h", "plain.o"), "plain.o: no object")
    expect("DYN (Shared object file)" in tool("llvm-readelf", "-h", "plain.so"), "plain.so: no library")
    expect(content("plain.a")[:8] == b"!<arch>\n", "plain.a: no archive")
    # An archive holds the very object, and its index finds the model.
    expect(tool("llvm-ar", "t", "plain.a").split() == ["net.o"], "plain.a: other members than net.o")
    os.makedirs(here("out"))
    tool("llvm-ar", "x", "--output=out", "plain.a")
    expect(content("out/net.o") == content("plain.o"), "plain.a: net.o is not the object")
    index = tool("llvm-nm", "--print-armap", "plain.a")
    expect(re.search(r"^net_model in net\.o$", index, re.MULTILINE), "plain.a: no net_model in its index")
    # Assembly and LLVM IR are the same code, one and two steps earlier.
    tool("clang", "-c", "plain.s", "-o", "from_s.o")
    expect(code("from_s.o") == code("plain.o"),
           "plain.s: assembles to other code than plain.o")
    tool("clang", "-c", "-O2", "-Wno-override-module", "plain.ll", "-o", "from_ll.o")
    for name in ("from_s.o", "from_ll.o"):
        expect(tool("llvm-nm", "-u", name) == "", f"{name}: undefined symbols")
        expect(publics(name) == publics("plain.o"), f"{name}: other public symbols than plain.o")


def publics(name):
    return [line.split()[-2:] for line in tool("llvm-nm", "-g", "--defined-only", name).splitlines()]


def check_stage(stage):
    present, absent = STAGES[stage]
    args = [*network(i=3, h=4, layers=2), f"--stop-after={stage}", "--target=x86-64-v3", "--name=net"]
    text = grucc(*args)
    expect(present in text, f"--stop-after={stage}: no '{present}'")
    expect(absent not in text, f"--stop-after={stage}: '{absent}' is left")
    grucc(*args, "-o", f"{stage}.mlir")
    grucc(*args, "-o", f"{stage}.txt", "--emit=mlir")
    expect(content(f"{stage}.mlir").decode() == text, f"--stop-after={stage}: a file differs from standard output")
    expect(content(f"{stage}.txt").decode() == text, f"--stop-after={stage}: --emit=mlir differs")
    # What is printed can be read again, and says the same.
    expect(tool("grucc-opt", f"{stage}.mlir").rstrip() == text.rstrip(), f"--stop-after={stage}: grucc-opt reads something else")


def check_reports():
    first = None
    for kind in KINDS:
        report, words, header = said[kind]
        expect(report["code_bytes"] > 0, f".{kind}: --report=json says {report['code_bytes']} bytes of code")
        for key in ("code_bytes", "weights_bytes", "state_bytes", "workspace_bytes"):
            expect(re.search(rf"\b{report[key]} bytes", words), f".{kind}: --report does not say {key}")
        for key in ("target", "machine", "schedule", "weights_hash"):
            expect(report[key] in words, f".{kind}: --report does not say {key} {report[key]}")
        expect(f"{report['code_bytes']} bytes of code".encode() in header, f".{kind}: header: other bytes of code")
        expect(report["weights_hash"].encode() in header, f".{kind}: header: no weights_hash")
        first = first or said[kind]
        expect(said[kind] == first, f".{kind}: another header or report than .{KINDS[0]}")
    report = first[0]
    sections = tool("llvm-size", "-A", "plain.o")
    text = sum(int(size) for size in re.findall(r"^\.text\S*\s+(\d+)", sections, re.MULTILINE))
    expect(report["code_bytes"] == text, f"code_bytes is {report['code_bytes']}, .text has {text}")
    flops = 6 * 16 * (3 + 16)
    expect(flops <= report["step_flops"] < 2 * flops, f"step_flops is {report['step_flops']}")
    for key, value in {"input_size": 3, "hidden_size": 16, "num_layers": 1, "bias": True, "batch_first": False,
                       "bidirectional": False, "dtype": "float32", "name": "net", "target": "x86-64-v3"}.items():
        expect(report[key] == value, f"--report=json: {key} is {report[key]}, expected {value}")


for kind in KINDS:
    os.makedirs(here(kind))
for_each(KINDS, check_agreement)
check_kinds()
for_each(STAGES, check_stage)
check_reports()
finish()
