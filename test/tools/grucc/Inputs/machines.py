"""machines.py: what the table of machines says of each, and what grucc predicts there."""
import json
import re
import subprocess


def grucc(*options, status=0):
    done = subprocess.run(["grucc", "--init=uniform", "-o", "m.o", *options], capture_output=True, text=True)
    assert done.returncode == status, (options, done.returncode, done.stderr)
    return done.stdout if status == 0 else done.stderr


def predicted(machine, hidden):
    report = json.loads(grucc(f"--machine={machine}", f"--input-size={hidden}", f"--hidden-size={hidden}",
                              "--report=json"))
    assert report["machine"] == machine, report
    return report["step_microseconds"], report["limit_microseconds"]


refused = grucc("--input-size=2", "--hidden-size=3", "--machine=pdp11", status=2)
names = re.findall(r"[\w-]+", refused.split("expected ")[1].split(", or a file")[0].replace(" or ", " "))
assert len(names) > 20 and {"cortex-a53", "cortex-a76", "cortex-x1", "neoverse-n1", "neoverse-v1", "neoverse-v2",
                            "apple-m1", "spacemit-k1", "sg2044"} <= set(names), names
small, large = ({name: predicted(name, hidden) for name in names} for hidden in (24, 128))
for name in names:
    for step, limit in (small[name], large[name]):
        assert 0 < limit <= step < 100 * limit, (name, step, limit)
    assert 2 < large[name][0] / small[name][0] < 500, (name, small[name], large[name])
# Of one family: cores that are wider, or whose registers are.
for slower, faster in (("cortex-a53", "cortex-a76"), ("cortex-a76", "cortex-x1"), ("neoverse-n1", "neoverse-v1"),
                       ("spacemit-k1", "sg2044"), ("riscv64", "riscv64-v"), ("armv7-vfp4", "armv7-neon"),
                       ("x86-64-v2", "x86-64-v3"), ("aarch64", "apple-m")):
    assert large[faster][1] < large[slower][1], (slower, large[slower], faster, large[faster])
print(len(names), "machines")
