# ===- cache.py - Shows and clears the cache: python -m grucc.cache -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Shows the compiled models that are kept, the most recently used first, or drops them."""

from __future__ import annotations

import argparse
import json
import sys
import time
from typing import TYPE_CHECKING

from ._cache import Cache, Entry, Unsafe, cache_folder, most_bytes
from ._errors import Error

if TYPE_CHECKING:
    from ._types import Json


def _facts(cache: Cache, key: str, used: float, size: int) -> Json:
    """What --json says of an entry; damaged ones are kept as long as nobody asks for them."""
    kept = Entry(cache, key).look()
    report = kept["report"] if kept else {}
    names = "name", "target", "input_size", "hidden_size", "num_layers", "dtype"
    return {"key": key, "bytes": size, "last_used": used, "damaged": kept is None,
            **{name: report.get(name) for name in names}}


def _line(entry: Json) -> str:
    used = time.strftime("%Y-%m-%d %H:%M", time.localtime(entry["last_used"]))
    what = "damaged" if entry["damaged"] else (
        "{name}: {input_size} -> {hidden_size}, {num_layers} layers, {dtype}, {target}".format(
            **entry))
    return f"{entry['key'][:12]}  {entry['bytes']:>12,} bytes  {used}  {what}"


def _show(cache: Cache | None, as_json: bool) -> None:
    entries = cache.entries() if cache else {}
    facts = [_facts(cache, key, *entries[key]) for key in reversed(entries)] if cache else []
    total = sum(entry["bytes"] for entry in facts)
    if as_json:
        print(json.dumps({"folder": str(cache_folder()), "bytes": total, "most_bytes": most_bytes(),
                          "entries": facts}))
        return
    for entry in facts:
        print(_line(entry))
    print(f"{cache_folder()}: {len(facts)} models, {total:,} of at most {most_bytes():,} bytes")


def main() -> None:
    """The program; --json says what is there as JSON, --clear drops it before."""
    parser = argparse.ArgumentParser(prog="python -m grucc.cache", description=__doc__)
    parser.add_argument("--clear", action="store_true", help="drop all of them")
    parser.add_argument("--json", action="store_true", help="say it as JSON")
    flags = parser.parse_args()
    try:
        try:
            cache: Cache | None = Cache(create=False)
        except FileNotFoundError:
            cache = None  # nothing has been kept yet
        if flags.clear and cache:
            cache.clear()
        _show(cache, flags.json)
    except (Error, Unsafe) as reason:
        sys.exit(str(reason))
    except OSError as reason:
        sys.exit(f"cache: found {reason}, expected a folder of compiled models")


if __name__ == "__main__":
    main()
