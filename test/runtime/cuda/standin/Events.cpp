//===- Events.cpp - Events, and the times between them --------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Standin.h"

using namespace grucc;
using namespace grucc::standin;

extern "C" {
int cuEventCreate(void **event, unsigned flags) {
  return perform("cuEventCreate", Kind::InContext, [&](Driver &driver) {
    auto made = std::make_shared<Event>();
    made->isTimed = !(flags & 2); // CU_EVENT_DISABLE_TIMING
    *event = made.get();
    driver.current()->events[made.get()] = std::move(made);
    return Success;
  });
}

int cuEventDestroy_v2(void *event) {
  return perform("cuEventDestroy_v2", Kind::Release, [&](Driver &driver) {
    return driver.current()->events.erase(static_cast<Event *>(event)) ? Success : InvalidHandle;
  });
}

int cuEventRecord(void *event, void *stream) {
  return perform("cuEventRecord", Kind::InContext, [&](Driver &driver) {
    Device &device = *driver.current();
    auto found = device.events.find(static_cast<Event *>(event));
    Stream *queue = device.stream(stream);
    if (found == device.events.end() || !queue)
      return InvalidHandle;
    found->second->stream = queue;
    uint64_t number = ++found->second->records;
    queue->queue.push_back([&device, recorded = found->second, number] {
      recorded->seen = number;
      recorded->reached = device.clock;
      return Success;
    });
    return Success;
  });
}

/// A stream that is there no more has ended its work.
int cuEventSynchronize(void *event) {
  return perform("cuEventSynchronize", Kind::Release, [&](Driver &driver) {
    Device &device = *driver.current();
    auto found = device.events.find(static_cast<Event *>(event));
    if (found == device.events.end())
      return InvalidHandle;
    const Event &recorded = *found->second;
    while (recorded.seen < recorded.records && !device.broken)
      device.advance(*recorded.stream);
    return device.broken;
  });
}

/// The device's clock goes on by what launches take alone.
int cuEventElapsedTime(float *milliseconds, void *start, void *end) {
  return perform("cuEventElapsedTime", Kind::InContext, [&](Driver &driver) {
    std::map<Event *, std::shared_ptr<Event>> &events = driver.current()->events;
    auto from = events.find(static_cast<Event *>(start));
    auto to = events.find(static_cast<Event *>(end));
    if (from == events.end() || to == events.end())
      return InvalidHandle;
    for (const Event *event : {from->first, to->first})
      if (!event->isTimed || event->records == 0)
        return InvalidHandle;
    for (const Event *event : {from->first, to->first})
      if (event->seen < event->records)
        return NotReady;
    *milliseconds = float((to->second->reached - from->second->reached) / 1e3);
    return Success;
  });
}

int cuEventElapsedTime_v2(float *milliseconds, void *start, void *end) {
  return cuEventElapsedTime(milliseconds, start, end);
}
} // extern "C"
