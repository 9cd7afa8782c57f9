"""The JSON of grucc-bench, and its command lines that are bad."""
import json
import subprocess
import sys

T, B, I, H = 5, 3, 3, 9


def bench(*args):
    return subprocess.run(["grucc-bench", *args], capture_output=True, text=True)


def check_call(found, call, flops, probes):
    times = found[call]
    assert 0 < times["minimum_us"] <= times["median_us"] and times["samples"] == 3, found
    assert times["flops"] == flops and times["threads"] == 1, (flops, found)
    # 10^9 a second.
    for rate, count in (("gflops", times["flops"]), ("weights_gb_s", times["weights_read_bytes"])):
        assert abs(times[rate] * times["minimum_us"] * 1e3 / count - 1) < 1e-4, found
    assert ("limit_us" in times) == probes and times.get("limit_threads") == (1 if probes else None), found
    if probes:
        assert abs(times["limit_ratio"] * times["limit_us"] / times["minimum_us"] - 1) < 1e-4, found


for model in sys.argv[1:]:
    for form in ([], ["--step"], ["--no-probes"]):
        done = bench(model, "--json", f"--seq-len={T}", f"--batch={B}", "--repeat=3", *form)
        streams = not model.startswith(("both", "training"))
        if form == ["--step"] and not streams:
            assert done.returncode == 1 and done.stdout == "", done
            continue
        assert done.returncode == 0, done.stderr
        found = json.loads(done.stdout)
        sizes = [found[key] for key in ("name", "input_size", "hidden_size", "seq_len", "batch", "threads")]
        assert sizes == [model.split(".")[0], I, H, T, B, 1], found
        directions = 2 if found["bidirectional"] else 1
        assert found["bidirectional"] == model.startswith("both"), found
        assert found["dtype"] == ("float64" if model.startswith(("both", "wide")) else "float32"), found
        assert ("run" in found) == (form != ["--step"]) and ("step" in found) == streams, found
        inputs = [I] + [directions * H] * (found["num_layers"] - 1)
        flops = sum(2 * B * directions * 3 * H * (size + H) for size in inputs)
        probes = form != ["--no-probes"]
        assert ("probes" in found) == probes, found
        for call in {"run", "step"} & found.keys():
            check_call(found, call, flops * T if call == "run" else flops, probes)
        if probes:
            machine = found["probes"]
            assert all(value > 0 for value in machine.values()), found
            assert ("float64_gflops" in machine) == (found["dtype"] == "float64"), found
            for level in ("l1", "l2"):
                assert machine[f"{level}_probe_bytes"] <= machine[f"{level}_bytes"], found
            assert {"cycle_ns", "l1_gb_s", "l2_gb_s", "memory_gb_s"} <= machine.keys(), found

for args in ([], ["--fast", sys.argv[1]], [sys.argv[1], "other.so"], [sys.argv[1], "--batch=0"], [sys.argv[1], "--seq-len="],
             [sys.argv[1], "--repeat=1e3"], [sys.argv[1], "--seq-len=99999999999999999999"], [sys.argv[1], "--batch= 1"],
             [sys.argv[1], "--threads=0"], [sys.argv[1], "--threads=1000000"], [sys.argv[1], "--steady", "--threads=2"], [sys.argv[1], "--steady", "--probes=p.json"],
             [sys.argv[1], "--no-probes", "--probes=p.json"], [sys.argv[1], "--steady=1"]):
    done = bench(*args)
    assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1, (args, done)
    assert ": found " in done.stderr and ", expected " in done.stderr, (args, done)
