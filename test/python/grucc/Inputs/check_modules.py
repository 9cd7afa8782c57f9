# ===- check_modules.py - Modules with compiled GRUs, called eagerly -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""compile_module: the same answers as torch's module, whatever its weights become."""

import concurrent.futures
import copy
import gc
import io
import pickle
import warnings

import torch
from torch.nn.utils.rnn import pack_sequence

import grucc.torch
from expect import close, evaluate, same
from grucc import _operator
from torch_net import I, Net, as_close

warnings.simplefilter("error")  # nothing here goes to torch
warnings.filterwarnings("ignore", category=FutureWarning)  # torch's, for the old weight_norm
H, T, B = 9, 6, 3
x = torch.randn(T, B, I)


def check_net():
    """Every GRU and cell inside is another; nothing else is."""
    net = Net().eval()
    before = {name: type(one) for name, one in net.named_modules()}
    fast = grucc.torch.compile_module(net)
    assert {name: type(one) for name, one in net.named_modules()} == before
    assert all(value.requires_grad for value in net.parameters())
    assert not any(value.requires_grad for value in fast.parameters())
    names = {torch.nn.GRU: grucc.torch.GRU, torch.nn.GRUCell: grucc.torch.GRUCell}
    assert {name: type(one) for name, one in fast.named_modules()} == {
        name: names.get(kind, kind) for name, kind in before.items()}
    assert repr(fast.cell) == "grucc.torch.GRUCell(7, 7)"
    for given in (x, torch.randn(1, 1, I), torch.randn(31, 5, I)):
        as_close(fast(given), net, given)
    # In place it is the module itself, and its parameters are as they were.
    other = copy.deepcopy(net)
    parameters = list(other.parameters())
    assert grucc.torch.compile_module(other, inplace=True) is other
    assert all(a is b and a.requires_grad for a, b in zip(other.parameters(), parameters))
    for a, b in zip(evaluate(other, x), fast(x)):
        same(a, b)
    assert type(grucc.torch.compile_module(other)) is Net  # once more changes nothing
    # Its weights are torch's own business.
    assert list(fast.state_dict()) == list(net.state_dict())
    fresh = Net().eval()
    fast.load_state_dict(fresh.state_dict())
    as_close(fast(x), fresh, x)
    net.load_state_dict(fast.state_dict())
    as_close(fast(x), net, x)
    for a, b in zip(fast.double()(x.double()), evaluate(net.double(), x.double())):
        close(a, b)


def check_every_network():
    """A module itself, in every form of a call, gives the bits of grucc.compile."""
    for flags in ({}, {"num_layers": 2, "bidirectional": True, "batch_first": True},
                  {"bias": False, "dtype": torch.float64}, {"num_layers": 3, "dropout": 0.5}):
        gru = torch.nn.GRU(I, H, **flags).eval()
        fast, model = grucc.torch.compile_module(gru), grucc.compile(gru)
        states = gru.num_layers * (1 + gru.bidirectional)
        dtype = flags.get("dtype")
        rows = [torch.randn(n, I, dtype=dtype) for n in (2, 7, 1, 5)]
        packed = pack_sequence(rows, enforce_sorted=False)
        wide = torch.randn(5, 4, 2 * I, dtype=dtype)[:, :, ::2]
        for given, shape in ((wide, (states, 5 if gru.batch_first else 4, H)),
                             (rows[1], (states, H)), (packed, (states, 4, H))):
            h_0 = torch.randn(shape, dtype=dtype)
            for hx in (None, h_0):
                output, h_n = fast(given, hx)
                for wanted, agree in ((model(given, hx), same), (evaluate(gru, given, hx), close)):
                    if given is packed:
                        assert type(output) is type(packed)
                        agree(output.data, wanted[0].data)
                    else:
                        agree(output, wanted[0])
                    agree(h_n, wanted[1])
                same(fast(given, hx=hx)[1], h_n)
        same(grucc.compile(fast.to_torch())(wide)[0], model(wide)[0])
        assert type(fast.to_torch()) is torch.nn.GRU and type(fast) is grucc.torch.GRU
    for flags in ({}, {"bias": False, "dtype": torch.float64}):
        cell = torch.nn.GRUCell(I, H, **flags)
        fast = grucc.torch.compile_module(cell)
        for rows in ((), (4,)):
            given = torch.randn(*rows, I, dtype=flags.get("dtype"))
            state = torch.randn(*rows, H, dtype=flags.get("dtype"))
            close(fast(given), evaluate(cell, given))
            close(fast(given, hx=state), evaluate(cell, given, state))
    wanted = evaluate(fast, given)
    for target in ("x86-64-v3", ["x86-64-v3", "x86-64-v2"]):
        same(grucc.torch.compile_module(cell, target=target, threads=2)(given), wanted)


