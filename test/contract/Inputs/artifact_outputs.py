"""Files come whole or not at all, under any path, and nothing else is left (E)."""
import os
import resource
import signal
import stat
import subprocess
import time

from artifact_kit import expect, finish, for_each, here, network, run

NETWORK = [*network(i=3, h=4), "--target=x86-64-v3", "--name=net"]


def make(name):
    os.makedirs(here(name))
    return here(name)


def compile_in(place, *args, code=0, expected="", **more):
    """Runs grucc in a folder; what it says, and what is new or gone there, must be as expected."""
    before = {name: read(os.path.join(place, name)) for name in os.listdir(place)}
    done = run(["grucc", *NETWORK, *args], cwd=place, **more)
    what = f"{os.path.basename(place)}: grucc {' '.join(args)}"
    expect(done.returncode == code, f"{what}: exit code {done.returncode}, expected {code}: {done.stderr[:300]}")
    expect(expected in done.stderr, f"{what}: found '{done.stderr[:300]}', expected '{expected}'")
    expect(done.stderr.count("\n") == (code != 0), f"{what}: found {done.stderr[:300]}, expected one line for an error")
    if code:
        after = {name: read(os.path.join(place, name)) for name in os.listdir(place)}
        expect(before == after, f"{what}: left {before.keys() ^ after.keys() or 'a changed file'}")
    expect(not [name for name in os.listdir(place) if name.startswith(".grucc-")], f"{what}: a temporary file is left")


def read(path):
    if not os.path.isfile(path):
        return None
    with open(path, "rb") as file:
        return file.read()


def odd_paths(name):
    """Characters that some program takes for something else."""
    folder = make(f"odd/{name}")
    compile_in(folder, "-o", f"{name}.so", f"--header={name}.h")
    compile_in(here("odd"), "-o", f"{name}/again.o")
    for file in (f"{name}.so", f"{name}.h", "again.o"):
        expect(read(f"{folder}/{file}"), f"{name}/{file} is not there")


def permissions():
    place = make("permissions")
    for umask, mode in ((0o022, 0o644), (0o077, 0o600), (0o002, 0o664)):
        compile_in(place, "-o", "net.so", "--header=net.h", umask=umask)
        for name in ("net.so", "net.h"):
            found = stat.S_IMODE(os.stat(os.path.join(place, name)).st_mode)
            expect(found == mode, f"umask {umask:o}: {name} has mode {found:o}, expected {mode:o}")


def existing():
    """What was there is replaced whole, or kept whole."""
    place = make("existing")
    for name in ("net.o", "net.h"):
        with open(os.path.join(place, name), "w") as file:
            file.write("what was there " * 100000)
    compile_in(place, "-o", "net.o", "--header=none/net.h", code=1, expected="none/net.h: error: output: found 'No such")
    compile_in(place, "-o", "none/net.o", "--header=net.h", code=1, expected="none/net.o: error: output: found 'No such")
    os.symlink("/dev/full", os.path.join(place, "full.h"))
    compile_in(place, "-o", "net.o", "--header=full.h", code=1, expected="full.h: error: output: found 'No space")
    compile_in(place, "-o", "net.o", "--header=net.h")
    expect(read(f"{place}/net.o")[:4] == b"\x7fELF", "an existing file is not replaced")
    expect(b"what was there" not in read(f"{place}/net.o") + read(f"{place}/net.h"), "an existing file is not replaced whole")
    # A link is replaced, and what it led to stays.
    with open(f"{place}/kept.o", "w") as file:
        file.write("kept")
    for link, target in (("link.o", "kept.o"), ("nowhere.o", "none/none.o")):
        os.symlink(target, f"{place}/{link}")
        compile_in(place, "-o", link)
        expect(read(f"{place}/{link}")[:4] == b"\x7fELF", f"{link} is not written")
    expect(read(f"{place}/kept.o") == b"kept", "a link's target is overwritten")


