# ===- _cache.py - Compiled models that are kept -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A folder with KEY.so and KEY.json, which holds the model's report and the SHA-256 of
KEY.so. Files come in by rename, so that a reader never sees half of one; writers of one
key write the same bytes. An entry that does not agree with itself is no entry.
"""

import contextlib
import hashlib
import json
import os
import shutil
import threading
from pathlib import Path


def cache_folder():
    """$XDG_CACHE_HOME/grucc or ~/.cache/grucc; may be deleted at any time. None: no home."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(base):
        base = os.path.expanduser("~/.cache")
    return Path(base, "grucc") if os.path.isabs(base) else None


def pieces_digest(pieces):
    digest = hashlib.sha256()
    for piece in pieces:
        digest.update(piece)
    return digest.hexdigest()


def file_digest(path):
    with open(path, "rb") as file:
        return pieces_digest(iter(lambda: file.read(1 << 20), b""))


class Entry:
    """One model in the cache, there or not."""

    def __init__(self, key):
        folder = cache_folder()
        self.model = folder and folder / f"{key}.so"
        self.facts = folder and folder / f"{key}.json"

    def read(self):
        """What store was given, or None when the entry is missing or damaged."""
        try:
            facts = json.loads(self.facts.read_bytes())
            return facts["kept"] if file_digest(self.model) == facts["sha256"] else None
        except (AttributeError, OSError, ValueError, KeyError, TypeError):
            return None

    def store(self, model, kept):
        """Copies the file `model` into the cache, unless another has meanwhile; False when the
        cache cannot be written."""
        if self.model is None:
            return False
        if self.read() is not None:
            return True
        end = f".{os.getpid()}-{threading.get_ident()}"
        written = [Path(f"{path}{end}") for path in (self.model, self.facts)]
        try:
            self.model.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(model, written[0])
            written[1].write_text(json.dumps({"sha256": file_digest(written[0]), "kept": kept}))
            os.replace(written[0], self.model)
            os.replace(written[1], self.facts)
        except OSError:
            for path in written:
                with contextlib.suppress(OSError):
                    path.unlink()
            return False
        return True
