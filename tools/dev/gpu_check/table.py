# ===- table.py - A run as at most 60 lines of text -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The verdict first, then what is wrong, what was left out, and times."""

from .results import SECTIONS, failures, is_complete, is_good, is_right, left_out

MOST_LINES, MOST_FAILURES, MOST_LEFT_OUT = 60, 8, 6
PRECISIONS = ("float32", "float16", "bfloat16")
WIDTH = 160  # of a line that says what is wrong


def short(time):
    """Microseconds in three or four digits."""
    return f"{time:.0f}" if time >= 100 else f"{time:.3g}"


def heading(data):
    device, bundle = data.get("device", {}), data.get("bundle", {})
    wrong = len(list(failures(data)))
    verdict = "all is right" if is_right(data) else ", ".join(
        [f"{wrong} WRONG"] * bool(wrong) + ["INCOMPLETE"] * (not is_complete(data)))
    yield (f"gpu-check: {verdict}. {device.get('name', 'unknown device')}, capability "
           f"{device.get('capability', '?')}, driver {device.get('driver', '?')}, kernels for "
           f"{bundle.get('target', '?')}, {data.get('seconds', 0):.0f} s, {data.get('when', '')}")
    for section in SECTIONS[:-1]:
        results = data.get(section, {}).get("results", [])
        good, planned = sum(map(is_good, results)), data.get(section, {}).get("planned", 0)
        how = "timed" if section in ("times", "peers") else "right"
        yield f"  {section}: {good} of {planned} {how}{more(section, results)}"


def more(section, results):
    if section == "correct":
        worst = {}
        for record in results:
            kind, error = record["network"].rpartition("_")[2], record.get("error")
            if error is not None and record.get("ok"):
                worst[kind] = max(worst.get(kind, 0), error)
        compared = sum(record.get("bits") == "those of the CPU" for record in results)
        return (f"; {compared} to the bits of the CPU; largest error beside float64: "
                + ", ".join(f"{kind} {error:.2g}" for kind, error in worst.items())) if worst else ""
    if section == "times":
        whole = sum(record.get("ok") is True for record in results)
        return f"; results of {whole} are whole" if whole else ""
    if section == "peers":
        ceilings = [f"copy {record['gbps']:.0f} GB/s" for record in results if "gbps" in record]
        ceilings += [f"{record['mode']} product {record['tflops']:.3g} TFLOP/s" for record in results
                     if "tflops" in record]
        return "; ceilings: " + ", ".join(ceilings) if ceilings else ""
    return ""


def bounded(lines, most, what):
    lines = list(lines)
    yield from (line[:WIDTH] for line in lines[:most])
    if len(lines) > most:
        yield f"  ... and {len(lines) - most} more {what}"


def wrong_lines(data):
    for section, kernel, what, why in failures(data):
        yield f"  WRONG {section}: {kernel}{': ' + what if what else ''}: {why}"


def left_lines(data):
    for section, count, why, _ in left_out(data):
        number = "all" if count is None else "some" if count == 0 else count
        yield f"  left out of {section}: {number}: {why}"


def predicted_run(data, record):
    """us: the projection, and the faster of scan and steps as the model has them."""
    parts = {kernel.rpartition("_")[2]: time for kernel, time in record["predicted"].items()}
    if not parts:
        return None  # of a batch that the report says nothing of
    steps = parts["step"] * data["bundle"]["steps"]
    return parts["input"] + min(parts.get("scan", steps), steps)


def peer_results(data):
    return {(record["H"], record["mode"], record["B"]): record
            for record in data.get("peers", {}).get("results", [])
            if record.get("kind") == "gru" and "time" in record}


def peer_times(data):
    return {key: record["time"]["median"] for key, record in peer_results(data).items()}


def said_of_peer(record):
    if record is None:
        return "-"
    return short(record["time"]["median"]) + "*" * (record.get("cudnn") is False)


def cell(data, record, peers):
    predicted = predicted_run(data, record)
    other = [peers.get((record["H"], mode, record["B"])) for mode in
             ([record["precision"], "tf32"] if record["precision"] == "float32" else
              [record["precision"]])]
    torch = "/".join(map(said_of_peer, other))
    return (f"{short(record['device']['median'])} ({short(record['host']['median'])}) "
            f"p {'-' if predicted is None else short(predicted)} t {torch}")


def times_lines(data):
    records = [record for record in data.get("times", {}).get("results", []) if "device" in record]
    if not records:
        return
    batches = sorted({record["B"] for record in records})[:4]
    peers = peer_results(data)
    facts, steps = data.get("peers", {}).get("facts"), data["bundle"]["steps"]
    on = f"on {facts['on']}" if facts else "was not timed"
    if facts and facts["steps"] != steps:
        on += f", {facts['steps']} steps"
    yield (f"us of a run of {steps} steps: on device pointers (on the host's), p: as the model "
           f"predicted, t: torch.nn.GRU {on} (float32: without/with TF32; *: not by cuDNN)")
    rows = [["H", "precision", *(f"B = {B}" for B in batches)]]
    cells = {(record["H"], record["precision"], record["B"]): cell(data, record, peers)
             for record in records}
    for H in sorted({record["H"] for record in records}):
        for precision in PRECISIONS:
            row = [cells.get((H, precision, B), "-") for B in batches]
            if any(one != "-" for one in row):
                rows.append([str(H), precision, *row])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    yield from ("  ".join(text.ljust(width) for text, width in zip(row, widths)).rstrip()
                for row in rows)


def fit_lines(data):
    fit = data.get("fit", {})
    if "constants" not in fit:
        return
    said = lambda errors: f"half within {errors['median']:.3g}x, all within {errors['worst']:.3g}x"
    yield (f"model beside {fit['measurements']} times of kernels: {said(fit['before'])}; fitted: "
           f"{said(fit['after'])}")
    kinds = fit["kinds"]
    yield "  " + "; ".join(f"{kind} {kinds['before'][kind]['median']:.3g}x, fitted "
                           f"{kinds['after'][kind]['median']:.3g}x" for kind in kinds["before"])
    words = [f"{name} {one['before']:.4g} -> {one['after']:.4g}"
             + (f" +-{100 * one['off']:.0f}%" if one["determined"] else " (undetermined)")
             for name, one in fit["constants"].items()]
    yield from ("  " + ", ".join(words[i:i + 4]) for i in range(0, len(words), 4))
    yield ("  GpuConstants.def beside this file has them for compiler/schedule; mhz, l2_gbps and "
           "dram_gbps are the card's line in Gpus.cpp")


def table(data):
    if data.get("program") != "gpu-check":
        raise ValueError("no gpu-check in it")
    lines = [*heading(data), *bounded(wrong_lines(data), MOST_FAILURES, "that are wrong"),
             *bounded(left_lines(data), MOST_LEFT_OUT, "reasons"), *fit_lines(data),
             *times_lines(data)]
    return "\n".join(lines[:MOST_LINES]) + "\n"
