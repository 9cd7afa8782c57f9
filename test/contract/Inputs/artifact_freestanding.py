"""Objects that need nothing and keep nothing (A2), over networks and levels: without
GRUCC_EXHAUSTIVE, of one level each, in turn."""
import os
import re

from artifact_kit import LEVELS, expect, finish, for_each, grucc, network, tool

# Tails of every kind, several layers, whole panels, external weights, no bias.
NETWORKS = [dict(i=1, h=1), dict(i=10, h=20, layers=2), dict(i=7, h=33, bias=False, batch_first=True),
            dict(i=130, h=65, layers=3, external=True), dict(i=3, h=300)]
FUNCTIONS = ["run", "step", "state_bytes", "workspace_bytes", "init_state", "read_state", "reset_state", "supported"]


def sections(name):
    """[(name, type, size, flags)] of a file."""
    pattern = r"^\s+\[\s*\d+\] (\.\S+)\s+(\S+)\s+\S+ \S+ (\S+) \S+ (\w*) "
    found = re.findall(pattern, tool("llvm-readelf", "-SW", name), re.MULTILINE)
    return [(section, kind, int(size, 16), flags) for section, kind, size, flags in found]


def check_sections(name):
    """Nothing can be written but what the loader fills in and then protects."""
    found = sections(name)
    expect(any(section == ".text" for section, *_ in found), f"{name}: no .text")
    for section, kind, size, flags in found:
        protected = section in (".data.rel.ro", ".dynamic", ".relro_padding", ".got")
        expect(size == 0 or "W" not in flags or protected, f"{name}: {section} is writable")
        expect(not ("W" in flags and "X" in flags), f"{name}: {section} is writable and executable")
        expect("T" not in flags, f"{name}: {section} is one a thread")
        expect(kind not in ("INIT_ARRAY", "FINI_ARRAY", "PREINIT_ARRAY"), f"{name}: {section} runs on its own")
        expect(not section.startswith(".gcc_except"), f"{name}: {section} catches")


def without_id(defined, name):
    """The symbols but for the one that carries the model's hash."""
    ids = {symbol for symbol in defined if re.fullmatch("net_id_[0-9a-f]{16}", symbol)}
    expect(len(ids) == 1, f"{name}: symbols {ids}, expected one with the model's hash")
    return defined - ids


def check_object(name, symbols):
    expect(tool("llvm-nm", "-u", name) == "", f"{name}: undefined symbols")
    table = re.findall(r" (GLOBAL|WEAK) +(\w+) +\S+ (\S+)$", tool("llvm-readelf", "-sW", name), re.MULTILINE)
    defined = without_id({symbol for *_, symbol in table}, name)
    expect(defined == symbols, f"{name}: public symbols {defined ^ symbols} too few or too many")
    expect({kind[:2] for kind in table} == {("GLOBAL", "HIDDEN")}, f"{name}: symbols that are not hidden")
    check_sections(name)
    # A linker takes the stack as executable when an object does not say that it need not be.
    expect(any(s[0] == ".note.GNU-stack" and "X" not in s[3] for s in sections(name)), f"{name}: executable stack")
    code = tool("llvm-objdump", "-dr", "--no-show-raw-insn", name)
    expect("ret" in code, f"{name}: no code was disassembled")
    for bad in ("syscall", "ldmxcsr", "fldcw", "sysenter", "int\t", "lock\t", "%fs", "%gs"):
        expect(bad not in code, f"{name}: {bad.strip()} in the code")
    for called in set(re.findall(r"(?:call|jmp)\w*\s+\S+ <([^>+]+)", code)):
        expect(called.startswith("net"), f"{name}: calls {called}")
    for target in set(re.findall(r"R_X86_64_\w+\s+(\S+)", code)):
        expect(not target.startswith(("mem", "str", "__")), f"{name}: refers to {target}")


def check_library(name, symbols):
    dynamic = tool("llvm-readelf", "-d", name)
    for bad in ("NEEDED", "TEXTREL", "INIT", "RUNPATH", "RPATH"):
        expect(f"({bad}" not in dynamic, f"{name}: {bad} in its dynamic section")
    expect(f"[{name}]" in dynamic, f"{name}: another soname than its file's name")
    expect("GNU_RELRO" in tool("llvm-readelf", "-lW", name), f"{name}: no GNU_RELRO")
    exported = without_id({line.split()[-1] for line in tool("llvm-nm", "-D", name).splitlines()}, name)
    expect(exported == symbols | {"grucc_model_entry"}, f"{name}: exports {exported ^ symbols}")
    # The descriptor means the functions beside it, whatever else the process holds.
    kinds = set(re.findall(r"R_X86_64_\w+", tool("llvm-readelf", "-rW", name)))
    expect(kinds == {"R_X86_64_RELATIVE"}, f"{name}: relocations {kinds}")
    check_sections(name)


def check(case):
    number, level = case
    flags = NETWORKS[number]
    symbols = {f"net_{function}" for function in FUNCTIONS + ["model"]}
    symbols |= {"net_pack"} if flags.get("external") else set()
    for kind, look in (("o", check_object), ("so", check_library)):
        name = f"{number}_{level}.{kind}"
        grucc(*network(**flags), f"--target={level}", "--name=net", "-o", name)
        look(name, symbols)


for_each([(number, level) for number in range(len(NETWORKS)) for level in LEVELS
          if os.environ.get("GRUCC_EXHAUSTIVE") or level == LEVELS[number % 3]], check)
finish()
