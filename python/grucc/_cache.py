# ===- _cache.py - Compiled models that are kept on disk -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A folder of KEY.so, a model's shared library, and KEY.json: its SHA-256 and what was said when it
was compiled. Files come in by rename, so that a reader never sees half of one. An entry that does
not agree with itself is no entry; the time of KEY.json is that of its last use.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import stat
import time
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ._arguments import shown
from ._digests import sha256
from ._errors import Error

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ._model import Model
    from ._types import Json

    Pieces = Iterable[bytes | memoryview]

_MOST_BYTES = 1 << 30  # unless GRUCC_CACHE_BYTES says it
_MOST_FACTS = 16 << 20  # bytes of a KEY.json that are looked at
_PATIENCE = 60  # seconds to wait for another process that compiles the same
_STALE = 3600  # seconds after which what a killed process left behind goes
_KEPT = re.compile(r"([0-9a-f]{64})\.(?:so|json)")
_LEFT = re.compile(r"\.[0-9a-f]{64}\.(?:lock|(?:so|json)\.[0-9a-f]{32})")


def cache_folder() -> Path | None:
    """Where compiled models are kept: $XDG_CACHE_HOME/grucc or ~/.cache/grucc; may be deleted at
    any time. None where there is no home. $GRUCC_CACHE_BYTES (1 GiB) is the most that it holds."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base) and os.environ.get("HOME") != "":  # that would mean /.cache
        base = os.path.expanduser("~/.cache")
    return Path(base, "grucc") if os.path.isabs(base) else None


def most_bytes() -> int:
    """How much is kept: $GRUCC_CACHE_BYTES, or 1 GiB."""
    text = os.environ.get("GRUCC_CACHE_BYTES") or str(_MOST_BYTES)
    if not re.fullmatch("[0-9]{1,18}", text):
        raise Error(f"GRUCC_CACHE_BYTES: found {shown(text)}, expected a number of bytes")
    return int(text)


def open_regular(name: str, folder: int | None = None, flags: int = 0) -> IO[bytes]:
    """A regular file for reading; no other kind is waited for, as a pipe would be."""
    descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | flags, dir_fd=folder)
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return open(descriptor, "rb")
    os.close(descriptor)
    raise OSError(f"{name} is no regular file")


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    return iter(lambda: file.read(1 << 20), b"")


def pieces_digest(pieces: Pieces) -> str:
    digest = sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def file_digest(path: str) -> str:
    with open_regular(path) as file:
        return pieces_digest(_pieces(file))


class Unsafe(Exception):
    """Why a folder is not used: others could put code into it that would run here."""


def _unsafe(path: Path, found: str, expected: str, way_out: str = "") -> Unsafe:
    return Unsafe(f"cache: found {path}, {found}, expected {expected}, so nothing is kept; "
                  f"{way_out}XDG_CACHE_HOME names another place, cache=False goes without")


def _check_safe(path: Path, facts: os.stat_result) -> None:
    """Of the folder alone: whoever may write to one above it can put another folder in its place,
    but none of this user's own."""
    if facts.st_uid != os.geteuid():
        raise _unsafe(path, f"a folder of user {facts.st_uid}", f"one of user {os.geteuid()}")
    if facts.st_mode & 0o022:
        # What is in it may be another's already.
        raise _unsafe(path, f"a folder of mode {stat.S_IMODE(facts.st_mode):04o}",
                      "one that nobody else may write to", "remove it, ")


