# ===- spoil_bundle.py - A bundle with other networks in it than it says -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""spoil_bundle.py BUNDLE MEMBER FILE: puts FILE in the place of a member of its archive of networks
that are compared, as if it had always been there."""

import hashlib
import io
import json
import pathlib
import sys
import tarfile


def main():
    bundle, name, path = sys.argv[1:]
    archive, plan_path = pathlib.Path(bundle, "correct.tar.xz"), pathlib.Path(bundle, "plan.json")
    with tarfile.open(archive) as file:
        members = {member.name: file.extractfile(member).read() for member in file}
    assert name in members, members.keys()
    members[name] = pathlib.Path(path).read_bytes()
    with tarfile.open(archive, "w:xz", preset=1) as file:
        for member, data in members.items():
            entry = tarfile.TarInfo(member)
            entry.size = len(data)
            file.addfile(entry, io.BytesIO(data))
    plan = json.loads(plan_path.read_text())
    plan["files"][archive.name] = hashlib.sha256(archive.read_bytes()).hexdigest()
    plan_path.write_text(json.dumps(plan))


if __name__ == "__main__":
    main()
