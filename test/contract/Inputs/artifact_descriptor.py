"""What the descriptor says is what was compiled (A3, A5), for two models in one program."""
import json
import os
import re
import sys

from artifact_kit import expect, finish, for_each, grucc, here, levels, network, tool

SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "artifact_descriptor.c")
FEATURES = {"x86-64-v2": 1, "x86-64-v3": 7, "x86-64-v4": 15}
BIAS, BATCH_FIRST, EXTERNAL = 1, 2, 16
MODELS = {"first": dict(i=10, h=20, layers=2), "second": dict(i=7, h=33, bias=False, batch_first=True, external=True)}


def parse(text):
    """{field: value} and the lines of provenance."""
    lines = text.strip().split("\n")
    provenance = [line[len("provenance: "):] for line in lines if line.startswith("provenance: ")]
    return dict(line.split("=", 1) for line in lines if not line.startswith("provenance: ")), provenance


def step_rows(units, schedule):
    """Rows from which a step is worth two threads: by rows, or where there are several panels by units."""
    fields = {name: int(value) for name, value in re.findall(r"(\w+) = (\d+)", schedule)}
    rows = 2 * fields["split_rows"]
    if units > fields["lanes"] * fields["panel"]:
        rows = min(rows, -(2 * fields["split_units"] // -units))
    return max(rows, min(fields.get("split_from", 1), fields.get("step_from", 1)))


def check_model(name, flags, level, report, text):
    fields, provenance = parse(text)
    external = flags.get("external", False)
    tensors = flags.get("layers", 1) * (4 if flags.get("bias", True) else 2)
    expected = {
        "abi_version": 4, "size": 368, "architecture": 1, "pointer_bytes": 8, "alignment": 64, "beyond_torch": 0, "select": 0, "supported": 1,
        "step_rows": step_rows(flags["h"], report["schedule"]), "dropout": 0, "name": name, "target": level,
        "flags": BIAS * flags.get("bias", True) | BATCH_FIRST * flags.get("batch_first", False) | EXTERNAL * external,
        "input_size": flags["i"], "hidden_size": flags["h"], "num_layers": flags.get("layers", 1),
        "cpu_features": FEATURES[level], "weights_count": tensors,
        "weights_bytes": report["weights_bytes"], "state_bytes": report["state_bytes"],
        "workspace_bytes": report["workspace_bytes"],
        "run": 1, "step": 1, "init_state": 1, "read_state": 1, "reset_state": 1, "pack": 1}
    for field, value in expected.items():
        expect(fields.get(field) == str(value), f"{name}, {level}: {field} is {fields.get(field)}, expected {value}")
    if external:
        expect(fields["header"] == "1", f"{name}, {level}: the header's sizes are not the descriptor's")
        expect(fields["constants"] == "1", f"{name}, {level}: the header's constants are not what the functions return")
    found = "\n".join(provenance)
    for part in (f"GRU({flags['i']}, {flags['h']}", f"target: {level} ({report['machine']})", report["schedule"],
                 report["weights_hash"] or "weights: external"):
        expect(part in found, f"{name}, {level}: provenance lacks '{part}'")
    with open(here(f"{level}/{name}.h")) as header:
        head = header.read().split("*/")[0]
    for line in provenance:
        expect(line in head, f"{name}, {level}: the header lacks '{line}'")


def check(level):
    folder = here(level)
    os.mkdir(folder)
    reports = {name: json.loads(grucc(*network(**flags), f"--target={level}", f"--header={name}.h", "-o", f"{name}.o",
                                      "--report=json", cwd=folder)) for name, flags in MODELS.items()}
    tool("clang", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I.", f"-I{sys.argv[1]}/runtime/include",
         SOURCE, "first.o", "second.o", "-o", "program", cwd=folder)
    texts = tool("./program", cwd=folder).split("--\n")
    for (name, flags), text in zip(MODELS.items(), texts):
        check_model(name, flags, level, reports[name], text)


for_each(levels(), check)
finish()
