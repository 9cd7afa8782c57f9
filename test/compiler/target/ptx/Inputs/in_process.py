# ===- in_process.py - Kernels interpreted without a process for each launch -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===---------------------------------------------------------------------=== #
"""Interpreted, by the stand-in for the driver (test/runtime/cuda/standin), which interprets as
strictly as grucc-ptx-run does and prints what it finds wrong on standard error."""

import ctypes
import math
import os
from ctypes import byref, c_long, c_uint, c_uint64, c_void_p

import numpy as np

from interpreted import Interpreted

_MAX_DYNAMIC_SHARED = 8  # CU_FUNC_ATTRIBUTE_...


class Driver:
    """The stand-in, from where it was built, with device 0 current."""

    def __init__(self, path):
        os.environ["STANDIN_CAPABILITY"] = "90"  # of the most shared memory
        self.library = ctypes.CDLL(path)
        device, context = ctypes.c_int(), c_void_p()
        self.call("cuInit", 0)
        self.call("cuDeviceGet", byref(device), 0)
        self.call("cuDevicePrimaryCtxRetain", byref(context), device)
        self.call("cuCtxPushCurrent_v2", context)
        self.device = device

    def call(self, name, *arguments):
        result = getattr(self.library, name)(*arguments)
        assert result == 0, f"{name}: found result {result}, expected 0"

    def close(self):
        """What is left on the device is complained about after the end of the process."""
        self.call("cuCtxPopCurrent_v2", byref(c_void_p()))
        self.call("cuDevicePrimaryCtxRelease_v2", self.device)


class InProcess(Interpreted):
    """A compiled model; warps run in a random order drawn from `seed`, or, without one, always
    the one that is behind."""

    def __init__(self, driver, path, seed=None):
        super().__init__(path, folder=None)
        self.driver, self.seed, self.module = driver, seed, c_void_p()
        with open(path, "rb") as file:
            driver.call("cuModuleLoadDataEx", byref(self.module), file.read() + b"\0", 0, None, None)

    def close(self):
        self.driver.call("cuModuleUnload", self.module)

    def launch(self, kernel, rows, arguments, written):
        name, threads, shared, block_rows, columns = self.kernels[kernel]
        call, function = self.driver.call, c_void_p()
        call("cuModuleGetFunction", byref(function), self.module, name.encode())
        call("cuFuncSetAttribute", function, _MAX_DYNAMIC_SHARED, shared)
        words, places, results = [], {}, {}
        try:
            for i, argument in enumerate(arguments):
                is_new = isinstance(argument, tuple)
                if not is_new and not isinstance(argument, np.ndarray):
                    words.append(c_uint64((argument or 0) & (2**64 - 1)))
                    continue
                size = 4 * math.prod(argument) if is_new else argument.nbytes
                words.append(c_uint64())
                call("cuMemAlloc_v2", byref(words[i]), ctypes.c_size_t(max(size, 1)))
                places[i] = size
                if not is_new:
                    data = np.ascontiguousarray(argument)
                    call("cuMemcpyHtoDAsync_v2", words[i], c_void_p(data.ctypes.data),
                         ctypes.c_size_t(size), None)
            pointers = (c_void_p * len(words))(*(ctypes.addressof(word) for word in words))
            self.driver.library.standin_seed(c_long(-1 if self.seed is None else self.seed))
            call("cuLaunchKernel", function, *map(c_uint, (-(-rows // block_rows), columns, 1)),
                 *map(c_uint, (threads, 1, 1)), c_uint(shared), None, pointers, None)
            call("cuStreamSynchronize", None)
            for i in written:
                shape = arguments[i] if isinstance(arguments[i], tuple) else arguments[i].shape
                results[i] = np.empty(shape, np.float32)
                call("cuMemcpyDtoHAsync_v2", c_void_p(results[i].ctypes.data), words[i],
                     ctypes.c_size_t(results[i].nbytes), None)
        finally:
            self.driver.library.standin_repair()
            for i in places:
                call("cuMemFree_v2", words[i])
        return [results[i] for i in written]
