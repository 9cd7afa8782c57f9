# ===- check_cache_folder.py - Whose the cache's folder is, and how much it holds -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Run in an empty folder; GRUCC counts its compilations (counting.py)."""

import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

import grucc
from counting import compilations, just_before
from expect import fails
from grucc import _cache, _compile, _temporary
from grucc._cache import Cache, Entry

FOLDER = grucc.cache_folder()
TARGET = {"target": "x86-64-v2"}
WAY_OUT = "XDG_CACHE_HOME names another place, cache=False goes without"
spec, other = grucc.GRU(3, 4), grucc.GRU(3, 5)


def compiles(times, what=spec, said=(), **flags):
    """It is compiled so often, with these warnings: the model."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        models = []
        found = compilations(lambda: models.append(grucc.compile(what, **TARGET, **flags)))
    assert found == times, (found, times)
    assert [str(warning.message) for warning in caught] == list(said), caught
    assert all(warning.filename == __file__ for warning in caught)
    assert models[0].hidden_size == what.hidden_size
    return models[0]


def kept():
    return sorted(path.name for path in FOLDER.iterdir())


def start_again(mode=0o700):
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    FOLDER.chmod(mode)


# Nobody but this user may write there, even where everybody may write what has no mode of its own.
before = os.umask(0)
compiles(1)
os.umask(before)
assert FOLDER.stat().st_mode & 0o7777 == 0o700 and len(kept()) == 2
assert all(path.stat().st_mode & 0o7777 == 0o600 for path in FOLDER.iterdir())
for mode in (0o777, 0o1777, 0o770, 0o702):
    start_again(mode)
    text = (f"cache: found {FOLDER}, a folder of mode {mode:04o}, expected one that nobody else "
            f"may write to, so nothing is kept; remove it, {WAY_OUT}")
    compiles(1, said=[text])
    assert kept() == []
compiles(1)  # it is said once
start_again(0o755)
compiles(1)
compiles(0)
mine = os.geteuid
os.geteuid = lambda: mine() + 1
compiles(1, said=[f"cache: found {FOLDER}, a folder of user {mine()}, expected one of user "
                  f"{mine() + 1}, so nothing is kept; {WAY_OUT}"])
os.geteuid = mine
compiles(0)
FOLDER.rename("elsewhere")
FOLDER.symlink_to(os.path.abspath("elsewhere"))
compiles(1, other, said=[f"cache: found {FOLDER}, a link, expected a folder, so nothing is kept; "
                         f"{WAY_OUT}"])
assert len(os.listdir("elsewhere")) == 2
FOLDER.unlink()

# What is not what it was, of whatever kind, is no entry, and is replaced.
library = pathlib.Path(compiles(1).path)
facts = library.with_suffix(".json")
said = json.loads(facts.read_bytes())
entry = Entry(Cache(), library.stem)


def looks(whole):
    assert (entry.look() is not None) == whole


shutil.copytree(FOLDER, "whole")
for path in (library, facts):
    whole = os.path.abspath(f"whole/{path.name}")
    for damage in (os.mkfifo, os.mkdir, lambda path: os.symlink(whole, path)):
        path.unlink()
        damage(path)
        looks(whole=False)
        path.rmdir() if path.is_dir() else path.unlink()
        shutil.copy(whole, path)
        looks(whole=True)
for value in ({}, {"kept": said["kept"]}, said | {"kept": 3}, said | {"kept": {}},
              said | {"kept": said["kept"] | {"report": []}}, said | {"sha256": 3},
              said | {"kept": said["kept"] | {"warnings": [1]}},
              said | {"kept": said["kept"] | {"warnings": "one"}}):
    facts.write_text(json.dumps(value))
    looks(whole=False)
for text in ("[" * 200000, '{"kept": ' * 200000, "null", "1e999", "\0"):
    facts.write_text(text)
    looks(whole=False)
for path in (library, facts):
    path.unlink()
    os.mkfifo(path)
compiles(1)
looks(whole=True)
library.unlink()
library.mkdir()  # in the way
compiles(1)
library.rmdir()
compiles(1)
compiles(0)

# What is loaded is what was looked at, whatever another process puts there in between.
stranger = compiles(1, other)
just_before(_compile, "Model", lambda: os.replace(shutil.copy(stranger.path, "new.so"), library))
compiles(1)
compiles(0)

# Files come in under names that nobody can guess, and that nobody else has made.
opened = []
real_open = os.open


def spy(name, flags, *arguments, **others):
    opened.append((str(name), flags))
    return real_open(name, flags, *arguments, **others)


os.open = spy
for _ in range(2):
    start_again()
    compiles(1)
os.open = real_open
written = [name for name, flags in opened if flags & os.O_EXCL and flags & os.O_NOFOLLOW and
           name.startswith(("." + library.name, "." + facts.name))]
assert len(written) == len(set(written)) == 4, opened
assert all(len(name.rpartition(".")[2]) == 32 for name in written)
assert all(flags & os.O_NOFOLLOW for name, flags in opened if library.stem in name)

# What killed processes have left goes in the end; what others are writing stays, and so do files
# that are not the cache's.
key = "0" * 64
left = [f".{key}.so.{'1' * 32}", f".{key}.json.{'2' * 32}", f".{key}.lock"]
for name in (*left, f".{key}.so.{'3' * 32}", "notes.txt"):
    (FOLDER / name).write_text("")
for name in left:
    os.utime(FOLDER / name, (0, 0))
compiles(1, other)
assert not any((FOLDER / name).exists() for name in left)
assert (FOLDER / f".{key}.so.{'3' * 32}").exists() and (FOLDER / "notes.txt").exists()

# The least recently used goes first.
start_again()
third = grucc.GRU(3, 6)
sizes = []
for number, one in enumerate((spec, other)):
    path = pathlib.Path(compiles(1, one).path).with_suffix(".json")
    sizes.append(path.stat().st_size + path.with_suffix(".so").stat().st_size)
    os.utime(path, (number, number))
os.environ["GRUCC_CACHE_BYTES"] = str(sum(sizes) + max(sizes) // 2)
compiles(0)
compiles(1, third)
assert len(kept()) == 4
compiles(0)
compiles(0, third)
compiles(1, other)
os.environ["GRUCC_CACHE_BYTES"] = str(min(sizes) // 2)
start_again()
compiles(1)
assert kept() == []
os.environ["GRUCC_CACHE_BYTES"] = "1G"
fails("GRUCC_CACHE_BYTES: found '1G', expected a number of bytes", grucc.compile, spec,
      kind=grucc.Error)
del os.environ["GRUCC_CACHE_BYTES"]


# Where nothing can be kept, a private folder does; the last one is in memory.
def without(place, **variables):
    before = {name: os.environ.get(name, "") for name in variables}
    os.environ.update(variables)
    run, given = subprocess.run, []
    subprocess.run = lambda *words, env, **flags: (given.append(env["TMPDIR"]),
                                                   run(*words, env=env, **flags))[1]
    folder = os.path.dirname(compiles(1).path)
    subprocess.run = run
    os.environ.update(before)
    assert folder.startswith(place) and given == [folder], (folder, given)
    assert not os.path.exists(folder)  # it went with its model


for home in ("relative", ""):
    without(tempfile.gettempdir(), HOME=home, XDG_CACHE_HOME="")
    assert not os.path.exists("relative")
tempfile.tempdir = "/nowhere"
without("/dev/shm", HOME="relative", XDG_CACHE_HOME="")
_temporary._IN_MEMORY = "/nowhere/else"
fails(f"TMPDIR: found no folder that can be written to there, in /tmp, /var/tmp, the current "
      "folder and /nowhere/else, expected one", grucc.compile, spec, cache=False, kind=grucc.Error)
tempfile.tempdir = None


# An entry that is whole and cannot be loaded is no damaged one: what the loader says is said.
class Refused(_compile.Model):
    def __init__(self, path, *arguments):
        raise grucc.InputError(f"{path}: error: file: found no way to load it")


start_again()
usual, _compile.Model = _compile.Model, Refused
fails(f"{FOLDER / library.name}: error: file: found no way to load it", grucc.compile, spec,
      **TARGET)
_compile.Model = usual
compiles(0)

# Sixteen processes and an empty cache: one compilation, one entry, one and the same file.
start_again()
program = ("import grucc, hashlib; model = grucc.compile(grucc.GRU(3, 4), target='x86-64-v2'); "
           "model.save(str(__import__('os').getpid()) + '.so'); "
           "print(hashlib.sha256(open(model.path, 'rb').read()).hexdigest(), model.path)")


def race():
    started = [subprocess.Popen([sys.executable, "-B", "-c", program], stdout=subprocess.PIPE)
               for _ in range(16)]
    ends = [process.communicate()[0] for process in started]
    assert all(process.returncode == 0 for process in started)
    assert len(set(ends)) == 1 and ends[0], ends
    assert len({pathlib.Path(f"{process.pid}.so").read_bytes() for process in started}) == 1


assert compilations(race) == 1
assert kept() == sorted([library.name, facts.name])

# Nobody waits for ever for a process that holds the lock and does nothing.
start_again()
lock = FOLDER / f".{library.stem}.lock"
with open(lock, "w") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    _cache._PATIENCE = 0
    compiles(1)


# What python -m grucc.cache shows.
def shows(*flags, exit_code=0):
    done = subprocess.run([sys.executable, "-B", "-m", "grucc.cache", *flags], text=True,
                          capture_output=True)
    assert done.returncode == exit_code, done
    return done.stderr if exit_code else done.stdout


compiles(1, other)
os.utime(FOLDER / facts.name, (0, 0))  # long ago
FOLDER.joinpath(f"{key}.so").write_text("damaged")
found = json.loads(shows("--json"))
assert found["folder"] == str(FOLDER) and found["most_bytes"] == 1 << 30
assert [entry["hidden_size"] for entry in found["entries"]] == [5, 4, None] or (
    [entry["hidden_size"] for entry in found["entries"]] == [5, None, 4])
assert [entry["damaged"] for entry in found["entries"]].count(True) == 1
assert found["bytes"] == sum(entry["bytes"] for entry in found["entries"]) == sum(
    path.stat().st_size for path in FOLDER.iterdir() if path.suffix in (".so", ".json"))
lines = shows().splitlines()
assert len(lines) == 4 and lines[-1].startswith(f"{FOLDER}: 3 models, "), lines
assert "gru: 3 -> 5, 1 layers, float32, x86-64-v2" in lines[0] and "damaged" in lines[1] + lines[2]
assert shows("--clear") == f"{FOLDER}: 0 models, 0 of at most 1,073,741,824 bytes\n"
assert kept() == []
start_again(0o777)
for flags in ([], ["--clear"]):
    assert "a folder of mode 0777, expected one that nobody else may write to" in shows(
        *flags, exit_code=1)
shutil.rmtree(FOLDER)
assert shows().startswith(f"{FOLDER}: 0 models") and not FOLDER.exists()
