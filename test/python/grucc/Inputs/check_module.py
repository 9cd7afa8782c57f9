# ===- check_module.py - Modules that are more than their tensors -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""What a module computes now, or a refusal; the module itself stays as it is."""

import copy
import types
import warnings

import torch
from torch.nn.utils import parametrize, prune

import grucc
from expect import close, evaluate, fails

I, H = 5, 9
x = torch.randn(6, 3, I)
warnings.simplefilter("ignore", FutureWarning)  # torch's, for the old weight_norm
PLAIN = "compile a plain torch.nn.GRU that holds its weights"
external = grucc.compile(grucc.GRU(I, H), weights="external")


def attributes(module):
    """Everything that the module holds, and tensors' values."""
    return {name: (id(value), value.detach().clone() if isinstance(value, torch.Tensor) else
                   copy.copy(value)) for name, value in vars(module).items()}


def agrees(module, compile_it=False):
    """Both ways into a model give what the module gives next, and touch nothing."""
    before, held = {k: v.clone() for k, v in module.state_dict().items()}, attributes(module)
    generator = torch.get_rng_state()
    external.set_weights(module)
    models = [external, grucc.compile(module, weights="external")]
    if compile_it:
        models.append(grucc.compile(module))
    assert torch.equal(generator, torch.get_rng_state())
    after, holds = module.state_dict(), attributes(module)
    assert before.keys() == after.keys() and all(torch.equal(before[k], after[k]) for k in before)
    assert held.keys() == holds.keys()
    for name, (number, value) in held.items():
        assert holds[name][0] == number, name
        if isinstance(value, torch.Tensor):
            assert torch.equal(value, holds[name][1]), name
        elif isinstance(value, dict):
            assert list(map(id, value.values())) == list(map(id, holds[name][1].values())), name
    wanted = evaluate(module, x)[0]
    for model in models:
        close(model(x)[0], wanted)


def train(module, steps=3):
    optimizer = torch.optim.SGD(module.parameters(), 0.5)
    for _ in range(steps):
        loss = (module(x)[0] - 1).pow(2).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def reloaded(module, other):
    """`other` with the state of `module`: its plain attributes are stale."""
    other.load_state_dict(module.state_dict())
    return other


def both(text, module):
    """It is refused on both ways in."""
    fails(text, grucc.compile, module)
    fails(text, external.set_weights, module)


# Old-style weight_norm, spectral_norm and pruning compute the tensor in a pre-hook.
def normed(*names, dim=0):
    gru = torch.nn.GRU(I, H)
    for name in names:
        torch.nn.utils.weight_norm(gru, name, dim)
    return gru


def pruned():
    gru = torch.nn.GRU(I, H)
    prune.l1_unstructured(gru, "weight_hh_l0", 0.5)
    return gru


def spectral():
    return torch.nn.utils.spectral_norm(torch.nn.GRU(I, H), "weight_hh_l0")


gru = normed("weight_hh_l0")
train(gru)
agrees(gru, compile_it=True)
agrees(reloaded(normed("weight_ih_l0", "weight_hh_l0", dim=None),
                normed("weight_ih_l0", "weight_hh_l0", dim=None)))
gru = pruned()
train(gru)
agrees(gru)
loaded = torch.nn.GRU(I, H)
prune.identity(loaded, "weight_hh_l0")
agrees(reloaded(gru, loaded), compile_it=True)
prune.random_unstructured(loaded, "weight_hh_l0", 0.2)  # a container of two
prune.ln_structured(loaded, "weight_ih_l0", 0.3, n=2, dim=0)
prune.random_unstructured(loaded, "bias_hh_l0", 0.5)
train(loaded)
agrees(loaded)


class Halves(prune.BasePruningMethod):
    """A method of the program's own says which entries; torch's applies them."""
    PRUNING_TYPE = "unstructured"

    def compute_mask(self, t, default_mask):
        mask = default_mask.clone()
        mask[::2] = 0
        return mask


gru = torch.nn.GRU(I, H)
Halves.apply(gru, "weight_hh_l0")
train(gru)
agrees(gru)
gru = spectral()
train(gru)
both("weight_hh_l0: found spectral_norm in training mode, which changes it in every forward, "
     "expected module.eval() before", gru)
agrees(gru.eval())
agrees(reloaded(gru, spectral().eval()))

# Hooks run in their order: here weight_norm reads what the pruning has left the time before.
gru = normed("weight_hh_l0")
prune.random_unstructured(gru, "weight_hh_l0_v", 0.5)
train(gru)
agrees(gru)
agrees(gru)

