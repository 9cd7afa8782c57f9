"""grucc --tune in an empty folder, on networks and schedules so small that it takes no time."""
import json
import os
import re
import signal
import subprocess
import sys

import numpy as np
from safetensors.numpy import load_file, save_file

NETWORK = ["--input-size=3", "--hidden-size=20", "--init=uniform"]
LEVELS = sys.argv[1:]  # what runs here
# What is set by hand is not varied: the cost model's schedule and one or two others are left.
FEW = "--schedule=panel=1,unroll=1,pair_blocks=false,zigzag=true,prefetch=false,k_chunk=64,late_limits=true,streams=1"

os.mkdir("temporary")
environment = {**os.environ, "TMPDIR": os.path.abspath("temporary")}


def grucc(*options, code=0, **changes):
    done = subprocess.run(["grucc", *options], capture_output=True, text=True, timeout=600,
                          env={**environment, **changes})
    assert done.returncode == code, f"{options}: exit code {done.returncode}\n{done.stderr}"
    assert not os.listdir("temporary"), f"{options}: leaves {os.listdir('temporary')}"
    return done


def outputs(*options):
    grucc(*NETWORK, "--num-layers=2", "-o", "m.so", *options)
    subprocess.run(["grucc-run", "m.so", "--input=in.safetensors", "--output=out.safetensors"], check=True)
    return {name: value.tobytes() for name, value in load_file("out.safetensors").items()}


def tune(*options):
    """The file, and the table as rows of words."""
    done = grucc(*NETWORK, "--tune=s.json", *options)
    assert re.search(r"^grucc: compiling 1 of \d+: ", done.stderr, re.MULTILINE), done.stderr
    with open("s.json") as file:
        return json.load(file), [line.split() for line in done.stdout.splitlines()]


# A network that streams: its fields come back, and its bits are the default's. What the cost model
# chooses, and so what is tried beside it, is the machine's affair.
found, (head, *rows, fastest) = tune("--num-layers=2", FEW, "--tune-seq-len=7", "--tune-batch=2")
assert head == ["schedule", "run,", "us", "step,", "us", "ratio"], head
assert rows[0][:3] == ["the", "cost", "model's"] and {row[0] for row in rows[1:]} >= {"order=chunks"}, rows
assert rows[0][-1] == "1.000" and all(float(time) > 0 for row in rows for time in row[-3:])
assert fastest[0] == "fastest:"
facts = {"input_size": 3, "hidden_size": 20, "num_layers": 2, "bidirectional": False, "dtype": "float32"}
assert {key: found[key] for key in facts} == facts
schedule = found["schedule"]
assert schedule["panel"] == 1 and schedule["zigzag"] is True and schedule["chunk_rows"] > 0
save_file({"input": np.random.default_rng(1).standard_normal((9, 5, 3), np.float32)}, "in.safetensors")
assert outputs() == outputs("--schedule-file=s.json")
report = json.loads(grucc(*NETWORK, "--num-layers=2", "-o", "m.so", "--schedule-file=s.json",
                          "--report=json").stdout)
for name, value in schedule.items():
    text = {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)
    text = f'"{value}"' if isinstance(value, str) else text
    defaults = {"order": "layers", "split": "auto", "turn_rows": 8, "register_k": 0, "row_lanes": 0, "streams": 1,
                "stream_rows": 1, "round_rows": 1, "round_streams": 1}
    is_left_out = value == defaults.get(name, 1 if name.startswith("split") else None)
    assert is_left_out or re.search(rf"[<\s]{name} = {re.escape(text)}[,>]", report["schedule"]), name

# On one machine of the table they are known.
_, (_, *rows, _) = tune("--num-layers=2", FEW, "--tune-seq-len=7", "--tune-batch=2", "--target=x86-64-v2")
# (Two at a time are tried, too, where each was faster: that is the clock's affair.)
assert [row[0] for row in rows[1:] if row[0].count("=") == 1] == ["chunk_rows=7", "order=chunks"], rows

# One that does not, with weights to come; every change is tried that the machine allows.
NETWORK[-1] = "--weights=external"
found, (head, *rows, fastest) = tune("--bidirectional", "--dtype=float64", "--batch-first", FEW,
                                     "--target=x86-64-v2", "--tune-seq-len=2", "--tune-batch=3")
assert head == ["schedule", "run,", "us", "ratio"]
assert [row[0] for row in rows[1:] if row[0].count("=") == 1] == ["chunk_rows=3", "order=reverse"], rows
assert found["machine"] == "x86-64-v2" and found["bidirectional"] and found["dtype"] == "float64"
NETWORK[-1] = "--init=uniform"
NETWORK[1] = "--hidden-size=70"
_, (_, *rows, _) = tune("--schedule=chunk_rows=1,unroll=1,k_chunk=64", "--target=x86-64-v2", "--tune-seq-len=1")
tried = {row[0] for row in rows[1:] if row[0].count("=") == 1}
assert {name.split("=")[0] for name in tried} == {"pair_blocks", "zigzag", "prefetch", "late_limits", "streams"}, tried
assert any(row[0].startswith("panel=4,tiles=[") for row in rows), rows
NETWORK[1] = "--hidden-size=4"
_, (_, *rows, _) = tune("--schedule=chunk_rows=1,unroll=1,k_chunk=64", "--target=x86-64-v2", "--tune-seq-len=3")
assert {row[0] for row in rows} >= {"register_k=0", "register_k=4"}, rows
NETWORK[1] = "--hidden-size=13"
if "x86-64-v4" in LEVELS:
    _, (_, *rows, _) = tune(FEW, "--target=x86-64-v4", "--tune-seq-len=3")
    assert "row_lanes=0" in {row[0] for row in rows}, rows
else:
    print("not run here: x86-64-v4: row_lanes")
os.remove("s.json")


# What cannot work says so at once, in one line, and leaves nothing.
def bad(expect, *options, **changes):
    before = sorted(os.listdir("."))
    done = grucc(*options, code=1, **changes)
    assert re.fullmatch(expect + "\n", done.stderr) and not done.stdout, done.stderr
    assert sorted(os.listdir(".")) == before


bad(r"none/s\.json: error: --tune: found 'No such file or directory', expected a file that can be written",
    *NETWORK, "--tune=none/s.json")
bad(r"temporary: error: --tune: found a directory, expected a file", *NETWORK, "--tune=temporary")
bad(r"m\.so/s\.json: error: --tune: found 'Not a directory', expected a file that can be written",
    *NETWORK, "--tune=m.so/s.json")
bad(r".*/none: error: --tune: found 'No such file or directory', expected a folder for temporary files",
    *NETWORK, "--tune=s.json", TMPDIR=os.path.abspath("none"))
bad(r"none\.safetensors: error: file: found 'No such file or directory', expected a readable file",
    "none.safetensors", "--tune=s.json")
with open("/dev/full", "w") as full:
    done = subprocess.run(["grucc", *NETWORK, FEW, "--tune=s.json"], stdout=full, stderr=subprocess.DEVNULL,
                          env=environment, timeout=600)
assert done.returncode == 1 and not os.path.exists("s.json") and not os.listdir("temporary")

# Stopped while it compiles.
with subprocess.Popen(["grucc", *NETWORK, "--tune=s.json"], env=environment, text=True,
                      stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as stopped:
    stopped.stderr.readline()
    stopped.send_signal(signal.SIGTERM)
    stopped.stderr.read()
assert stopped.returncode != 0 and not os.path.exists("s.json") and not os.listdir("temporary")
