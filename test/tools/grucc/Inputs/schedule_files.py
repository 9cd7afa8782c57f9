"""--schedule-file sets fields like --schedule, which overrides it; run in an empty folder."""
import json
import subprocess

NETWORK = ["--input-size=5", "--hidden-size=40", "--num-layers=2", "--init=uniform", "--name=m",
           "--target=x86-64-v4"]


def grucc(output, *options):
    """The bytes that it writes, and its report."""
    report = subprocess.run(["grucc", *NETWORK, "-o", output, "--report=json", *options],
                            stdout=subprocess.PIPE, check=True).stdout
    with open(output, "rb") as file:
        return file.read(), json.loads(report)


def write(path, schedule):
    with open(path, "w") as file:
        json.dump({"machine": "x86-64-v4", "input_size": 5, "hidden_size": 40, "num_layers": 2,
                   "bidirectional": False, "dtype": "float32", "schedule": schedule}, file)
    return f"--schedule-file={path}"


def by_hand(schedule):
    """Fields as --schedule takes them."""
    text = {True: "true", False: "false"}
    return ",".join(f"{name}=" + (text[value] if isinstance(value, bool) else str(value).replace(" ", ""))
                    for name, value in schedule.items())


default, _ = grucc("default.o")
schedules = [
    {"panel": 1},
    {"lanes": 16, "panel": 4, "tiles": [4, 2, 1, 4], "k_block": 64, "pair_blocks": False,
     "k_chunk": 64, "group_rows": 8, "prefetch": False, "chunk_rows": 3, "zigzag": False,
     "fuse_step": False, "unroll": 2, "order": "chunks", "split": "rows", "split_units": 7,
     "split_rows": 5, "turn_rows": 6, "split_turns": 3, "split_from": 9},
]
for schedule in schedules:
    option = write("schedule.json", schedule)
    for kind in ("o", "so", "s"):
        from_file, _ = grucc(f"m.{kind}", option)
        hand, _ = grucc(f"m.{kind}", f"--schedule={by_hand(schedule)}")
        assert from_file == hand, f"{schedule}: other bytes in .{kind} than by hand"
    from_file, _ = grucc("m.o", option)
    assert from_file != default, f"{schedule}: the default's bytes"

# An empty schedule leaves all to the cost model; a field beside a file wins over it.
empty, _ = grucc("empty.o", write("empty.json", {}))
assert empty == default
beside, report = grucc("m.o", write("schedule.json", {"panel": 1, "unroll": 2}),
                       "--schedule=panel=4,zigzag=true")
hand, _ = grucc("m.o", "--schedule=panel=4,zigzag=true,unroll=2")
assert beside == hand and "panel = 4" in report["schedule"] and "unroll = 2" in report["schedule"]
