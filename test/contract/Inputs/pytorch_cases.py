# ===- pytorch_cases.py - PyTorch's own cases of torch.nn.GRU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===--------------------------------------------------------=== #
"""The module inputs and error inputs of torch.testing._internal.common_modules, by which PyTorch
tests its modules, run through grucc.compile."""

import warnings

import grucc
import torch
from torch.nn.utils.rnn import PackedSequence
from torch.testing._internal import common_modules
from torch.testing._internal.common_modules import ModuleErrorEnum

info = next(i for i in common_modules.module_db if i.module_cls is torch.nn.GRU)
DTYPES = (torch.float32, torch.float64)


def leaves(value):
    if isinstance(value, torch.Tensor):
        return [value]
    return [leaf for part in value if part is not None for leaf in leaves(part)]


def expect_close(found, expected, dtype):
    """Leaf by leaf, with the kinds and shapes that torch gives."""
    assert type(found) is type(expected), (type(found), type(expected))
    for a, b in zip(leaves(found), leaves(expected), strict=True):
        torch.testing.assert_close(a, b, rtol=0, atol=1e-12 if dtype.itemsize == 8 else 4e-6)


def run_inputs():
    made = {}
    count = {"padded": 0, "packed": 0, "not contiguous": 0, "transposed batch": 0}
    for dtype in DTYPES:
        # Without dropout training is the same.
        for training in (False, True) if dtype is torch.float32 else (False,):
            for sample in info.module_inputs_func(info, "cpu", dtype, False, training,
                                                  with_packed_sequence=True):
                of_module, forward = sample.constructor_input, sample.forward_input
                key = dtype, training, repr(of_module.args), repr(of_module.kwargs)
                if key not in made:
                    module = torch.nn.GRU(*of_module.args, **of_module.kwargs, dtype=dtype)
                    module.train(training).requires_grad_(False)
                    made[key] = module, grucc.compile(module, cache=False)
                module, model = made[key]
                for _ in range(2):  # as test_forward: twice, the second time in other memory
                    expected = module(*forward.args, **forward.kwargs)
                    expect_close(model(*forward.args, **forward.kwargs), expected, dtype)
                packed = isinstance(forward.args[0], PackedSequence)
                count["packed" if packed else "padded"] += 1
                if packed:
                    continue
                # As test_non_contiguous_tensors.
                strided = [torch.stack([a, a], dim=-1)[..., 0] for a in forward.args]
                expect_close(model(*strided), expected, dtype)
                count["not contiguous"] += 1
                # As the reference function: a batch of one row is the row alone.
                axis = 0 if module.batch_first else 1
                batched = model(forward.args[0].unsqueeze(axis),
                                *(a.unsqueeze(1) for a in forward.args[1:]))
                expect_close(tuple(a.squeeze(d) for a, d in zip(batched, (axis, 1))), expected, dtype)
                count["transposed batch"] += 1
    assert min(count.values()) >= 32, count
    print(", ".join(f"{number} {what}" for what, number in count.items()))


def fails(function, *arguments, **options):
    try:
        function(*arguments, **options)
    except grucc.InputError as error:
        text = str(error)
        assert "found" in text and "expected" in text and "\n" not in text.strip(), text
        return True
    return False


def run_error_inputs():
    """What torch refuses to make or to run, grucc refuses, too, and says why."""
    made_count = run_count = 0
    for dtype in DTYPES:
        for case in info.module_error_inputs_func(info, "cpu", dtype, False, False):
            sample = case.module_error_input
            made, forward = sample.constructor_input, sample.forward_input
            if case.error_on is ModuleErrorEnum.CONSTRUCTION_ERROR:
                arguments = {name: value for name, value in made.kwargs.items()
                             if name not in ("dtype", "device")}
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    assert fails(lambda: grucc.compile(grucc.GRU(*made.args, **arguments),
                                                       cache=False)), (made.args, arguments)
                made_count += 1
            else:
                module = torch.nn.GRU(*made.args, **made.kwargs)
                model = grucc.compile(module, cache=False)
                assert fails(model, *forward.args, **forward.kwargs), forward.args
                run_count += 1
    assert made_count >= 20 and run_count >= 2, (made_count, run_count)
    print(f"{made_count} networks and {run_count} calls refused")


run_inputs()
run_error_inputs()
