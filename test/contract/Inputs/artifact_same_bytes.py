"""The same files and options give the same bytes, wherever and however grucc runs (N6). Without
GRUCC_EXHAUSTIVE one level has all networks and kinds of artifacts, the others have one."""
import os

from artifact_kit import LEVELS, expect, finish, for_each, grucc, here, network

KINDS = ["o", "a", "so", "s", "ll"]


def has_all(level):
    return bool(os.environ.get("GRUCC_EXHAUSTIVE")) or level == LEVELS[1]


def content(place, name):
    with open(os.path.join(place, name), "rb") as file:
        return file.read()


def environments():
    """Folder, environment, umask and the path of the input for each of the runs."""
    plain = {name: os.environ[name] for name in ("PATH", "ASAN_OPTIONS") if name in os.environ}
    os.makedirs(here("other place/é %d"))
    os.makedirs(here("temporary"))
    yield here("."), {**plain, "LC_ALL": "C"}, 0o022, "net.json"
    yield (here("other place/é %d"), {**plain, "LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo", "HOME": "/nonexistent",
                                     "TMPDIR": here("temporary"), "SOURCE_DATE_EPOCH": "1", "USER": "someone"}, 0o077,
           here("net.json"))


def compile_all(place, environment, umask, source, level):
    """{file: bytes} of everything that one place makes."""
    made = {}
    # Draws of both dtypes, a JSON network whose weights are a file beside it, and external weights.
    networks = {"drawn": network(i=10, h=20, layers=2), "read": [source],
                "given": network(i=3, h=33, external=True, batch_first=True),
                "wide": network(i=10, h=20, dtype="float64")}
    whole = has_all(level)
    for name, flags in networks.items() if whole else [("drawn", networks["drawn"])]:
        for kind in KINDS if name == "drawn" and whole else ["so"]:
            file = f"{name}_{level}.{kind}"
            grucc(*flags, f"--target={level}", f"--name={name}", "-o", file, f"--header={file}.h", cwd=place,
                  env=environment, umask=umask)
            made[file], made[file + ".h"] = content(place, file), content(place, file + ".h")
    for stage in ("frontend", "target"):
        file = f"{level}_{stage}.mlir"
        grucc(*networks["drawn"], f"--target={level}", "--name=drawn", f"--stop-after={stage}", "-o", file, cwd=place,
              env=environment, umask=umask)
        made[file] = content(place, file)
    return made


def check(level):
    first, second = (compile_all(*place, level) for place in PLACES)
    expect(len(first) == (18 if has_all(level) else 4), f"{level}: {len(first)} files")
    for file, content in first.items():
        expect(content == second[file], f"{file}: other bytes in another place")
        for word in (b"/tmp", b"temporary", here("").encode()):
            expect(word not in content, f"{file}: {word} is in it")


PLACES = list(environments())
# The weights of net.json: a safetensors file of one tiny layer.
sizes = {"weight_ih_l0": [6, 3], "weight_hh_l0": [6, 2], "bias_ih_l0": [6], "bias_hh_l0": [6]}
header, at = {}, 0
for name, shape in sizes.items():
    bytes_ = 4 * shape[0] * (shape[1] if len(shape) > 1 else 1)
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [at, at + bytes_]}
    at += bytes_
text = repr(header).replace("'", '"').encode()
with open(here("net.safetensors"), "wb") as file:
    file.write(len(text).to_bytes(8, "little") + text + bytes(range(at % 256)) + bytes(at - at % 256))
with open(here("net.json"), "w") as file:
    file.write('{"input_size": 3, "hidden_size": 2, "weights": "net.safetensors"}')

for_each(LEVELS, check)
expect(os.listdir(here("temporary")) == [], f"left in the temporary folder: {os.listdir(here('temporary'))}")
finish()
