# ===- check_drop_in.py - A model in the place of a torch.nn.GRU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""net.gru = grucc.compile(net.gru). Run in an empty folder."""

import copy
import io
import pickle
import subprocess
import sys
import warnings

import torch
from torch.nn.utils.rnn import pack_sequence

import grucc
import grucc.torch
from expect import close, evaluate, fails, same

I, H, T, B = 5, 9, 6, 3
x = torch.randn(T, B, I)
warnings.simplefilter("error")
warnings.simplefilter("ignore", DeprecationWarning)  # torch's, for torch.jit.trace


class Net(torch.nn.Module):
    def __init__(self, **flags):
        super().__init__()
        self.linear, self.gru = torch.nn.Linear(I, I), torch.nn.GRU(I, H, **flags)

    def forward(self, x, hx=None):
        self.gru.flatten_parameters()
        return self.gru(self.linear(x), hx=hx)


def compiled(**flags):
    """(the module, one whose GRU is compiled)."""
    net = Net(**flags).eval()
    other = copy.deepcopy(net)
    other.gru = grucc.compile(other.gru)
    return net, other


def raises(kind, text, function, *arguments):
    try:
        function(*arguments)
    except kind as error:
        assert text in str(error), error
    else:
        raise AssertionError("no error, expected " + text)


# It is assigned and called as the GRU that it was, and is a grucc.Model as well.
for flags in ({}, {"num_layers": 2, "bidirectional": True, "batch_first": True},
              {"dtype": torch.float64}):
    net, other = compiled(**flags)
    assert isinstance(other.gru, grucc.Model) and isinstance(other.gru, torch.nn.Module)
    assert dict(other.named_modules())["gru"] is other.gru and not list(other.gru.parameters())
    for name in ("input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout",
                 "bidirectional", "proj_size", "training"):
        assert getattr(other.gru, name) == getattr(net.gru, name), name
    gru, model, given = net.gru, other.gru, x.to(net.gru.weight_hh_l0.dtype)
    packed = pack_sequence([given[:n, 0] for n in (2, 5, 1)], enforce_sorted=False)
    states = gru.num_layers * (1 + gru.bidirectional)
    for one, shape in ((given, (states, given.shape[not gru.batch_first], H)),
                       (given[:, 0], (states, H)), (packed, (states, 3, H))):
        hx = torch.randn(shape, dtype=given.dtype)
        for arguments, named in (((), {}), ((hx,), {}), ((), {"hx": hx})):
            output, h_n = model(one, *arguments, **named)
            with torch.no_grad():
                wanted = gru(one, *arguments, **named)
            if one is packed:
                assert type(output) is type(packed)
                output, wanted = output.data, (wanted[0].data, wanted[1])
            close(output, wanted[0])
            close(h_n, wanted[1])
net, other = compiled()
close(evaluate(other, x)[0], evaluate(net, x)[0])
assert repr(other.gru) in repr(other) and repr(other.gru).startswith("grucc.Model(GRU(")
same(other.gru(x.numpy())[0], other.gru(x)[0].numpy())
y, state = other.gru.step(x[0])
same(y, other.gru(x)[0][0])
holder = torch.nn.Sequential(grucc.compile(torch.nn.GRU(I, H)))
assert holder(x)[0].shape == (T, B, H)

# What is no torch.nn.GRU gives a plain model; torch.Model opens a file as a module.
other.gru.save("gru.so")
plain = grucc.load("gru.so")
assert type(plain) is grucc.Model
raises(TypeError, "cannot assign 'grucc._model.Model' as child module 'gru'", setattr, other, "gru",
       plain)
other.gru = grucc.torch.Model("gru.so")
again = copy.deepcopy(other)
same(evaluate(again, x)[0], evaluate(other, x)[0])
assert type(again.gru) is grucc.torch.Model

# Weights: said to be none, when asked for and when given.
net, other = compiled()
text = ("state_dict: found {}, which grucc has compiled, expected torch's own GRU: its weights are "
        "constants of the code; its `save` keeps them, grucc.torch.compile_module keeps weights as "
        "torch's parameters")
fails(text.format("gru"), other.state_dict, kind=grucc.Error)
fails(text.format("a model"), other.gru.state_dict, kind=grucc.Error)
for strict in (True, False):
    raises(RuntimeError, "gru: found gru.weight_ih_l0 for a model that grucc has compiled, whose "
           "weights are constants of the code, expected to load before grucc.compile; grucc.torch."
           "compile_module keeps weights as torch's parameters",
           lambda: other.load_state_dict(net.state_dict(), strict=strict))
