//===- Devices.cpp - Devices and contexts ---------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Standin.h"

#include <cstdio>

using namespace grucc;
using namespace grucc::standin;

std::vector<Device *> &Driver::stack() {
  thread_local std::vector<Device *> contexts;
  return contexts;
}

Device *Driver::current() const {
  std::vector<Device *> &contexts = get().stack();
  return contexts.empty() ? nullptr : contexts.back();
}

extern "C" {
int cuDeviceGetCount(int *count) {
  return perform("cuDeviceGetCount", Kind::Plain, [&](Driver &driver) {
    if (!driver.isInitialized)
      return NotInitialized;
    *count = driver.devices.size();
    return driver.devices.empty() ? NoDevice : Success;
  });
}

int cuDeviceGet(int *device, int ordinal) {
  return perform("cuDeviceGet", Kind::Plain, [&](Driver &driver) {
    *device = ordinal + 100; // a CUdevice need not be its number
    return size_t(ordinal) < driver.devices.size() ? Success : InvalidDevice;
  });
}

int cuDeviceGetName(char *name, int bytes, int) {
  return perform("cuDeviceGetName", Kind::Plain, [&](Driver &) {
    snprintf(name, bytes, "Stand-in");
    return Success;
  });
}

/// Those of an A100, but for what the capability says.
int cuDeviceGetAttribute(int *value, int attribute, int) {
  return perform("cuDeviceGetAttribute", Kind::Plain, [&](Driver &driver) {
    const struct {
      int attribute, value;
    } attributes[] = {{13, 1410000},                             // clock in kHz
                      {16, driver.capability == 90 ? 132 : 108}, // multiprocessors
                      {36, 1215000},                             // memory's clock in kHz
                      {37, 5120},                                // bits of its bus
                      {38, 40 << 20},                            // bytes of L2
                      {39, 2048},                                // threads of a multiprocessor
                      {75, driver.capability / 10},
                      {76, driver.capability % 10},
                      {97, driver.sharedBytes()}}; // of a block that asks for them
    for (const auto &known : attributes)
      if (known.attribute == attribute)
        return *value = known.value, Success;
    return InvalidValue;
  });
}

int cuDeviceTotalMem_v2(size_t *bytes, int device) {
  return perform("cuDeviceTotalMem_v2", Kind::Plain, [&](Driver &driver) {
    *bytes = driver.devices.at(device - 100)->machine->bytesInAll();
    return Success;
  });
}

int cuDevicePrimaryCtxRetain(void **context, int device) {
  return perform("cuDevicePrimaryCtxRetain", Kind::Plain, [&](Driver &driver) {
    Device *found = driver.devices.at(device - 100).get();
    ++found->retained;
    *context = found;
    return Success;
  });
}

int cuDevicePrimaryCtxRelease_v2(int device) {
  return always("cuDevicePrimaryCtxRelease_v2", [&](Driver &driver) {
    Device &found = *driver.devices.at(device - 100);
    if (found.retained == 0)
      return InvalidContext;
    if (--found.retained == 0 && found.allocations.size() + found.modules.size() +
                                         found.streams.size() + found.events.size() >
                                     0)
      complain("context released with " + leaks());
    return Success;
  });
}

int cuCtxPushCurrent_v2(void *context) {
  return perform("cuCtxPushCurrent_v2", Kind::Push, [&](Driver &driver) {
    auto *device = static_cast<Device *>(context);
    if (!device->retained)
      return InvalidContext;
    driver.stack().push_back(device);
    return Success;
  });
}

int cuCtxPopCurrent_v2(void **context) {
  return always("cuCtxPopCurrent_v2", [&](Driver &driver) {
    if (driver.stack().empty())
      return InvalidContext;
    *context = driver.stack().back();
    driver.stack().pop_back();
    return Success;
  });
}

int cuCtxGetCurrent(void **context) {
  return perform("cuCtxGetCurrent", Kind::Plain, [&](Driver &driver) {
    *context = driver.current();
    return Success;
  });
}

/// In place of the one on top, which null takes away.
int cuCtxSetCurrent(void *context) {
  return perform("cuCtxSetCurrent", Kind::Push, [&](Driver &driver) {
    auto *device = static_cast<Device *>(context);
    if (device && !device->retained)
      return InvalidContext;
    if (!driver.stack().empty())
      driver.stack().pop_back();
    if (device)
      driver.stack().push_back(device);
    return Success;
  });
}
} // extern "C"