# New parametrizations are evaluated beside the module, with their buffers and generators.
gru = torch.nn.GRU(I, H)
torch.nn.utils.parametrizations.weight_norm(gru, "weight_hh_l0")
torch.nn.utils.parametrizations.orthogonal(gru, "weight_ih_l0")
train(gru)
agrees(gru)
with parametrize.cached():
    evaluate(gru, x)
    with torch.no_grad():
        gru.parametrizations.weight_hh_l0.original1.mul_(torch.linspace(1, 2, H))
    agrees(gru)  # of the moment that is kept
agrees(gru)
gru = torch.nn.GRU(I, H)
torch.nn.utils.parametrizations.spectral_norm(gru, "weight_ih_l0")
ANOTHER = ("found a parametrization that gives another tensor every time, expected module.eval() "
           "or torch.nn.utils.parametrize.remove_parametrizations before")
buffers = {name: value.clone() for name, value in gru.named_buffers()}
both(f"weight_ih_l0: {ANOTHER}", gru)
assert buffers and all(torch.equal(value, buffers[name]) for name, value in gru.named_buffers())
agrees(gru.eval())


class Noise(torch.nn.Module):
    def forward(self, weight):
        return torch.nn.functional.dropout(weight, 0.5, self.training)


gru = torch.nn.GRU(I, H)
parametrize.register_parametrization(gru, "bias_hh_l0", Noise())
generator = torch.get_rng_state()
both(f"bias_hh_l0: {ANOTHER}", gru)
assert torch.equal(generator, torch.get_rng_state())
agrees(gru.eval())


class Holds(torch.nn.Module):
    def __init__(self, tensor):
        super().__init__()
        self.tensor = tensor

    def forward(self, weight):
        return weight * self.tensor


gru = torch.nn.GRU(I, H)
computed = torch.ones(1, requires_grad=True) * 2  # no leaf, which torch does not copy
parametrize.register_parametrization(gru, "bias_hh_l0", Holds(computed))
try:
    grucc.compile(gru)
except grucc.InputError as error:
    assert "bias_hh_l0: found a parametrization that cannot be copied (" in str(error)
else:
    raise AssertionError("a parametrization that cannot be copied was compiled")

# A forward reads _flat_weights, and renews them when it sees another attribute.
gru = torch.nn.GRU(I, H)
gru.weight_hh_l0.data = torch.randn(3 * H, H)
agrees(gru)
gru.weight_hh_l0 = torch.nn.Parameter(torch.randn(3 * H, H))
agrees(gru)
gru._flat_weights[1] = torch.randn(3 * H, H)
agrees(gru)  # renewed, since the new Parameter has not been seen yet
gru._flat_weights[1] = torch.randn(3 * H, H)
agrees(gru)  # not renewed
gru = torch.nn.GRU(I, H)
kept = gru.weight_hh_l0
del gru.weight_hh_l0
agrees(gru)  # torch goes on with what it has
gru.weight_hh_l0 = kept
del gru.weight_hh_l0, gru.bias_hh_l0
gru.weight_hh_l0 = torch.nn.Parameter(kept.detach() / 2)  # seen, and then bias_hh_l0 is missed
fails("bias_hh_l0: found none, expected a tensor", external.set_weights, gru)
gru = copy.deepcopy(torch.nn.GRU(I, H))
agrees(gru)
tied = torch.nn.GRU(H, H)
tied.weight_hh_l0 = tied.weight_ih_l0
given = torch.randn(4, 2, H)
close(grucc.compile(tied)(given)[0], evaluate(tied, given)[0])

# Arguments that have been changed since, and do not go with the tensors.
gru = torch.nn.GRU(I, H, 2)
gru.num_layers = 1
both(f"what: found a module of the tensors {gru._flat_weights_names}, expected "
     f"{gru._flat_weights_names[:4]}, as its arguments say", gru)
gru = torch.nn.GRU(I, H)
gru.proj_size = 4
both("proj_size: found 4, expected 0", gru)
gru = torch.nn.GRU(I, H)
gru.batch_first = True
close(grucc.compile(gru)(x)[0], evaluate(gru, x)[0])
fails("batch_first: found True in the module, expected False, as the model has it; "
      "module.state_dict() are the weights alone", external.set_weights, gru)


# Methods of its own: what they compute is not in the weights.
def own(name):
    def method(self, *arguments, **flags):
        return getattr(super(cls, self), name)(*arguments, **flags)
    cls = type("Own", (torch.nn.GRU,), {name: method})
    return cls(I, H)


def another(kind, name):
    return (f"what: found {kind} with another {name} than torch.nn.GRU's, expected "
            f"torch.nn.GRU's: what another computes is not in the weights; {PLAIN}")


