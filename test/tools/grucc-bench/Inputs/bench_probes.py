"""bench_probes.py MODEL.so PROBES.json: files of probes that are refused."""
import json
import subprocess
import sys

model, path = sys.argv[1:]
with open(path) as file:
    text = file.read()
whole = json.loads(text)


def without(name):
    return json.dumps({key: value for key, value in whole.items() if key != name})


def changed(name, value):
    return json.dumps(whole | {name: value})


NEEDED = ("float32_gflops", "cycle_ns", "l1_bytes", "l1_gb_s", "l2_bytes", "l2_gb_s", "l3_gb_s")
BAD = [*((without(name), name) for name in NEEDED),
       *((changed("l1_gb_s", value), "l1_gb_s" if isinstance(value, (int, float)) and not isinstance(value, bool) else "probes")
         for value in (0, -1, 1e300, "400", None, True, [1], {})),
       (changed("l4_gb_s", 1), "l4_gb_s"), (changed("a" * 40, 1), "probes"),
       (text.replace('"cycle_ns": 0.25', '"cycle_ns": 0.25, "cycle_ns": 0.25'), "cycle_ns"),
       (json.dumps({"probes": {"probes": {}}}), "probes"), (json.dumps({"machine": {}}), "float32_gflops"),
       ('{"machine": {"a": "', "probes"), ('{"machine": [}', "probes"), ('{"machine": }', "probes"),
       (json.dumps({"probes": whole | {"from": 3}}), "from"), (json.dumps({"speed": whole}), "probes"),
       ("", "probes"), ("{}", "probes"), ("[]", "probes"), (text + "x", "probes"), (text[:-2], "probes"),
       (text.replace("0.25", "nan"), "probes"), (text.replace("0.25", "0x1"), "probes"), (text.replace("0.25", "+1"), "probes"),
       (text.replace(",", " ", 1), "probes"), (text.replace("10.0", "10.0,"), "probes"), (text + "\0", "probes"),
       (text + " " * 17000, "probes")]
for bad, argument in BAD:
    with open("bad.json", "w") as file:
        file.write(bad)
    done = subprocess.run(["grucc-bench", model, "--repeat=1", "--probes=bad.json"], capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == "", (bad, done)
    assert done.stderr.startswith(f"bad.json: error: {argument}: found "), (bad, done)
    assert ", expected " in done.stderr and done.stderr.count("\n") == 1, (bad, done)
