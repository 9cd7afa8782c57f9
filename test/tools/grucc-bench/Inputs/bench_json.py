"""The JSON of grucc-bench, and its command lines that are bad."""
import json
import subprocess
import sys


def bench(*args):
    return subprocess.run(["grucc-bench", *args], capture_output=True, text=True)


for model in sys.argv[1:]:
    for form in ([], ["--step"]):
        done = bench(model, "--json", "--seq-len=5", "--batch=3", "--repeat=3", *form)
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        sizes = [found[key] for key in ("name", "input_size", "hidden_size", "seq_len", "batch", "threads")]
        assert sizes == [model.split(".")[0], 3, 9, 5, 3, 1], found
        assert ("run" in found) == (not form), found
        for call in ("step", *["run"] * (not form)):
            times = found[call]
            assert 0 < times["minimum_us"] <= times["median_us"] and times["samples"] == 3, found

for args in ([], ["--fast", sys.argv[1]], [sys.argv[1], "other.so"], [sys.argv[1], "--batch=0"], [sys.argv[1], "--seq-len="],
             [sys.argv[1], "--repeat=1e3"], [sys.argv[1], "--seq-len=99999999999999999999"], [sys.argv[1], "--batch= 1"]):
    done = bench(*args)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1, (args, done)
    assert ": found " in done.stderr and ", expected " in done.stderr, (args, done)
