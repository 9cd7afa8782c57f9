# ===- check_refusals.py - What people try first that is no torch.nn.GRU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Each is named, with the way out; what is said to work does."""

import torch

import grucc
from expect import close, evaluate, fails, same
from grucc._compiler import _in_python

I, H = 5, 9
ALONE = "grucc compiles GRU networks alone"
TARGET = {"target": "x86-64-v2"}
external = grucc.compile(grucc.GRU(I, H), weights="external", **TARGET)
x = torch.randn(4, 3, I)


def refused(name, rest, module):
    """On both ways in."""
    text = f"found {name}, expected a torch.nn.GRU; {rest}"
    fails("what: " + text, grucc.compile, module)
    fails("weights: " + text.replace("grucc.compile(", "set_weights("), external.set_weights,
          module)


def mentions(*words, what, **flags):
    """The compiler's refusal, in whatever words."""
    try:
        grucc.compile(what, **flags)
    except grucc.InputError as error:
        assert all(word in str(error) for word in words), error
    else:
        raise AssertionError("no error")


# Relatives.
for kind in (torch.nn.LSTM, torch.nn.RNN, torch.nn.LSTMCell, torch.nn.RNNCell):
    refused(f"a torch.nn.{kind.__name__}", ALONE, kind(I, H))
cell = torch.nn.GRUCell(I, H)
refused("a torch.nn.GRUCell", "its weights are those of a GRU with one layer: grucc.compile("
        "{name + '_l0': value for name, value in cell.state_dict().items()})", cell)
model = grucc.compile({name + "_l0": value for name, value in cell.state_dict().items()},
                      batch_first=False, **TARGET)
close(model.step(x[0])[0], evaluate(cell, x[0]))


# Modules that hold GRUs, and those that hold none.
class Own(torch.nn.Module):
    def __init__(self, **modules):
        super().__init__()
        for name, module in modules.items():
            self.add_module(name, module)


def gru():
    return torch.nn.GRU(I, H)


net = Own(norm=torch.nn.BatchNorm1d(I), enc=gru(), dec=torch.nn.Sequential(gru(), gru()))
refused("a Own", "it contains net.enc, net.get_submodule('dec.0'), net.get_submodule('dec.1'): "
        "grucc.compile(net.enc)", net)
close(grucc.compile(net.get_submodule("dec.1"), **TARGET)(x)[0], evaluate(net.dec[1], x)[0])
refused("a torch.nn.ModuleDict", "it contains net.a: grucc.compile(net.a)",
        torch.nn.ModuleDict({"a": gru()}))
refused("a torch.nn.ModuleList", ", ".join(f"net.get_submodule('{i}')" for i in range(8)).join(
    ["it contains ", " and 3 more: grucc.compile(net.get_submodule('0'))"]),
    torch.nn.ModuleList(gru() for _ in range(11)))
refused("a torch.nn.DataParallel", "it contains net.module: grucc.compile(net.module)",
        torch.nn.DataParallel(gru()))
compiled = torch.compile(gru(), backend="eager")
refused("a torch._dynamo.eval_frame.OptimizedModule",
        "it contains net._orig_mod: grucc.compile(net._orig_mod)", compiled)
refused("a Own", f"it contains torch.nn.LSTM at net.a, torch.nn.GRUCell at net.b; {ALONE}",
        Own(a=torch.nn.LSTM(I, H), b=torch.nn.GRUCell(I, H)))
refused("a torch.nn.Linear", "it contains none", torch.nn.Linear(I, H))
refused("a torch.jit._script.RecursiveScriptModule",
        "compile the module that it was scripted or traced from, or its state_dict()",
        torch.jit.script(gru()))
fails("what: found the class GRU, expected a torch.nn.GRU, a dict of arrays, a path or a grucc.GRU",
      grucc.compile, torch.nn.GRU)
fails("weights: found the class GRU, expected a torch.nn.GRU or a dict of arrays",
      external.set_weights, torch.nn.GRU)

# Checkpoints: dicts of dicts, and of what is no tensor.
weights = gru().state_dict()
nested = "{}: found a dict of others, expected one of a GRU's tensors: give {}"
for dicts, inside in (({"state_dict": weights, "epoch": 3}, "['state_dict']"),
                      ({"model": {"net": net.state_dict()}, 3: None}, "['model']['net']"),
                      ({"net": net, "ema": weights}, "['net'], {}['ema']")):
    for name, function in (("what", grucc.compile), ("weights", external.set_weights)):
        fails(nested.format(name, name + inside.format(name)), function, dicts)
for name, function in (("what", grucc.compile), ("weights", external.set_weights)):
    for key, said in ((3, "3"), (None, "None"), (b"weight_ih_l0", "b'weight_ih_l0'")):
        fails(f"{name}: found the key {said}, expected torch's names, such as weight_ih_l0",
              function, weights | {key: 3})

# The state dict of a whole model: its other tensors, of any dtype and class, hide nothing.
whole = net.state_dict()
assert whole["norm.num_batches_tracked"].dtype == torch.int64
strangers = {"epoch": 3, "what": None, "more": {"weight": 3}, "text": "text", "on_meta": torch.ones(
    3, device="meta"), "parts": torch.ones(3).to_sparse(), "big": torch.ones(1).expand(1 << 40)}
for what in (whole, strangers | whole, {"module." + name: value for name, value in whole.items()},
             {"_orig_mod." + name: value for name, value in whole.items()}):
    prefixes = [name.removesuffix("weight_ih_l0") for name in what if name.endswith("weight_ih_l0")]
    assert len(prefixes) == 3
    mentions("weights.safetensors: error: ", *prefixes, what=what)
    mentions(*prefixes, what=what, prefix="encoder.")
    model = grucc.compile(what, prefix=prefixes[0], batch_first=False, **TARGET)
    same(model(x)[0], grucc.compile(net.enc, **TARGET)(x)[0])
mentions("enc.", what=whole, prefix="enc")
mentions("weight_", what=torch.nn.LSTM(I, H).state_dict())
mentions("extra", what=weights | {"extra": None})
assert _in_python("w.safetensors: note: --prefix=enc. or --prefix=dec. takes the tensors") == (
    'w.safetensors: note: prefix="enc." or prefix="dec." takes the tensors')
