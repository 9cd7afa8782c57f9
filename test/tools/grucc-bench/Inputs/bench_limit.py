"""The limits that grucc-bench prints, beside the same arithmetic done here.

Letters: T seq_len, B batch, I input_size, H hidden_size, L num_layers, D directions.
"""
import json
import subprocess

T, B = 6, 2
KIB = 1024
MIB = 1024 * KIB
# Peaks are so high that bytes decide, and so low that operations do.
SPEEDS = [{"float32_gflops": peak, "float64_gflops": peak / 2, "cycle_ns": 0.3, "l1_gb_s": 400,
           "l2_gb_s": 150, "l3_gb_s": 40} for peak in (1e6, 3)]
CACHES = [(48, 2048), (48, 64), (4, 8)]
seen = set()  # which cases of the formula were met


def bench(model, *options):
    done = subprocess.run(["grucc-bench", model, f"--seq-len={T}", f"--batch={B}", "--repeat=1", "--json", *options],
                          capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def compile_model(path, *flags):
    subprocess.run(["grucc", *flags, "-o", path], check=True)
    return path


def traffic(machine, size):
    if size <= 5 / 6 * machine["l1_bytes"]:
        seen.add("in L1")
        return size / machine["l1_gb_s"] / 1e3
    seen.add("beyond L2" if size > 0.9 * machine["l2_bytes"] else "in L2")
    near = min(size, 0.9 * machine["l2_bytes"])
    far = machine.get("l3_gb_s") or machine["memory_gb_s"]
    if "far_2_mib_gb_s" in machine:  # the rate goes down evenly from 2 to 4 MiB
        share = min(max(size / MIB - 2, 0), 2) / 2
        seen.add("between" if 0 < share < 1 else "at an end")
        far = machine["far_2_mib_gb_s"] * (1 - share) + machine["far_4_mib_gb_s"] * share
    return near / machine["l2_gb_s"] / 1e3 + (size - near) / far / 1e3


def limits(found, machine):
    """us of run and of step."""
    I, H, D = found["input_size"], found["hidden_size"], 2 if found["bidirectional"] else 1
    element = 8 if found["dtype"] == "float64" else 4
    peak = machine[found["dtype"] + "_gflops"] * 1e3
    gates = 34 * machine["cycle_ns"] / 1e3 * B * H * element / 64
    run = every_flop = every_byte = every_gate = 0
    for columns in [I] + [D * H] * (found["num_layers"] - 1):
        project, recur = 2 * B * 3 * H * columns, 2 * B * 3 * H * H
        scan = max(recur / peak, traffic(machine, 3 * H * H * element))
        seen.add("by operations" if scan == recur / peak else "by bytes")
        run += T * D * (project / peak + scan + gates)
        every_flop += D * (project + recur)
        every_byte += D * 3 * H * (columns + H) * element
        every_gate += D * gates
    return run, max(every_flop / peak, traffic(machine, every_byte)) + every_gate


models = [compile_model("one.so", "--input-size=30", "--hidden-size=64", "--init=uniform"),
          compile_model("two.so", "--input-size=7", "--hidden-size=33", "--num-layers=2", "--no-bias", "--init=uniform"),
          compile_model("wide.so", "--input-size=9", "--hidden-size=40", "--dtype=float64", "--init=uniform"),
          compile_model("both.so", "--input-size=40", "--hidden-size=20", "--num-layers=3", "--bidirectional",
                        "--init=uniform")]


def check(machine, models):
    with open("given.json", "w") as file:
        json.dump(machine, file)
    for model in models:
        found = bench(model, "--probes=given.json")
        assert found["probes"] == machine, found
        run, step = limits(found, machine)
        assert abs(found["run"]["limit_us"] / run - 1) < 1e-5, (run, machine, found)
        if "step" in found:
            assert abs(found["step"]["limit_us"] / step - 1) < 1e-5, (step, machine, found)


for speeds in SPEEDS:
    for l1, l2 in CACHES:
        machine = speeds | {"l1_bytes": l1 * KIB, "l2_bytes": l2 * KIB}
        check(machine, models)
    machine["memory_gb_s"] = machine.pop("l3_gb_s") / 2
    check(machine, models)
# Rates beyond L2 by how much is read: 2.3 MiB of the scan, 4.6 MiB of a step.
large = compile_model("large.so", "--input-size=450", "--hidden-size=450", "--init=uniform")
check(SPEEDS[0] | {"l1_bytes": 48 * KIB, "l2_bytes": 512 * KIB, "far_2_mib_gb_s": 30, "far_4_mib_gb_s": 20}, [*models, large])
assert seen == {"in L1", "in L2", "beyond L2", "by operations", "by bytes", "between", "at an end"}, seen

# What was measured here is taken back as it was printed.
measured = bench("one.so")
with open("measured.json", "w") as file:
    json.dump(measured["probes"], file)
again = bench("one.so", "--probes=measured.json")
assert again["probes"] == measured["probes"], (again, measured)
for call in ("run", "step"):
    assert abs(again[call]["limit_us"] / measured[call]["limit_us"] - 1) < 1e-5, (again, measured)