def same_place():
    """Two outputs in one file, by paths that differ."""
    place = make("same/inner")
    expected = "expected a file of its own"
    compile_in(place, "-o", "net.o", "--header=./net.o", code=1, expected=expected)
    compile_in(place, "-o", "net.o", "--header=../inner/net.o", code=1, expected=expected)
    os.symlink("inner", here("same/linked"))
    compile_in(here("same"), "-o", "inner/net.o", "--header=linked/net.o", code=1, expected=expected)


def names():
    """Names that are the runtime's, and lengths up to the file system's limit."""
    place = make("names")
    for name in ("grucc", "grucc_open"):
        done = run(["grucc", *NETWORK[:-1], "-o", f"{name}.o"], cwd=place)
        expect(done.returncode == 2 and f"stem '{name}'" in done.stderr, f"{name}.o: {done}")
    done = run(["grucc", *NETWORK[:-1], "-o", "grucc.o", "--name=grucc_2"], cwd=place)
    expect(done.returncode == 2 and "found 'grucc_2'" in done.stderr, f"--name=grucc_2: {done}")
    expect(os.listdir(place) == [], f"names: left {os.listdir(place)}")
    for length, code in ((495, 0), (496, 2)):  # what the runtime has room for
        name = "n" * length
        done = run(["grucc", *NETWORK[:-1], f"--name={name}", "-o", "long.so"], cwd=place)
        expect(done.returncode == code, f"a name of {length}: exit code {done.returncode}, expected {code}")
    expect(done.stderr.endswith("expected at most 495 characters\n"), f"--name of 496: {done.stderr}")
    with open(f"{place}/in.safetensors", "wb") as file:
        text = b'{"input": {"dtype": "F32", "shape": [1, 1, 3], "data_offsets": [0, 12]}}'
        file.write(len(text).to_bytes(8, "little") + text + bytes(12))
    done = run(["grucc-run", "long.so", "--input=in.safetensors", "--output=out.safetensors"], cwd=place)
    expect(done.returncode == 0, f"the longest name is not loaded: {done.stderr}")
    longest = "a" * 253
    compile_in(place, "-o", f"{longest}.o")
    expect(read(f"{place}/{longest}.o"), "a file of 255 characters is not there")
    compile_in(place, "-o", f"{longest}a.o", code=1, expected="File name too long")


def temporary_folder():
    """A shared library is linked where $TMPDIR is of no use, too, and leaves nothing there."""
    place = make("linked")
    for folder in ("/nonexistent", "relative", here("linked"), make("temporary 100%"), make("temporary")):
        compile_in(place, "-o", "net.so", env={**os.environ, "TMPDIR": folder})
        expect(read(f"{place}/net.so"), f"TMPDIR={folder}: no library")
    expect(os.listdir(here("temporary")) == [], "something is left in $TMPDIR")


def not_ours():
    """A folder and files of somebody else; root may write everywhere."""
    place = make("not ours")
    os.chmod(place, 0o555)
    nobody = {"user": 65534, "group": 65534} if os.getuid() == 0 else {}
    can_run = subprocess.run(["grucc", "--version"], cwd="/", capture_output=True, **nobody).returncode == 0
    if can_run:  # nobody may be kept from the compiler's own folder
        for kind in ("o", "so"):
            compile_in(place, "-o", f"net.{kind}", code=1, expected="found 'Permission denied'", **nobody)
    os.chmod(place, 0o755)


def limited():
    """A limit on the size of files: an error, whether its signal is ignored or not."""
    place = make("limited")
    large = ["--init=uniform", "--input-size=300", "--hidden-size=300", "--target=x86-64-v3", "--name=net"]

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))

    def ignore():
        limit()
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    for kind in ("o", "so"):
        for prepare in (limit, ignore):
            done = run(["grucc", *large, "-o", f"net.{kind}"], cwd=place, preexec_fn=prepare,
                       restore_signals=prepare is limit)
            what = f"{prepare.__name__} the size of .{kind}"
            expect(done.returncode == 1, f"{what}: exit code {done.returncode}, expected 1")
            expect("error: " in done.stderr and "File too large" in done.stderr and done.stderr.count("\n") == 1,
                   f"{what}: found '{done.stderr}', expected one line of an error")
            expect(os.listdir(place) == [], f"{what}: left {os.listdir(place)}")


