# ===- bundle.py - What is carried to the machine with a GPU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""A bundle: plan.json, this program, the runtime library, and archives of compiled networks."""

import hashlib
import json
import pathlib
import tarfile

from . import Problem

PLAN, RUNTIME, FORM = "plan.json", "libgrucc_runtime.so.0", 1
CORRECT = "correct.tar.xz"  # cpu/NAME.so and TARGET/NAME.so
CONSTANTS = "GpuConstants.def"


def times_archive(target):
    return f"times-{target}.tar.xz"


def digest(path):
    whole = hashlib.sha256()
    with open(path, "rb") as file:
        while piece := file.read(1 << 20):
            whole.update(piece)
    return whole.hexdigest()


class Bundle:
    """The bundle in `folder`; `place` is where its networks for `target` are unpacked."""

    def __init__(self, folder, target=None, place=None, device=0):
        self.folder, self.target, self.device = pathlib.Path(folder), target, device
        self.place = place and pathlib.Path(place)
        try:
            self.plan = json.loads((self.folder / PLAN).read_text())
            form = self.plan["form"]
        except FileNotFoundError:
            raise Problem(f"bundle: found no {PLAN} beside the program, expected what gpu-check "
                          "--prepare makes", 2) from None
        except (OSError, ValueError, KeyError, TypeError) as reason:
            raise Problem(f"bundle: found {PLAN} damaged ({reason!r}), expected what gpu-check "
                          "--prepare makes") from None
        if form != FORM:
            raise Problem(f"bundle: found form {form}, expected {FORM}")
        self.networks = {network["name"]: network
                         for network in self.plan["correct"] + self.plan["times"]}

    def check(self):
        """Every file as it was made."""
        for name, expected in self.plan["files"].items():
            path = self.folder / name
            if not path.exists() or digest(path) != expected:
                raise Problem(f"bundle: found {name} {'damaged' if path.exists() else 'missing'}, "
                              "expected the file that gpu-check --prepare made")

    def choose(self, capability, name):
        """The best target that a card can run."""
        targets = {int(target[3:]): target for target in self.plan["targets"]}
        fitting = [number for number in targets if number <= capability]
        if not fitting:
            raise Problem(f"device: found {name} of compute capability {capability / 10}, expected "
                          f"{min(targets) / 10} or more")
        self.target = targets[max(fitting)]

    def unpack(self, place):
        """Networks for the target, and those for the CPU."""
        self.place = pathlib.Path(place)
        for archive in (CORRECT, times_archive(self.target)):
            if archive not in self.plan["files"]:
                continue  # nothing of that kind was asked for
            try:
                with tarfile.open(self.folder / archive) as file:
                    for member in file:
                        folder, _, name = member.name.partition("/")
                        if folder in ("cpu", self.target) and member.isfile() and "/" not in name:
                            (self.place / folder).mkdir(exist_ok=True)
                            with open(self.place / folder / name, "wb") as copy:
                                source = file.extractfile(member)
                                while piece := source.read(1 << 20):
                                    copy.write(piece)
            except (OSError, tarfile.TarError, EOFError, ImportError) as reason:
                raise Problem(f"bundle: found {archive} that cannot be unpacked ({reason}), "
                              "expected room and Python's lzma") from None

    def report(self, name):
        """What grucc says of a network for the target: {"kernels", "constants", "estimates"}."""
        return self.plan["reports"][self.target][name]

    def names(self, part):
        """Networks that there are for the target."""
        return [network for network in self.plan[part]
                if network["name"] in self.plan["reports"][self.target]]

    def model(self, name):
        return self.place / self.target / f"{name}.so"

    def cpu_model(self, name):
        return self.place / "cpu" / f"{name.rpartition('_')[0]}.so"

    def runtime(self):
        return self.folder / RUNTIME