def check_writes():
    """What is written to a weight is seen by the next call, however."""
    gru = torch.nn.GRU(I, H)
    model = grucc.compile(gru, weights="external")
    fast = grucc.torch.compile_module(gru, inplace=True)

    def now():
        model.set_weights(fast.to_torch())
        same(evaluate(fast, x)[0], model(x)[0])

    optimizer = torch.optim.SGD(fast.parameters(), 0.5)
    now()
    with torch.no_grad():
        fast.weight_hh_l0[3, 4] = 2
        now()
        fast.bias_ih_l0.mul_(2)
        now()
        fast.weight_ih_l0.copy_(torch.randn(3 * H, I))
        now()
    for value in fast.parameters():
        value.grad = torch.ones_like(value)
    optimizer.step()
    now()
    fast.weight_hh_l0 = torch.nn.Parameter(torch.randn(3 * H, H))
    now()
    fast.weight_hh_l0.data = torch.randn(3 * H, H)
    now()
    # torch counts none of these.
    fast.weight_hh_l0.data.neg_()
    now()
    fast.weight_hh_l0.detach().numpy()[:] *= 0.5
    now()
    fast.bias_hh_l0.data[1] = 3
    grucc.torch.forget()
    now()
    # Another's memory at the same place is another tensor.
    for _ in range(20):
        fast.weight_hh_l0 = torch.nn.Parameter(torch.randn(3 * H, H))
        now()
    # Weights that lie otherwise, and those that count nothing.
    fast.weight_hh_l0 = torch.nn.Parameter(torch.randn(H, 3 * H).t())
    now()
    with torch.inference_mode():
        other = grucc.torch.compile_module(torch.nn.GRU(I, H))
        wanted = grucc.compile(other.to_torch())(x)[0]
        same(other(x)[0].clone(), wanted)
        other.bias_hh_l0[1] = 3
        assert (other(x)[0] != wanted).any()
    # What sets a weight before every forward goes on to.
    normed = torch.nn.utils.weight_norm(torch.nn.GRU(I, H), "weight_hh_l0")
    fast = grucc.torch.compile_module(normed, inplace=True)
    close(evaluate(fast, x)[0], evaluate(normed, x)[0])
    with torch.no_grad():
        fast.weight_hh_l0_g.mul_(2)
        same(fast(x)[0], grucc.compile(fast.to_torch())(x)[0])
    # torch.func's replacement of tensors.
    fast, gru = grucc.torch.compile_module(torch.nn.GRU(I, H)), torch.nn.GRU(I, H)
    given = {name: value.detach() for name, value in gru.named_parameters()}
    same(torch.func.functional_call(fast, given, (x,))[0], grucc.compile(gru)(x)[0])
    # What is kept goes with the weights.
    del fast, normed, other, optimizer, value
    gc.collect()
    cell = grucc.torch.compile_module(torch.nn.GRUCell(I, H))
    cell(x[0])
    assert _operator._held and all(not held.is_gone() for held in _operator._held.values())


def check_copies():
    fast = grucc.torch.compile_module(torch.nn.GRU(I, H))
    wanted, file = fast(x)[0], io.BytesIO()
    torch.save(fast, file)
    file.seek(0)
    for other in (copy.copy(fast), copy.deepcopy(fast), pickle.loads(pickle.dumps(fast)),
                  torch.load(file, weights_only=False)):
        same(other(x)[0], wanted)
    with torch.no_grad():
        fast.weight_hh_l0.zero_()
    same(other(x)[0], wanted)


def check_hooks_and_threads():
    gru = torch.nn.GRU(I, H)
    gru.register_forward_hook(lambda module, arguments, result: (result[0] * 2, result[1]))
    fast = grucc.torch.compile_module(gru)
    close(fast(x)[0], evaluate(gru, x)[0])
    many = [grucc.torch.compile_module(torch.nn.GRU(I, H)) for _ in range(4)]
    wanted = [one(x)[0] for one in many]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for i, found in enumerate(pool.map(lambda i: many[i % 4](x)[0], range(400))):
            same(found, wanted[i % 4])


if __name__ == "__main__":
    check_net()
    check_every_network()
    check_writes()
    check_copies()
    check_hooks_and_threads()