for name in ("forward", "__call__", "permute_hidden", "check_forward_args", "check_input",
             "get_expected_hidden_size", "_update_flat_weights", "_call_impl"):
    both(another("Own", name), own(name))
gru = torch.nn.GRU(I, H)
gru.forward = lambda input, hx=None: torch.nn.GRU.forward(gru, 2 * input, hx)
both(another("GRU", "forward"), gru)
gru.forward = torch.nn.GRU(I, H).forward  # bound to another module
both(another("GRU", "forward"), gru)
gru.forward = types.MethodType(torch.nn.GRU.forward, gru)
agrees(gru)
plain = torch.nn.GRU.forward
try:
    torch.nn.GRU.forward = lambda self, input, hx=None: plain(self, 2 * input, hx)
    both(another("GRU", "forward"), torch.nn.GRU(I, H))
finally:
    torch.nn.GRU.forward = plain
gru = torch.nn.GRU(I, H)
gru._compiled_call_impl = lambda *arguments: None
both(another("GRU", "__call__"), gru)
gru.compile(backend="eager")
external.set_weights(gru)
close(external(x)[0], evaluate(gru, x)[0])


class Getattribute(torch.nn.GRU):
    def __getattribute__(self, name):
        value = super().__getattribute__(name)
        return [2 * one for one in value] if name == "_flat_weights" else value


class Getattr(torch.nn.GRU):
    def __getattr__(self, name):
        value = super().__getattr__(name)
        return 2 * value if name == "weight_hh_l0" else value


class FlatWeights(torch.nn.GRU):
    @property
    def _flat_weights(self):
        return [2 * one for one in self.__dict__["held"]]

    @_flat_weights.setter
    def _flat_weights(self, value):
        self.__dict__["held"] = value


class OneWeight(torch.nn.GRU):
    pass


one_weight = OneWeight(I, H)
OneWeight.bias_hh_l0 = property(lambda self: 2 * self._parameters["bias_hh_l0"])
both(another("Getattribute", "__getattribute__"), Getattribute(I, H))
both(another("Getattr", "__getattr__"), Getattr(I, H))
for gru, name in ((FlatWeights(I, H), "_flat_weights"), (one_weight, "bias_hh_l0")):
    both(f"what: found {type(gru).__name__} with {name} of its class, expected it in the module "
         f"alone; {PLAIN}", gru)


class Adds(torch.nn.GRU):
    """What changes no result is taken."""

    def __init__(self, width):
        super().__init__(width, H)
        self.scale = 2

    def flatten_parameters(self):
        pass

    def reset_parameters(self):
        for value in self.parameters():
            torch.nn.init.normal_(value, std=0.1)

    def extra_repr(self):
        return "adds"

    def run(self, input):
        return self(self.scale * input)


gru = Adds(I)
agrees(gru, compile_it=True)
gru.flatten_parameters = lambda: None
agrees(gru)

# Hooks.
def hook(*arguments):
    return None


def refuses(kind, handle, gru):
    both(f"what: found the {kind} hook, expected none: what it does is not compiled; remove it, or "
         f"{PLAIN}", gru)
    handle.remove()
    agrees(gru)


gru = torch.nn.GRU(I, H)
every = torch.nn.modules.module
refuses("forward hook", gru.register_forward_hook(hook), gru)
refuses("forward pre-hook", gru.register_forward_pre_hook(hook), gru)
refuses("forward pre-hook", gru.register_forward_pre_hook(hook, with_kwargs=True), gru)
refuses("forward hook of all modules", every.register_module_forward_hook(hook), gru)
refuses("forward pre-hook of all modules", every.register_module_forward_pre_hook(hook), gru)
gru = normed("weight_hh_l0")
refuses("forward pre-hook", gru.register_forward_pre_hook(hook), gru)
gru.register_full_backward_hook(hook)  # forwards stay
gru.register_full_backward_pre_hook(hook)
external.set_weights(gru)
close(external(x)[0], evaluate(gru, x)[0])


class OwnMask(prune.Identity):
    def apply_mask(self, module):
        return 2 * super().apply_mask(module)


gru = torch.nn.GRU(I, H)
OwnMask.apply(gru, "weight_hh_l0")
both(f"what: found the forward pre-hook OwnMask, expected none: what it does is not compiled; "
     f"remove it, or {PLAIN}", gru)
gru = normed("weight_hh_l0")
del gru.weight_hh_l0_g
try:
    grucc.compile(gru)
except grucc.InputError as error:
    assert str(error).startswith("what: found a module whose weights cannot be computed ("), error

# No weights.
both("weight_ih_l0: found a tensor on meta, expected one with values",
     torch.nn.GRU(I, H, device="meta"))
