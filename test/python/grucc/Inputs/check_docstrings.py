# ===- check_docstrings.py - Every public name says what it takes -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Every public module, class, function, method and property has a docstring, which names each of
its arguments; and the flags that type checkers know are those that `grucc --help` lists."""

import ast
import inspect
import os
import re
import subprocess
import sys

import grucc.cache
import grucc.foreign
import grucc.torch
import torch

MODULES = grucc, grucc.torch, grucc.foreign
# Of the command line alone: where it writes, what it reports and measures, and other systems.
COMMAND_LINE = {"emit", "help", "list", "os", "print_targets", "probe", "report", "stop_after",
                "tune", "tune_batch", "tune_seq_len", "version"}
OF_COMPILE = {"target", "weights"}


def says(text, name):
    return re.search(rf"(?<![A-Za-z0-9_]){re.escape(name)}(?![A-Za-z0-9_])", text)


def missing(name, value, others=""):
    """What a docstring lacks: it, or words on arguments, which `others` may have."""
    text = inspect.getdoc(value) or ""
    if not text:
        yield f"{name}: no docstring"
    if isinstance(value, property) or inspect.ismodule(value):
        return
    if inspect.isclass(value) and re.search("; made by|makes them", text):
        return  # not by a program
    try:
        arguments = inspect.signature(value).parameters
    except ValueError:  # of exceptions, which are Python's
        return
    for argument in arguments:
        if argument not in ("self", "arguments") and not says(text + others, argument):
            yield f"{name}: nothing about {argument}"


def is_ours(value, cls):
    """Whether a class has this member itself, or from another of ours; torch documents its own."""
    return any(value is found for base in cls.__mro__ if base.__module__.startswith("grucc")
               for found in vars(base).values())


def members(cls):
    for name in dir(cls):
        value = inspect.getattr_static(cls, name)
        if (not name.startswith("_") or name == "__call__") and is_ours(value, cls) and (
                inspect.isfunction(value) or isinstance(value, property)):
            yield name, value


def all_missing():
    for module in (*MODULES, grucc.cache):
        yield from missing(module.__name__, module)
    for module in MODULES:
        for name in module.__all__:
            value, place = getattr(module, name), f"{module.__name__}.{name}"
            yield from missing(place, value)
            for member, function in members(value) if inspect.isclass(value) else ():
                # torch's words for what is called as torch's.
                others = (torch.nn.Module.__doc__ or "") if member == "train" else ""
                yield from missing(f"{place}.{member}", function, others)


def check_flags():
    """_types.Flags cannot be imported where typing_extensions or torch are not."""
    with open(os.path.join(os.path.dirname(grucc.__file__), "_types.py")) as file:
        [flags] = [node for node in ast.parse(file.read()).body
                   if isinstance(node, ast.ClassDef) and node.name == "Flags"]
    known = {node.target.id for node in flags.body if isinstance(node, ast.AnnAssign)}
    text = subprocess.run([os.environ["GRUCC"], "--help"], capture_output=True, text=True,
                          check=True).stdout
    listed = {name.replace("-", "_") for name in re.findall(r"^  --([a-z-]+)", text, re.MULTILINE)}
    listed = {name if name == "no" else re.sub("^no_", "", name) for name in listed}
    assert known == listed - COMMAND_LINE - OF_COMPILE, known ^ (listed - COMMAND_LINE - OF_COMPILE)


found = list(all_missing())
if found:
    sys.exit("\n".join(found))
check_flags()
