# ===- __main__.py - python -m grucc list, convert -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""python -m grucc list FILE and python -m grucc convert FILE -o OUT.safetensors: what other
libraries save, as files that the compiler takes. Weights of PyTorch checkpoints (.pt, .pth, .ckpt,
.tar, .bin), Keras models (.keras, .h5) and audio plug-ins (RTNeural's, AIDA-X's and GuitarML's
JSON); what tensors do not say is written into the file's metadata, where the compiler reads it."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile

from ._errors import Error
from .foreign import find, safetensors_of, select


def _list(flags: argparse.Namespace) -> None:
    networks = find(flags.file)
    if flags.json:
        print(json.dumps({"file": flags.file, "networks": [one.json() for one in networks]},
                         indent=2))
        return
    for one in networks:
        print(f"{one.name or '(at the top)'}: {one.describe()}")
        for note in one.notes:
            print(f"  {note}")


def _convert(flags: argparse.Namespace) -> None:
    one = select(flags.file, find(flags.file), flags.prefix)
    if one.fault:
        sys.exit(f"{flags.file}: error: {one.fault}")
    pieces = safetensors_of(one)
    folder = os.path.dirname(os.path.abspath(flags.output))
    try:
        handle, temporary = tempfile.mkstemp(dir=folder, suffix=".safetensors")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(pieces)
            os.chmod(temporary, 0o666 & ~_umask())
            os.replace(temporary, flags.output)
        except BaseException:
            os.unlink(temporary)
            raise
    except OSError as reason:
        sys.exit(f"{flags.output}: error: file: found {reason.strerror}, expected to write there")
    print(f"{flags.output}: {one.describe()}")
    for note in one.notes:
        print(f"{flags.file}: note: {note}", file=sys.stderr)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def main() -> None:
    """The program: its command line says which file, and its exit code is 1 with what is wrong."""
    parser = argparse.ArgumentParser(prog="python -m grucc", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="name every GRU of a file")
    listing.add_argument("file")
    listing.add_argument("--json", action="store_true", help="say it as JSON")
    converting = commands.add_parser("convert", help="write one as safetensors")
    converting.add_argument("file")
    converting.add_argument("-o", "--output", required=True, metavar="OUT.safetensors")
    converting.add_argument("--prefix", help="the one under that name; not needed for a single one")
    flags = parser.parse_args()
    if flags.command == "convert" and not flags.output.endswith(".safetensors"):
        parser.error(f"argument -o: found {flags.output!r}, expected a name ending in .safetensors")
    try:
        _list(flags) if flags.command == "list" else _convert(flags)
    except Error as reason:
        sys.exit(str(reason))


if __name__ == "__main__":
    main()
