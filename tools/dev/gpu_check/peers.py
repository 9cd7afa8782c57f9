# ===- peers.py - What torch needs on the same card -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Section 3, in a worker with torch: torch.nn.GRU on the same shapes, and as ceilings a copy in
the device's memory and a product of matrices. Times in us. On a CPU it proves that this code runs."""

import time

import torch

from . import Problem, networks
from .times import measure

# Name: dtype, and whether products of float32 may round their operands to TF32.
MODES = {"float32": (torch.float32, False), "tf32": (torch.float32, True),
         "float16": (torch.float16, False), "bfloat16": (torch.bfloat16, False)}
COPY_BYTES = {"cuda": 1 << 29, "cpu": 1 << 23}
PRODUCT = {"cuda": 8192, "cpu": 256}  # n x n by n x n


class Peers:
    def __init__(self, on, steps, device):
        if on == "cuda" and not torch.cuda.is_available():
            raise Problem("torch: found one that sees no GPU, expected CUDA (--peers-on=cpu proves "
                          "this code alone)")
        self.on, self.steps = on, steps
        if on == "cpu":
            torch.set_num_threads(1)
        self.device = torch.device(on, device) if on == "cuda" else torch.device("cpu")
        self.key, self.module = None, None

    def facts(self):
        facts = {"on": self.on, "steps": self.steps, "torch": torch.__version__,
                 "cuda": torch.version.cuda}
        if self.on == "cuda":
            facts["name"] = torch.cuda.get_device_name(self.device)
            facts["cudnn"] = torch.backends.cudnn.version()
        return facts

    def once(self, work):
        if self.on == "cpu":
            def timed(n):
                start = time.perf_counter()
                for _ in range(n):
                    work()
                return (time.perf_counter() - start) * 1e6
            return timed
        events = [torch.cuda.Event(enable_timing=True) for _ in range(2)]

        def timed_by_events(n):
            with torch.cuda.device(self.device):
                events[0].record()
                for _ in range(n):
                    work()
                events[1].record()
                events[1].synchronize()
            return events[0].elapsed_time(events[1]) * 1e3
        return timed_by_events

    @torch.no_grad()  # as those who infer mostly have it; not all of torch knows inference_mode
    def judge(self, case):
        dtype, is_tf32 = MODES[case.get("mode", "float32")]
        torch.backends.cuda.matmul.allow_tf32 = is_tf32
        torch.backends.cudnn.allow_tf32 = is_tf32
        try:
            return getattr(self, case["kind"])(case, dtype)
        except (RuntimeError, NotImplementedError) as reason:  # a CPU without this dtype; no memory
            text = " ".join(str(reason).split())[:300]
            if self.on == "cuda" and "CUDA error" in text:
                raise Problem(text) from None
            return {"ok": None, "why": text}

    def copy(self, case, dtype):
        size = COPY_BYTES[self.on]
        source = torch.zeros(size, dtype=torch.uint8, device=self.device)
        target = torch.empty_like(source)
        took = measure(self.once(lambda: target.copy_(source)))
        return {"time": took, "gbps": 2 * size / took["median"] / 1e3}

    def product(self, case, dtype):
        n = PRODUCT[self.on]
        a, b = (torch.rand(n, n, device=self.device).sub_(0.5).to(dtype) for _ in range(2))
        took = measure(self.once(lambda: torch.mm(a, b)))
        return {"time": took, "tflops": 2 * n**3 / took["median"] / 1e6}

    def gru(self, case, dtype):
        key = case["H"], case["mode"]
        if key != self.key:
            gru = torch.nn.GRU(networks.INPUT_SIZE, case["H"]).eval()
            self.key, self.module = key, gru.to(self.device, dtype)
        x = torch.randn(self.steps, case["B"], networks.INPUT_SIZE).to(self.device, dtype)
        return {"cudnn": torch.backends.cudnn.is_acceptable(x),
                "time": measure(self.once(lambda: self.module(x)))}
