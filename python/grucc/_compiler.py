# ===- _compiler.py - Runs the grucc executable -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The command line of grucc, from keyword arguments; its diagnostics, as exceptions."""

from __future__ import annotations

import errno
import json
import numbers
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ._arguments import path_of, shown, truth
from ._digests import sha256
from ._errors import Error, InputError
from ._network import dtype_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ._types import Json

# What compile itself decides.
_RESERVED = {"emit", "stop_after", "report", "version", "help", "o", "output"}
# Flags that name files.
_FILES = ("header", "schedule_file", "ptxas")


def _built_where_installed_from() -> Path | None:
    """The executable of the checkout that pip installed this package from, where both are there
    and are this user's or the system's; or None."""
    import importlib.metadata  # slow, and seldom needed
    try:
        said = importlib.metadata.distribution("grucc").read_text("direct_url.json")
        place = urllib.parse.urlsplit(json.loads(said or "")["url"])
        built = Path(urllib.parse.unquote(place.path)).parent / "build" / "bin" / "grucc"
        own = os.stat(built).st_uid in (0, os.geteuid())
        return built if place.scheme == "file" and own else None
    except (importlib.metadata.PackageNotFoundError, OSError, ValueError, TypeError, KeyError):
        return None


def find_compiler() -> str:
    """The grucc executable: $GRUCC, the one in this package, the one built beside these sources,
    the one on PATH, beside the Python that runs, or built beside the sources that pip installed."""
    named = os.environ.get("GRUCC")
    if named:
        return os.path.abspath(shutil.which(named) or named)
    within = Path(__file__).resolve().parent / "bin" / "grucc"
    built = Path(__file__).resolve().parents[2] / "build" / "bin" / "grucc"
    beside = Path(sys.prefix, "bin", "grucc")
    looks: Sequence[Callable[[], str | Path | None]] = (
        lambda: within, lambda: built, lambda: shutil.which("grucc"), lambda: beside,
        _built_where_installed_from)
    for look in looks:
        place = look()
        if place and os.path.isfile(place) and os.access(place, os.X_OK):
            return os.path.abspath(place)
    raise Error(f"grucc: error: executable: found none at {built}, on PATH, at {beside} and where "
                "the package was installed from, expected the grucc executable; GRUCC names it")


def _start(command: Sequence[str], folder: str | None = None,
           **variables: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, cwd=folder, env=os.environ | variables, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, errors="replace")
    except OSError as reason:
        if reason.errno == errno.E2BIG:
            raise InputError("flags: found more text than the system gives to a program, expected "
                             "less") from None
        raise Error(f"{command[0]}: error: found {reason.strerror}, expected the grucc "
                    "executable; GRUCC names it") from None


_identities: dict[tuple[object, ...], list[str]] = {}


def identity(compiler: str) -> list[str] | None:
    """The version of the compiler and the hash of its file: what a cached model depends on."""
    try:
        facts = os.stat(compiler)
        key = compiler, facts.st_mtime_ns, facts.st_size, facts.st_ino
        if key not in _identities:
            digest = sha256(Path(compiler).read_bytes()).hexdigest()
            _identities[key] = [_start([compiler, "--version"]).stdout, digest]
        return _identities[key]
    except OSError:
        return None  # running it will say what is wrong


def _place(name: str, value: object) -> str:
    """Where the caller means a file of a flag to be: the compiler works in another folder."""
    path = path_of(name, value)
    if name == "ptxas":
        program = shutil.which(path)
        if program is None and not os.path.dirname(path):
            return path  # the compiler says that there is none on PATH
        path = program or path
    try:
        return os.path.abspath(path)
    except OSError:
        raise InputError(f"{name}: found {shown(path)} in a working folder that is gone, expected "
                         "an absolute path") from None


def _word(name: str, value: object) -> str:
    """A number or a text as a program's argument."""
    try:
        if isinstance(value, (str, os.PathLike, numbers.Real)):
            word: str = os.fspath(value) if isinstance(value, os.PathLike) else str(value)
            if b"\0" not in os.fsencode(word):
                return word
    except (TypeError, ValueError):  # half a character, or too many digits
        pass
    raise InputError(f"{name}: found {shown(value)}, expected a number, a text, True or False")


def arguments_of(flags: Mapping[str, object]) -> list[str]:
    """hidden_size=20 is --hidden-size=20, batch_first=True is --batch-first, bias=False is
    --no-bias, batch_first=False, narrow_weights=False and unwind_tables=False are --no-... as well,
    a list is an option given several times; None and other False are left out."""
    arguments = []
    for name, value in flags.items():
        option = "--" + _word("flags", name).replace("_", "-")
        if isinstance(value, np.bool_):
            value = bool(value)
        if name in _RESERVED:
            raise InputError(f"{name}: found {shown(value)}, expected none: compile makes a shared "
                             "library and keeps its report")
        if name in ("bias", "narrow_weights"):  # grucc has their opposites
            option = "--no-" + name.replace("_", "-")
            value = value is not None and not truth(name, value)
        elif (name in ("batch_first", "unwind_tables") and value is not None and
              not truth(name, value)):
            option, value = "--no-" + name.replace("_", "-"), True
        elif name == "dtype" and value is not None:
            value = dtype_name(value)
        elif name in _FILES and value is not None:
            value = _place(name, value)
        for word in value if isinstance(value, (list, tuple)) else [value]:
            if word is True:
                arguments.append(option)
            elif word is not None and word is not False:
                arguments.append(f"{option}={_word(name, word)}")
    return arguments


def files_of(arguments: Iterable[str]) -> list[str]:
    """The files that the compiler reads by a flag."""
    return [path for option, _, path in (argument.partition("=") for argument in arguments)
            if option in ("--schedule-file", "--ptxas")]


# A prefix may have any characters: in notes one of these comes after it.
_FLAG = re.compile(r"--prefix=(?P<prefix>.*?)(?= takes | or |$)|"
                   r"--(?!list\b)(?P<no>no-)?(?P<name>[a-z][a-z-]*)(?P<value>=?)")


def _flag_in_python(found: re.Match[str]) -> str:
    if found["prefix"] is not None:
        return f'prefix="{found["prefix"]}"'
    value = "=False" if found["no"] else found["value"] or "=True"
    name: str = found["name"]
    return name.replace("-", "_") + value


def _in_python(line: str) -> str:
    """A line of what the compiler says, with the flags that a note asks for as ours."""
    file, mark, note = line.partition(": note: ")
    return file + mark + re.sub(_FLAG, _flag_in_python, note)


def run_compiler(compiler: str, arguments: Sequence[str], output: str,
                 folder: str | None) -> tuple[Json, list[str]]:
    """Compiles to `output`, beside which temporary files go: the report, and the lines of warnings
    and notes. Works in `folder`."""
    done = _start([compiler, *arguments, "-o", output, "--report=json"], folder,
                  TMPDIR=os.path.dirname(output))
    text = done.stderr.strip()
    lines = [_in_python(line) for line in text.splitlines()]
    if done.returncode in (1, 2):
        raise InputError("\n".join(lines))
    if done.returncode:
        raise Error(f"{compiler}: error: found exit code {done.returncode}, expected 0; it said: "
                    f"{text[-2000:]}")
    try:
        return dict(json.loads(done.stdout)), lines
    except (TypeError, ValueError, RecursionError):
        raise Error(f"{compiler}: error: found no report of a compilation, expected the grucc "
                    "executable; GRUCC names it") from None
