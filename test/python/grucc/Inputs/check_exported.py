# ===- check_exported.py - torch.compile, torch.export and AOTInductor -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""grucc::gru is one node of what torch records. Run in an empty folder; processes of its own load
what it has written there, and count compilations (counting.py):

check_exported.py [KIND FILE CACHE COMPILATIONS]
"""

import os
import shutil
import subprocess
import sys
import timeit
import warnings

import torch
from torch.nn.utils.rnn import pack_sequence

import grucc.torch
from counting import compilations
from expect import close, same
from torch_net import I, Net, as_close

warnings.simplefilter("ignore")  # torch's own; what goes to torch is told by the graphs
SHAPES = (6, 3), (4, 5), (17, 2)  # T, B
NOWHERE = "/sys"  # where nobody can make a folder


def nodes(graph):
    return [node for node in graph.nodes if node.op == "call_function" and
            "gru" in str(node.target)]


def has_only_ours(graph, count):
    found = nodes(graph)
    ours = torch.ops.grucc.gru, torch.ops.grucc.gru.default
    assert len(found) == count and all(node.target in ours for node in found), found


def print_times(what, function, net):
    """Beside torch's own module called eagerly, the least of several turns: never judged."""
    x, times = torch.randn(50, 4, I), {function: [], net: []}
    with torch.no_grad():
        for one in [function, net] * 3:
            times[one].append(timeit.timeit(lambda: one(x), number=10) / 10)
    ours, theirs = (min(times[one]) * 1e6 for one in (function, net))
    print(f"{what}: {ours:.0f} µs, torch {theirs:.0f} µs", flush=True)


def check_compiled(net, fast, xs, backend):
    """Nothing breaks the graph, and sizes may change."""
    torch._dynamo.reset()
    graphs = []

    def records(module, inputs):
        graphs.append(module.graph)
        return module

    whole = torch.compile(fast, fullgraph=True, backend=records, dynamic=True)
    function = torch.compile(fast, fullgraph=True, backend=backend, dynamic=True)
    for x in xs:
        for one in (whole, function):
            with torch.no_grad():
                as_close(one(x), net, x)
    print_times(f"torch.compile, {backend}", function, net)
    assert len(graphs) == 1
    has_only_ours(graphs[0], 4)
    # The weights are operands: what is written to one is seen.
    kept = fast.first.weight_hh_l1.clone()
    with torch.no_grad():
        fast.first.weight_hh_l1.zero_()
        close(function(xs[0])[0], fast(xs[0])[0])
        fast.first.weight_hh_l1.copy_(kept)
        as_close(function(xs[0]), net, xs[0])


def check_fallback():
    """Where gradients are required the graph breaks, and says why."""
    torch._dynamo.reset()
    gru = grucc.torch.compile_module(torch.nn.GRU(I, 9), inplace=True)
    x = torch.randn(4, 2, I)
    found = torch.compile(gru, backend="eager")(x)[0]
    assert found.requires_grad
    same(found, gru(x)[0])
    torch._dynamo.reset()
    try:
        torch.compile(gru, backend="eager", fullgraph=True)(x)
    except Exception as error:
        assert "what grucc does not compute goes to torch" in str(error), error
    else:
        raise AssertionError("the graph was not broken")
    with torch.no_grad():
        same(torch.compile(gru, backend="eager", fullgraph=True)(x)[0], gru(x)[0])
        # A packed sequence is left to Python.
        packed = pack_sequence([x[:, 0], x[:2, 1]])
        same(torch.compile(gru, backend="eager")(packed)[0].data, gru(packed)[0].data)


def in_a_fresh_process(kind, path, cache, count):
    """Runs the file on inputs of other sizes; grucc's cache there is `cache`, and `count` models
    are compiled."""
    done = subprocess.run([sys.executable, "-B", __file__, kind, path, cache, str(count)],
                          text=True, capture_output=True)
    assert done.returncode == 0 and done.stdout.endswith("ran\n"), done.stdout + done.stderr
    print(done.stdout.removesuffix("ran\n"), end="")


def run(kind, path, cache, count):
    os.environ["XDG_CACHE_HOME"] = os.path.abspath(cache)
    if kind == "exported program":
        program = torch.export.load(path)
        has_only_ours(program.graph, 4)
        function = program.module()
    else:
        function = torch._inductor.aoti_load_package(path)
    net = Net().eval()
    net.load_state_dict(torch.load("net.pt"))

    def check():
        for x in torch.load("xs.pt"):
            with torch.no_grad():
                as_close(function(x), net, x)

    found = compilations(check)
    assert found == int(count), (found, count)
    if os.path.isdir(grucc.cache_folder()):
        assert len(os.listdir(grucc.cache_folder())) == 2 * 4  # a model of each size
    else:
        assert cache == NOWHERE
    print_times(kind, function, net)
    print("ran")


def exported(module, x, **flags):
    T, B = torch.export.Dim("T"), torch.export.Dim("B")
    return torch.export.export(module, (x,), dynamic_shapes={"x": {0: T, 1: B}}, **flags)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run(*sys.argv[1:])
        sys.exit()
    compiler = os.environ.get("CXX") or shutil.which("g++") or shutil.which("clang++")
    net = Net().eval()
    fast = grucc.torch.compile_module(net)
    xs = [torch.randn(T, B, I) for T, B in SHAPES]
    torch.save(net.state_dict(), "net.pt")
    torch.save(xs, "xs.pt")

    print_times("eager", fast, net)
    check_compiled(net, fast, xs, "inductor" if compiler else "aot_eager")
    check_fallback()

    for strict in (False, True):
        program = exported(fast, xs[0], strict=strict)
        has_only_ours(program.graph, 4)
        assert {name for name, _ in program.named_parameters()} == set(net.state_dict())
    # Gradients are no reason to record torch's own: exported programs are for inference.
    other = grucc.torch.compile_module(Net(), inplace=True)
    has_only_ours(exported(other, xs[0]).graph, 4)
    has_only_ours(program.run_decompositions().graph, 4)
    torch.export.save(program, "net.pt2")
    # First with a cache that has no model yet, as on another machine; then they are found by what
    # they are of, whatever the weights; and where nothing can be kept, all are compiled anew.
    for cache, count in (("empty", 4), ("empty", 0), (NOWHERE, 4)):
        in_a_fresh_process("exported program", "net.pt2", cache, count)

    if compiler:
        with torch.no_grad():
            torch._inductor.aoti_compile_and_package(program, package_path=os.path.abspath(
                "package.pt2"))
        in_a_fresh_process("AOTInductor package", "package.pt2", "another", 4)
    else:
        print("no C++ compiler: AOTInductor is not tried")
