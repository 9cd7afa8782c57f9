# ===- checksum.py - grucc_model.checksum, as model.h defines it -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""checksum.py LIBRARY...: writes the checksums of shared libraries whose entry point is their
descriptor, of 64 or 32 bits. Word for word what the specification of XXH64 says, for small files:
neither the compiler's implementation nor the runtime's.
"""

import struct
import sys

P1, P2, P3, P4, P5 = (0x9E3779B185EBCA87, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9,
                      0x85EBCA77C2B2AE63, 0x27D4EB2F165667C5)
MASK = (1 << 64) - 1
FIELD = 224  # offsetof(grucc_model, checksum)


def _rotl(value, bits):
    return (value << bits | value >> 64 - bits) & MASK


def _round(lane, word):
    return _rotl((lane + word * P2) & MASK, 31) * P1 & MASK


def xxh64(data):
    at = 0
    if len(data) >= 32:
        lanes = [P1 + P2 & MASK, P2, 0, -P1 & MASK]
        while at + 32 <= len(data):
            words = struct.unpack_from("<4Q", data, at)
            lanes = [_round(lane, word) for lane, word in zip(lanes, words)]
            at += 32
        acc = sum(_rotl(lane, bits) for lane, bits in zip(lanes, (1, 7, 12, 18))) & MASK
        for lane in lanes:
            acc = ((acc ^ _round(0, lane)) * P1 + P4) & MASK
    else:
        acc = P5
    acc = acc + len(data) & MASK
    while at + 8 <= len(data):
        acc = (_rotl(acc ^ _round(0, *struct.unpack_from("<Q", data, at)), 27) * P1 + P4) & MASK
        at += 8
    if at + 4 <= len(data):
        acc = (_rotl(acc ^ struct.unpack_from("<I", data, at)[0] * P1 & MASK, 23) * P2 + P3) & MASK
        at += 4
    for byte in data[at:]:
        acc = _rotl(acc ^ byte * P5 & MASK, 11) * P1 & MASK
    acc = (acc ^ acc >> 33) * P2 & MASK
    acc = (acc ^ acc >> 29) * P3 & MASK
    return acc ^ acc >> 32


def _is_wide(library):
    return library[4] == 2


def place_of(library):
    """(where the field is, bytes from the file's beginning that are loaded)."""
    wide = _is_wide(library)
    [entry] = struct.unpack_from("<Q" if wide else "<I", library, 24)
    [segments] = struct.unpack_from("<H", library, 56 if wide else 44)
    start, step = (64, 56) if wide else (52, 32)
    field, loaded = None, 0
    for at in range(start, start + step * segments, step):
        if wide:
            kind, _, offset, address, _, size = struct.unpack_from("<2I4Q", library, at)
        else:
            kind, offset, address, _, size = struct.unpack_from("<5I", library, at)
        if kind == 1:
            loaded = max(loaded, offset + size)
            if address <= entry < address + size:
                field = entry - address + offset + FIELD
    return field, loaded


def checksum(library):
    """What the library's field has to be."""
    field, loaded = place_of(library)
    image = bytearray(library[:loaded])
    places = ((40, 8), (58, 6)) if _is_wide(library) else ((32, 4), (46, 6))
    for at, size in (*places, (field, 8)):
        image[at:at + size] = bytes(size)
    return xxh64(image) or 1


def with_checksum(library):
    """The library with its checksum, as bytes."""
    field, _ = place_of(library)
    return library[:field] + struct.pack("<Q", checksum(library)) + library[field + 8:]


if __name__ == "__main__":
    for name in sys.argv[1:]:
        with open(name, "rb") as file:
            library = file.read()
        with open(name, "wb") as file:
            file.write(with_checksum(library))
