# ===- driver.py - NVIDIA's driver library, through ctypes -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""The primary context of one device, memory with guards, kernels by themselves, and events."""

import ctypes
import time
from ctypes import byref, c_char_p, c_float, c_int, c_size_t, c_ubyte, c_uint, c_uint64, c_void_p

from . import Problem

GUARD = 256  # bytes before and behind every tensor
POISON = (0x7FC0DEAD).to_bytes(4, "little")  # a NaN that no arithmetic makes

# CUdevice_attribute of what is written down of a card.
FACTS = {"multiprocessors": 16, "clock_khz": 13, "memory_clock_khz": 36, "memory_bus_bits": 37,
         "l2_bytes": 38, "shared_bytes_optin": 97, "threads_a_multiprocessor": 39}
_MAJOR, _MINOR = 75, 76
_MAX_DYNAMIC_SHARED = 8  # CUfunction_attribute
_LOG, _LOG_SIZE = 5, 6  # CUjit_option


class DriverError(Exception):
    """In the driver's words."""


class Driver:
    """Opened and initialised, with the primary context of one device current."""

    def __init__(self, number=0):
        try:
            self.library = ctypes.CDLL("libcuda.so.1")
        except OSError:
            raise Problem("driver: found no libcuda.so.1, expected NVIDIA's driver") from None
        self.context, self.device = None, c_int()
        count, context = c_int(), c_void_p()
        try:
            self.call("cuInit", c_uint(0))
            self.call("cuDeviceGetCount", byref(count))
            if not 0 <= number < count.value:
                raise Problem(f"device: found {count.value} devices, expected device {number}")
            self.call("cuDeviceGet", byref(self.device), c_int(number))
            self.capability = 10 * self.attribute(_MAJOR) + self.attribute(_MINOR)
            self.call("cuDevicePrimaryCtxRetain", byref(context), self.device)
            self.context = context
            self.call("cuCtxPushCurrent_v2", context)
        except DriverError as reason:
            raise Problem(f"device: found {reason}, expected a GPU that works") from None

    def call(self, name, *arguments):
        try:
            status = getattr(self.library, name)(*arguments)
        except AttributeError:
            raise DriverError(f"no {name}") from None
        self.check(name, status)

    def check(self, name, status):
        if status:
            texts = []
            for ask in ("cuGetErrorName", "cuGetErrorString"):
                text = c_char_p()
                if getattr(self.library, ask)(status, byref(text)) == 0 and text.value:
                    texts.append(text.value.decode(errors="replace"))
            raise DriverError(f"{name}: {texts[0] if texts else status}"
                              + (f" ({texts[1]})" if len(texts) > 1 else ""))

    def attribute(self, number):
        value = c_int()
        self.call("cuDeviceGetAttribute", byref(value), c_int(number), self.device)
        return value.value

    def facts(self):
        """What the card is; what the driver does not say is left out."""
        name, version, memory = ctypes.create_string_buffer(128), c_int(), c_size_t()
        self.call("cuDeviceGetName", name, c_int(128), self.device)
        self.call("cuDriverGetVersion", byref(version))
        facts = {"name": name.value.decode(errors="replace"), "capability": self.capability,
                 "driver": version.value}
        for fact, number in FACTS.items():
            try:
                facts[fact] = self.attribute(number)
            except DriverError:
                pass
        try:
            self.call("cuDeviceTotalMem_v2", byref(memory), self.device)
            facts["memory_bytes"] = memory.value
        except DriverError:
            pass
        return facts

    def synchronize(self, stream=None):
        """Waits for one stream or, without it, for all that the context has to do: streams that wait
        for no other one are not waited for with the default one."""
        if stream is None:
            self.call("cuCtxSynchronize")
        else:
            self.call("cuStreamSynchronize", stream)

    def new_stream(self):
        stream = c_void_p()
        self.call("cuStreamCreate", byref(stream), c_uint(1))  # waits for no other one
        return stream

    def free_stream(self, stream):
        self.call("cuStreamDestroy_v2", stream)

    def close(self):
        if self.context:
            self.call("cuCtxPopCurrent_v2", byref(c_void_p()))
            self.call("cuDevicePrimaryCtxRelease_v2", self.device)
            self.context = None


