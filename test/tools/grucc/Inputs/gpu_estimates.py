"""Formulas of the times that --report=json states of kernels for GPUs."""
import json
import re
import subprocess

CASES = [  # H, target, precision, layers, whether a block holds the weights
    (20, "sm_75", "exact", 2, True), (20, "sm_90", "float16", 1, True),
    (128, "sm_80", "exact", 1, True), (200, "sm_90", "float16", 2, True),
    (500, "sm_90", "bfloat16", 1, False), (900, "sm_86", "exact", 1, False)]
STEPS, BATCHES = 100, (1, 8, 16, 32, 128)
CARD = {"mhz", "l2_gbps", "dram_gbps"}
RATES = CARD | {"shared_bytes_per_cycle"}  # more of it takes less time


def evaluate(formula, constants):
    return eval(formula, {"__builtins__": {}, "max": max}, constants)


named = set()
for hidden_size, target, precision, layers, has_scan in CASES:
    report = json.loads(subprocess.run(
        ["grucc", "--input-size=64", f"--hidden-size={hidden_size}", f"--num-layers={layers}",
         "--init=uniform", "--name=m", f"--target={target}", f"--precision={precision}", "-o",
         "m.ptx", "--report=json"], check=True, capture_output=True, text=True).stdout)["gpu"]
    constants = {name: float(value) for name, value in report["constants"].items()}
    assert CARD < constants.keys() and all(value > 0 for value in constants.values())

    # Every kernel for every batch: a launch of all steps, or of one.
    estimates = {(estimate["kernel"], estimate["batch"]): estimate
                 for estimate in report["estimates"]}
    kernels = [kernel["name"] for kernel in report["kernels"]]
    assert len(estimates) == len(report["estimates"])
    assert estimates.keys() == {(name, batch) for name in kernels for batch in BATCHES}
    assert ("m_scan" in kernels) == has_scan, kernels
    assert ("m_project_above" in kernels) == (layers > 1), kernels
    assert all(estimate["seq_len"] == (1 if name == "m_step" else STEPS)
               for (name, _), estimate in estimates.items())

    # The same operations as the compiler's: the same number.
    for (name, batch), estimate in estimates.items():
        formula, now = estimate["formula"], estimate["microseconds"]
        assert evaluate(formula, constants) == now, (name, batch, estimate)
        named |= set(re.findall(r"[a-z]\w*", formula))
        if name == "m_step":
            print(f"{target} {precision} {name} {batch}: {formula}")
        for constant, value in constants.items():
            more = evaluate(formula, {**constants, constant: value * 1.1})
            least, most = (0, now) if constant in RATES else (now, 1.1 * now)
            assert least * (1 - 1e-12) <= more <= most * (1 + 1e-12), (constant, estimate)

    # The launches are what the other figures are of.
    for rows in report["by_batch"]:
        estimate = estimates["m_" + rows["regime"], rows["batch"]]
        whole = rows["step_microseconds"]
        if rows["regime"] == "scan":
            whole = report["start_microseconds"] + STEPS * whole
        assert estimate["microseconds"] == whole, (estimate, rows)
    times = {estimate["microseconds"] for (name, _), estimate in estimates.items()
             if name == "m_project_input"}
    assert len(times) > 1 and min(times) >= report["project_microseconds"]

assert named == constants.keys() | {"max"}, named ^ constants.keys()