def kept():
    """A run that fails at its last file leaves what earlier ones wrote, and what others have there."""
    place = make("kept")
    for name in ("net.o", "-"):
        with open(os.path.join(place, name), "w") as file:
            file.write("what was there")
    # Standard output is no file, whatever else is called so.
    before = {name: read(f"{place}/{name}") for name in os.listdir(place)}
    for options in ("-o net.o --report", "-o new.o --report=json", "-o - --emit=o"):
        done = run(["sh", "-c", f"grucc {' '.join(NETWORK)} {options} > /dev/full"], cwd=place)
        expect(done.returncode == 1 and "No space left" in done.stderr, f"{options}: {done}")
        after = {name: read(f"{place}/{name}") for name in os.listdir(place)}
        expect(after == before, f"{options}: left {sorted(after)}, or another net.o")
    # Nor when nobody reads the report any more.
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(["grucc", *NETWORK, "-o", "net.o", "--report"], cwd=place, stdout=writer,
                          stderr=subprocess.PIPE, text=True)
    os.close(writer)
    expect(done.returncode == 1 and done.stderr == "grucc: error: standard output: found 'Broken pipe', "
           "expected to write all of it\n", f"a closed pipe: {done}")
    after = {name: read(f"{place}/{name}") for name in os.listdir(place)}
    expect(after == before, f"a closed pipe: left {sorted(after)}, or another net.o")
    if os.getuid() != 0:
        return
    # In such a folder nobody replaces the header that is root's, and has replaced the object before.
    with open(f"{place}/net.h", "w") as file:
        file.write("of root")
    os.chown(f"{place}/net.o", 65534, 65534)
    os.chmod(place, 0o1777)
    nobody = {"user": 65534, "group": 65534}
    if subprocess.run(["grucc", "--version"], cwd="/", capture_output=True, **nobody).returncode == 0:
        for old in ("net.o", "new.o"):
            compile_in(place, "-o", old, "--header=net.h", code=1, expected="net.h: error: output: found 'Operation not",
                       **nobody)


def interrupted():
    """Stopped at any time, grucc leaves no temporary file behind."""
    place, temporary = make("interrupted"), make("interrupted temporary")
    large = ["--init=uniform", "--input-size=1000", "--hidden-size=1000", "--target=x86-64-v3"]
    stopped = 0
    for wait in (0.05, 0.2, 0.35, 0.5):
        process = subprocess.Popen(["grucc", *large, "-o", "net.so", "--header=net.h"], cwd=place,
                                   env={**os.environ, "TMPDIR": temporary}, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        process.send_signal(signal.SIGINT if wait < 0.3 else signal.SIGTERM)
        stopped += process.wait() != 0
        left = [name for name in os.listdir(place) + os.listdir(temporary) if name not in ("net.so", "net.h")]
        expect(not left, f"stopped after {wait} s: left {left}")
    expect(stopped, "grucc was never stopped in time")


def streams():
    """Standard output closed, or full: an error, and no other file."""
    place = make("streams")
    done = run(["sh", "-c", f"grucc {' '.join(NETWORK)} -o - --emit=o >&-"], cwd=place)
    expect(done.returncode == 1 and "error: " in done.stderr, f"closed standard output: {done}")
    with open("/dev/full", "wb") as out:
        done = subprocess.run(["grucc", *NETWORK, "-o", "-", "--emit=so", "--header=net.h"], cwd=place, stdout=out,
                              stderr=subprocess.PIPE, text=True)
    expect(done.returncode == 1 and "No space left" in done.stderr, f"full standard output: {done}")
    expect(os.listdir(place) == [], f"standard output: left {os.listdir(place)}")


os.chmod(here("."), 0o755)
ODD = ["a%b", "%%%%%%%%", "with space", "qu\"o'te", "ünï", "semi;colon", "$HOME", "back\\slash", "new\nline", "@file"]
for_each(ODD, odd_paths)
for check in (permissions, existing, same_place, names, temporary_folder, not_ours, limited, kept, interrupted, streams):
    for_each([None], lambda _, check=check: check())
finish()