class Memory:
    """Device memory with poison in it and around it, or with `data` in it."""

    def __init__(self, driver, size, data=None, stream=None):
        self.driver, self.size, self.base, self.stream = driver, size, c_uint64(), stream
        driver.call("cuMemAlloc_v2", byref(self.base), c_size_t(size + 2 * GUARD))
        self.address = self.base.value + GUARD
        inside = data if data is not None else (POISON * (size // 4 + 1))[:size]
        guard = POISON * (GUARD // 4)
        self._filled = guard + bytes(inside) + guard
        self.fill()

    def fill(self):
        """As it was at first."""
        self.driver.call("cuMemcpyHtoDAsync_v2", self.base, self._filled, c_size_t(len(self._filled)),
                         self.stream)
        self.driver.synchronize(self.stream)

    def read(self):
        """(the bytes inside, whether the guards are as they were), after the stream's work."""
        whole = ctypes.create_string_buffer(self.size + 2 * GUARD)
        self.driver.call("cuMemcpyDtoHAsync_v2", whole, self.base, c_size_t(len(whole)),
                         self.stream)
        self.driver.synchronize(self.stream)
        raw, guard = whole.raw, POISON * (GUARD // 4)
        return raw[GUARD:-GUARD], raw[:GUARD] == guard and raw[-GUARD:] == guard

    def has_guards(self):
        """As `read` says, without reading what may be large."""
        found = ctypes.create_string_buffer(2 * GUARD)
        for at, offset in ((0, 0), (GUARD, GUARD + self.size)):
            self.driver.call("cuMemcpyDtoHAsync_v2", byref(found, at),
                             c_uint64(self.base.value + offset), c_size_t(GUARD), self.stream)
        self.driver.synchronize(self.stream)
        return found.raw == POISON * (2 * GUARD // 4)

    def free(self):
        self.driver.call("cuMemFree_v2", self.base)


class Kernels:
    """The kernels and weights of a model, loaded to be launched one by one."""

    def __init__(self, driver, model, weights=None):
        """model: a CudaModel; weights: other ones than its own, an address."""
        self.driver, self.model, self.module, self.weights = driver, model, c_void_p(), c_uint64()
        log = ctypes.create_string_buffer(1024)
        options = (c_int * 2)(_LOG, _LOG_SIZE)
        values = (c_void_p * 2)(ctypes.addressof(log), len(log))
        try:
            driver.call("cuModuleLoadDataEx", byref(self.module), c_void_p(model.kernels), c_uint(2),
                        options, values)
        except DriverError as reason:
            said = " ".join(log.value.decode(errors="replace").split())
            raise DriverError(f"{reason} {said}") from None
        size = c_size_t(model.model.weights_bytes)
        driver.call("cuMemAlloc_v2", byref(self.weights), size)
        driver.call("cuMemcpyHtoDAsync_v2", self.weights, c_void_p(weights or model.weights), size,
                    None)
        driver.synchronize()
        self.functions = {}

    def function(self, kernel):
        if kernel.name not in self.functions:
            function = c_void_p()
            self.driver.call("cuModuleGetFunction", byref(function), self.module, kernel.name)
            if kernel.shared_bytes > 48 << 10:
                self.driver.call("cuFuncSetAttribute", function, c_int(_MAX_DYNAMIC_SHARED),
                                 c_int(kernel.shared_bytes))
            self.functions[kernel.name] = function
        return self.functions[kernel.name]

    def part(self, offset):
        return 0 if offset < 0 else self.weights.value + offset

    def launcher(self, kernel, rows, words, stream):
        """A function that launches `kernel` for so many rows; its argument becomes the last
        parameter, where it is given."""
        values = (c_uint64 * len(words))(*words)
        at = ctypes.addressof(values)
        pointers = (c_void_p * len(words))(*(at + 8 * i for i in range(len(words))))
        function = self.function(kernel)
        shape = [c_uint(n) for n in (-(-rows // kernel.rows), kernel.columns, 1, kernel.threads, 1,
                                     1, kernel.shared_bytes)]
        launch = self.driver.library.cuLaunchKernel

        def run(last=None):
            if last is not None:
                values[-1] = last
            status = launch(function, *shape, stream, pointers, None)
            if status:
                self.driver.check("cuLaunchKernel", status)
        return run

    def close(self):
        self.driver.call("cuMemFree_v2", self.weights)
        self.driver.call("cuModuleUnload", self.module)


class Clock:
    """Time on the device, between two events of a stream."""

    FILL_BYTES, MOST_FILLS, TRIED = 64 << 20, 200, 16

    def __init__(self, driver, stream):
        self.driver, self.stream, self.events = driver, stream, [c_void_p(), c_void_p()]
        for event in self.events:
            driver.call("cuEventCreate", byref(event), c_uint(0))
        self.scratch = c_uint64()
        driver.call("cuMemAlloc_v2", byref(self.scratch), c_size_t(self.FILL_BYTES))
        self.fill_time = 0  # us
        self.enqueued = 0  # us that the host took for the last work

    def calibrate(self):
        """Once the card is awake: before, a fill takes longer, and later ones would end too soon."""
        def fills():
            for _ in range(self.TRIED):
                self.fill()
        self.fill_time = min(self.microseconds(fills) for _ in range(5)) / self.TRIED

    def fill(self):
        self.driver.call("cuMemsetD8Async", self.scratch, c_ubyte(0), c_size_t(self.FILL_BYTES),
                         self.stream)

    def microseconds(self, work, host_time=0):
        """Of what `work` enqueues. host_time: us that this takes here; the device is given so much
        to do before that it finds all of the work enqueued, and waits for none of it."""
        took = c_float()
        if host_time and self.fill_time > 1:
            for _ in range(min(int(2 * host_time / self.fill_time) + 4, self.MOST_FILLS)):
                self.fill()
        self.driver.call("cuEventRecord", self.events[0], self.stream)
        start = time.perf_counter()
        work()
        self.enqueued = (time.perf_counter() - start) * 1e6
        self.driver.call("cuEventRecord", self.events[1], self.stream)
        self.driver.call("cuEventSynchronize", self.events[1])
        self.driver.call("cuEventElapsedTime", byref(took), *self.events)
        return took.value * 1e3

    def close(self):
        self.driver.call("cuMemFree_v2", self.scratch)
        for event in self.events:
            self.driver.call("cuEventDestroy_v2", event)
