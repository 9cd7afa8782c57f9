# ===- standin_torch.py - CUDA tensors of torch where there is no GPU -=== #
#
# Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
# See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# ===----------------------------------------------------------------------=== #
"""Tensors that say they are on cuda:N and whose memory is the stand-in driver's, with what the
package asks of torch. `install()` puts them into the package."""

import ctypes
import types

import torch

driver = ctypes.CDLL("libcuda.so.1")
u64 = ctypes.c_uint64


def call(name, *arguments):
    status = getattr(driver, name)(*arguments)
    assert status == 0, (name, status)


class Device:
    """The caller's own context, stream and memory on one device."""

    def __init__(self, number):
        self.torch = torch.device("cuda", number)
        context, self.stream = ctypes.c_void_p(), ctypes.c_void_p()
        call("cuInit", 0)
        call("cuDevicePrimaryCtxRetain", ctypes.byref(context), 100 + number)
        call("cuCtxPushCurrent_v2", context)
        call("cuStreamCreate", ctypes.byref(self.stream), 1)
        call("cuCtxPopCurrent_v2", ctypes.byref(context))
        self.context, self.number, self.tensors = context, number, []

    def __enter__(self):
        call("cuCtxPushCurrent_v2", self.context)
        return self

    def __exit__(self, *_):
        call("cuCtxPopCurrent_v2", ctypes.byref(ctypes.c_void_p()))

    def allocate(self, size):
        at = u64()
        with self:
            call("cuMemAlloc_v2", ctypes.byref(at), ctypes.c_size_t(max(size, 4)))
        self.tensors.append(at)
        return at.value

    def synchronize(self):
        with self:
            call("cuStreamSynchronize", self.stream)

    def close(self):
        with self:
            call("cuStreamSynchronize", self.stream)
            for at in self.tensors:
                call("cuMemFree_v2", at)
            call("cuStreamDestroy_v2", self.stream)
        call("cuDevicePrimaryCtxRelease_v2", 100 + self.number)


devices = {}


def device_of(number):
    if number not in devices:
        devices[number] = Device(number)
    return devices[number]


class CudaTensor(torch.Tensor):
    """Its shape and dtype are those of a tensor of the host, which is not looked at again."""
    is_cuda, is_cpu = True, False

    @property
    def device(self):
        return self.place.torch

    def data_ptr(self):
        return self.at if self.numel() else 0

    def detach(self):
        return self

    resolve_neg = detach

    def as_subclass(self, cls):  # tensors that are read only are the host's
        return self

    def contiguous(self):
        if self.is_contiguous():
            return self
        return cuda(self.cpu(), self.place.number)

    def cpu(self):
        """Waits for the stream."""
        shape = [self.untyped_shape[i] for i in range(len(self.untyped_shape))]
        host = torch.empty(shape, dtype=self.dtype)
        with self.place:
            call("cuMemcpyDtoHAsync_v2", u64(host.data_ptr()), u64(self.at),
                 ctypes.c_size_t(host.numel() * host.element_size()), self.place.stream)
        return host

    def index_select(self, axis, indices):
        return cuda(torch.index_select(self.cpu(), axis, indices.cpu()), self.place.number)


def wrap(host, place):
    tensor = torch.Tensor._make_subclass(CudaTensor, host)
    tensor.place, tensor.untyped_shape = place, tuple(host.shape)
    tensor.at = place.allocate(host.numel() * host.element_size())
    return tensor


def cuda(host, number=0):
    """A copy on a device, on its way there."""
    host = host.contiguous()
    tensor = wrap(host, device_of(number))
    if host.numel():
        with tensor.place:
            call("cuMemcpyHtoDAsync_v2", u64(tensor.at), u64(host.data_ptr()),
                 ctypes.c_size_t(host.numel() * host.element_size()), tensor.place.stream)
    return tensor


class HostTensor:
    """What from_numpy gives: it can go to a device."""

    def __init__(self, array):
        self.host = torch.from_numpy(array)

    def to(self, device):
        return cuda(self.host, device.index)


def empty(shape, dtype, device):
    shape = shape if isinstance(shape, tuple) else (shape,)
    return wrap(torch.empty(shape, dtype=dtype), device_of(device.index))


def install():
    import grucc._model
    fake = types.SimpleNamespace(
        Tensor=torch.Tensor, strided=torch.strided, float32=torch.float32, empty=empty,
        from_numpy=HostTensor,
        cuda=types.SimpleNamespace(current_stream=lambda device: types.SimpleNamespace(
            cuda_stream=device_of(device.index).stream.value)))
    real = grucc._model.CudaTensors
    grucc._model.torch_module = lambda: torch
    original = real.__init__
    real.__init__ = lambda self, dtype, _, device: original(self, dtype, fake, device)


def close():
    for device in devices.values():
        device.close()