other.load_state_dict({name: value for name, value in net.state_dict().items()
                       if name.startswith("linear")})

# Devices and dtypes: nothing to do, or an error.
wanted = evaluate(other, x)[0]
for function in (lambda: other.to("cpu"), lambda: other.float(), lambda: other.cpu(),
                 lambda: other.to(torch.float32), other.share_memory, other.zero_grad):
    function()
same(evaluate(other, x)[0], wanted)
converted = ("to: found {}, expected {}, which the model was compiled for: torch's own module is "
             "converted before grucc.compile")
for function, found in ((other.half, "float16"), (other.double, "float64"),
                        (lambda: other.to(torch.bfloat16), "bfloat16")):
    fails(converted.format("torch." + found, "torch.float32"), function)
fails(converted.format("torch.float32", "torch.float64"), compiled(dtype=torch.float64)[1].float)
fails("to: found meta, expected cpu, which the model was compiled for (" + other.gru.target +
      '): grucc.compile(gru, target="sm_80") and the like make models for NVIDIA\'s GPUs',
      other.gru.to, "meta")
grucc.compile(torch.nn.GRU(I, H), target="sm_80").to("meta")  # it follows its input

# Modes: what it was compiled for stays, and what train() does not do is said.
net, other = compiled()
assert other.train() is other and other.training and not other.gru.training
same(evaluate(other, x)[0], evaluate(other.eval(), x)[0])
net, other = compiled(num_layers=2, dropout=0.5)
with warnings.catch_warnings(record=True) as texts:
    warnings.simplefilter("always")
    other.train().train()
assert [str(one.message) for one in texts] == [
    "dropout: found train() of a model compiled for inference, which drops nothing, expected "
    "eval(), or torch's own module to train"] and texts[0].filename.endswith("module.py")
same(evaluate(other, x)[0], evaluate(other.eval(), x)[0])
drops = grucc.compile(torch.nn.GRU(I, H, 2, dropout=0.5), training=True)
for mode in (True, False):
    assert drops.train(mode).training
    fails("dropout_seed: found neither a seed nor a mask, expected one of them", drops, x)
    same(drops(x, dropout_seed=1)[0], drops(x, dropout_seed=1)[0])

# Gradients end here, which is said once.
net, other = compiled()
with warnings.catch_warnings(record=True) as texts:
    warnings.simplefilter("always")
    for _ in range(2):
        assert not other(x)[0].requires_grad
    other.gru(x, torch.zeros(1, B, H, requires_grad=True))
    other.gru(pack_sequence([x[:, 0].clone().requires_grad_()]))
assert [str(one.message) for one in texts] == [
    "input: found one that requires gradients, which end at a compiled model, expected "
    "torch.no_grad() around the call, or torch's own module to train"]
assert texts[0].filename == __file__
compiled()[1].gru(x)

# Hooks run, and go along.
def doubled(module, arguments, result):
    return result[0] * 2, result[1]


net, other = compiled()
wanted = evaluate(other, x)[0]
handle = other.gru.register_forward_hook(doubled)
same(evaluate(other, x)[0], wanted * 2)
file = io.BytesIO()
torch.save(other, file)
file.seek(0)
for again in (copy.deepcopy(other), pickle.loads(pickle.dumps(other)),
              torch.load(file, weights_only=False)):
    assert type(again.gru) is grucc.torch.Model
    same(evaluate(again, x)[0], wanted * 2)
handle.remove()
same(evaluate(other, x)[0], wanted)

# torch.compile leaves it to Python; what records is refused.
function = torch.compile(other, backend="eager")
with torch.no_grad():
    same(function(x)[0], wanted)
recorded = "a compiled model is no operator of torch"
raises(grucc.Error, recorded, lambda: torch.export.export(other, (x,)))
raises(grucc.Error, recorded, lambda: torch.jit.trace(other, (x,)))
raises(grucc.Error, recorded, lambda: torch.fx.symbolic_trace(other))

# A process without torch gets the plain model.
with open("gru.pickle", "wb") as file:
    pickle.dump(other.gru, file)
done = subprocess.run([sys.executable, "-c", """if True:
    import pickle, sys
    model = pickle.load(open("gru.pickle", "rb"))
    assert "torch" not in sys.modules and type(model).__module__ == "grucc._model"
    print(model.hidden_size)"""], capture_output=True, text=True)
assert done.stdout == f"{H}\n", done
