//===- Memory.cpp - Device memory, and copies in stream order -------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Standin.h"

#include <cstring>

using namespace grucc;
using namespace grucc::standin;
using grucc::ptxrun::Address;

Result grucc::standin::check(llvm::Error error) {
  if (!error)
    return Success;
  complain(llvm::toString(std::move(error)));
  return InvalidValue;
}

extern "C" {
int cuMemAlloc_v2(Address *address, size_t bytes) {
  return perform("cuMemAlloc_v2", Kind::InContext, [&](Driver &driver) {
    Device &device = *driver.current();
    if (bytes == 0)
      return InvalidValue;
    llvm::Expected<Address> memory = device.machine->allocate(bytes);
    if (!memory) {
      llvm::consumeError(memory.takeError());
      return OutOfMemory;
    }
    device.allocations.insert(*memory);
    *address = *memory;
    return Success;
  });
}

/// At once: queued work that uses the memory will find it gone.
int cuMemFree_v2(Address address) {
  return perform("cuMemFree_v2", Kind::Release, [&](Driver &driver) {
    Device &device = *driver.current();
    if (device.allocations.erase(address) == 0)
      return InvalidValue;
    return check(device.machine->free(address));
  });
}

int cuMemGetInfo_v2(size_t *free, size_t *total) {
  return perform("cuMemGetInfo_v2", Kind::InContext, [&](Driver &driver) {
    const ptxrun::Device &machine = *driver.current()->machine;
    *total = machine.bytesInAll();
    *free = *total - machine.bytesInUse();
    return Success;
  });
}

/// What is on its way to `stream` is done, and the bytes are there on return.
static Result copyOut(const char *name, void *to, Address from, size_t bytes, void *stream) {
  return perform(name, Kind::InContext, [&](Driver &driver) {
    Device &device = *driver.current();
    Stream *queue = device.stream(stream);
    if (!queue)
      return InvalidHandle;
    if (Result result = device.synchronize(*queue))
      return result;
    if (!device.hasSkipped && device.machine->firstUninitialised(from, bytes)) {
      complain(std::string(name) + ": found memory that nothing was written to");
      return InvalidValue;
    }
    return check(device.machine->read(from, {static_cast<char *>(to), bytes}));
  });
}

/// To pageable memory.
int cuMemcpyDtoHAsync_v2(void *to, Address from, size_t bytes, void *stream) {
  return copyOut("cuMemcpyDtoHAsync_v2", to, from, bytes, stream);
}

int cuMemcpyDtoH_v2(void *to, Address from, size_t bytes) {
  return copyOut("cuMemcpyDtoH_v2", to, from, bytes, /*stream=*/nullptr);
}

int cuMemcpyHtoD_v2(Address to, const void *from, size_t bytes) {
  return perform("cuMemcpyHtoD_v2", Kind::InContext, [&](Driver &driver) {
    Device &device = *driver.current();
    if (Result result = device.synchronize(device.defaultStream))
      return result;
    return check(device.machine->write(to, llvm::ArrayRef(static_cast<const char *>(from), bytes)));
  });
}

/// From pageable memory: what is there now, or then.
int cuMemcpyHtoDAsync_v2(Address to, const void *from, size_t bytes, void *stream) {
  return perform("cuMemcpyHtoDAsync_v2", Kind::InContext, [&](Driver &driver) {
    Device &device = *driver.current();
    Stream *queue = device.stream(stream);
    if (!queue)
      return InvalidHandle;
    auto *start = static_cast<const char *>(from);
    if (driver.isLate) {
      queue->queue.push_back([&device, to, start, bytes] {
        return check(device.machine->write(to, llvm::ArrayRef(start, bytes)));
      });
      return Success;
    }
    queue->queue.push_back([&device, to, copy = std::vector<char>(start, start + bytes)] {
      return check(device.machine->write(to, copy));
    });
    return Success;
  });
}

int cuMemcpyDtoDAsync_v2(Address to, Address from, size_t bytes, void *stream) {
  return perform("cuMemcpyDtoDAsync_v2", Kind::InContext, [&](Driver &driver) {
    Device &device = *driver.current();
    Stream *queue = device.stream(stream);
    if (!queue)
      return InvalidHandle;
    queue->queue.push_back(
        [&device, to, from, bytes] { return check(device.machine->copy(to, from, bytes)); });
    return Success;
  });
}

static Result fill(const char *name, Address to, std::vector<char> pattern, size_t count,
                   void *stream) {
  return perform(name, Kind::InContext, [&](Driver &driver) {
    Device &device = *driver.current();
    Stream *queue = device.stream(stream);
    if (!queue)
      return InvalidHandle;
    queue->queue.push_back([&device, to, pattern = std::move(pattern), count] {
      return check(device.machine->fill(to, pattern, count));
    });
    return Success;
  });
}

int cuMemsetD8Async(Address to, unsigned char value, size_t count, void *stream) {
  return fill("cuMemsetD8Async", to, {char(value)}, count, stream);
}

int cuMemsetD32Async(Address to, unsigned value, size_t count, void *stream) {
  std::vector<char> pattern(sizeof value);
  memcpy(pattern.data(), &value, sizeof value);
  return fill("cuMemsetD32Async", to, std::move(pattern), count, stream);
}

/// CU_POINTER_ATTRIBUTE_MEMORY_TYPE and _DEVICE_ORDINAL.
int cuPointerGetAttribute(void *value, int attribute, Address address) {
  return perform("cuPointerGetAttribute", Kind::InContext, [&](Driver &driver) {
    for (const std::unique_ptr<Device> &device : driver.devices)
      if (device->machine->allocation(address)) {
        int found = attribute == 2 ? 2 : device->ordinal;
        memcpy(value, &found, sizeof found);
        return attribute == 2 || attribute == 9 ? Success : InvalidValue;
      }
    return InvalidValue;
  });
}
} // extern "C"