class Cache:
    """The folder, opened once: names are looked up in the one that was checked, whatever has been
    put at its path since."""
    folder: int | None = None

    def __init__(self, create: bool = True) -> None:
        """OSError, or Unsafe, where it cannot be used."""
        path, self.most = cache_folder(), most_bytes()
        if path is None:
            raise OSError("found no home, expected HOME or XDG_CACHE_HOME")
        self.path = path
        if self.path.is_symlink():
            raise _unsafe(self.path, "a link", "a folder")
        if create:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW |
                              os.O_CLOEXEC)
        _check_safe(self.path, os.fstat(self.folder))

    def __del__(self) -> None:
        if self.folder is not None:
            os.close(self.folder)

    def open(self, name: str) -> IO[bytes]:
        return open_regular(name, self.folder, os.O_NOFOLLOW)

    def write(self, name: str, pieces: Pieces) -> str:
        """A file that is there as a whole, or not at all: its SHA-256. OSError where it cannot."""
        written, digest = f".{name}.{os.urandom(16).hex()}", sha256()
        descriptor = os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW |
                             os.O_CLOEXEC, 0o600, dir_fd=self.folder)
        try:
            with open(descriptor, "wb") as file:
                for piece in pieces:
                    digest.update(piece)
                    file.write(piece)
            os.rename(written, name, src_dir_fd=self.folder, dst_dir_fd=self.folder)
        except BaseException:
            self.remove(written)
            raise
        return digest.hexdigest()

    def remove(self, name: str) -> bool:
        """Whether it was there."""
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=self.folder)
            return True
        return False

    def _facts(self, pattern: re.Pattern[str]) -> Iterator[tuple[str, os.stat_result]]:
        """(name, its os.stat) of every file with a name of that form."""
        for name in os.listdir(self.folder):
            if pattern.fullmatch(name):
                with contextlib.suppress(OSError):  # gone meanwhile
                    yield name, os.stat(name, dir_fd=self.folder, follow_symlinks=False)

    def entries(self) -> dict[str, tuple[float, int]]:
        """{key: (time of its last use, bytes)}, the least recently used first; damaged, too."""
        found: dict[str, tuple[float, int]] = {}
        for name, facts in self._facts(_KEPT):
            key = name.partition(".")[0]
            used, size = found.get(key, (0, 0))
            # Opening a model looks at the time of its KEY.so, which therefore never changes.
            found[key] = (facts.st_mtime if name.endswith(".json") else used, size + facts.st_size)
        return dict(sorted(found.items(), key=lambda entry: entry[1]))

    def drop(self, key: str) -> bool:
        return any([self.remove(f"{key}.json"), self.remove(f"{key}.so")])

    def trim(self, but: str) -> None:
        """Drops the least recently used entries, never the one that has just come in, until the
        rest are few enough bytes; and what killed processes have left."""
        entries = self.entries()
        total = sum(size for _, size in entries.values())
        for key, (_, size) in entries.items():
            if total > self.most and key != but:
                self.drop(key)
                total -= size
        for name, facts in self._facts(_LEFT):
            if facts.st_mtime < time.time() - _STALE:
                self.remove(name)

    def clear(self) -> int:
        """Drops everything of its own: how many entries."""
        dropped = sum(self.drop(key) for key in self.entries())
        for name, _ in list(self._facts(_LEFT)):
            self.remove(name)
        return dropped

    @contextlib.contextmanager
    def lock(self, key: str) -> Iterator[None]:
        """One process and thread at a time compiles a model, and those that waited find it. A lock
        only saves work: it is done without when the holder takes very long, or there are none."""
        name, file = f".{key}.lock", None
        try:
            with contextlib.suppress(OSError):
                file = self._locked(name, time.monotonic() + _PATIENCE)
            yield
        finally:
            if file is not None:
                self.remove(name)  # before others can lock it
                with contextlib.suppress(OSError):
                    fcntl.flock(file, fcntl.LOCK_UN)  # a forked process may have the file, too
                os.close(file)

    def _locked(self, name: str, end: float) -> int | None:
        """A descriptor of the file that has this name, locked; None once the time is over."""
        while time.monotonic() < end:
            file = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK |
                           os.O_CLOEXEC, 0o600, dir_fd=self.folder)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Its last holder may have removed it between the two calls.
                if os.path.samestat(os.fstat(file), os.stat(name, dir_fd=self.folder)):
                    return file
            except (BlockingIOError, FileNotFoundError):
                pass
            except BaseException:
                os.close(file)
                raise
            os.close(file)
            time.sleep(0.02)
        return None


class Entry:
    """One model in the cache, there or not."""

    def __init__(self, cache: Cache, key: str) -> None:
        self.cache, self.key = cache, key
        self.sha256: str | None = None
        self.path = cache.path / f"{key}.so"

    def look(self, bytes_too: bool = True) -> Json | None:
        """What store was given, or None when the entry is missing or damaged in any way."""
        try:
            with self.cache.open(f"{self.key}.json") as file:
                facts = json.loads(file.read(_MOST_FACTS))
            kept: Json = facts["kept"]
            self.sha256 = facts["sha256"]
            with self.cache.open(f"{self.key}.so") as file:
                whole = not bytes_too or pieces_digest(_pieces(file)) == self.sha256
            is_kept = (isinstance(kept["report"], dict) and isinstance(kept["warnings"], list) and
                       all(isinstance(line, str) for line in kept["warnings"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError, MemoryError):
            return None
        return kept if whole and is_kept else None

    def read(self) -> Json | None:
        """What `look` gives, as a use of the entry; whether the library's bytes are its own, `is_of`
        says once they are loaded."""
        kept = self.look(bytes_too=False)
        if kept is not None:
            with contextlib.suppress(OSError):  # of a folder that can only be read
                os.utime(f"{self.key}.json", dir_fd=self.cache.folder, follow_symlinks=False)
        return kept

    def is_of(self, model: Model) -> bool:
        """Whether these are the bytes that the model was opened from: the loader looks the path up
        once more, where another process may have put another file, or another folder."""
        try:
            return pieces_digest(model._pieces()) == self.sha256
        except Error:  # the file has been written to
            return False

    def store(self, model: str, kept: Json) -> bool:
        """Copies the file `model` into the cache, unless another has meanwhile; False when it
        cannot be written, or is larger than all that is kept."""
        if self.look() is not None:
            return True
        try:
            if os.stat(model).st_size > self.cache.most:
                return False
            with open_regular(model) as file:
                self.sha256 = self.cache.write(f"{self.key}.so", _pieces(file))
            self.cache.write(f"{self.key}.json",
                             [json.dumps({"sha256": self.sha256, "kept": kept}).encode()])
            self.cache.trim(self.key)
        except OSError:
            return False
        return True
