//===- Driver.cpp - Its calls, errors and faults --------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Standin.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <unistd.h>

using namespace grucc;
using namespace grucc::standin;

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text && *text ? atol(text) : otherwise;
}

Driver &Driver::get() {
  static Driver *driver = [] {
    auto *made = new Driver; // looked at after the end of main
    made->killAt = number("STANDIN_KILL", 0);
    return made;
  }();
  return *driver;
}

void grucc::standin::complain(const std::string &text) {
  fprintf(stderr, "standin: %s\n", text.c_str());
}

static std::recursive_mutex &mutex() {
  static std::recursive_mutex *one = new std::recursive_mutex;
  return *one;
}

Result grucc::standin::perform(const char *name, Kind kind,
                               const std::function<Result(Driver &)> &body) {
  std::lock_guard<std::recursive_mutex> lock(mutex());
  Driver &driver = Driver::get();
  if (++driver.calls == driver.killAt)
    raise(SIGKILL);
  bool isMeant = driver.failingCall == name || (driver.failingCall == "any" && kind != Kind::Push);
  bool fails = driver.failAt > 0 && isMeant && --driver.failAt == 0;
  if (fails && kind != Kind::Release)
    return driver.failure;
  if (kind == Kind::InContext || kind == Kind::Release) {
    Device *device = driver.current();
    if (!device)
      return InvalidContext;
    if (device->broken && kind != Kind::Release)
      return device->broken;
  }
  Result result = body(driver);
  return fails ? driver.failure : result;
}

Result grucc::standin::always(const char *name, const std::function<Result(Driver &)> &body) {
  std::lock_guard<std::recursive_mutex> lock(mutex());
  Result result = body(Driver::get());
  if (result)
    complain(std::string(name) + ": found result " + std::to_string(result) + ", expected 0");
  return result;
}

std::string grucc::standin::leaks() {
  size_t allocations = 0, modules = 0, streams = 0, events = 0, contexts = 0;
  for (const std::unique_ptr<Device> &device : Driver::get().devices) {
    allocations += device->allocations.size();
    modules += device->modules.size();
    streams += device->streams.size();
    events += device->events.size();
    contexts += device->retained;
  }
  if (allocations + modules + streams + events + contexts == 0)
    return "";
  return std::to_string(allocations) + " allocations, " + std::to_string(modules) + " modules, " +
         std::to_string(streams) + " streams, " + std::to_string(events) + " events, " +
         std::to_string(contexts) + " contexts";
}

extern "C" {
int cuInit(unsigned) {
  return perform("cuInit", Kind::Plain, [](Driver &driver) {
    if (driver.isInitialized)
      return Success;
    if (const char *path = getenv("STANDIN_TIMES"); path && !driver.times.read(path))
      return InvalidValue;
    driver.isInitialized = true;
    driver.version = number("STANDIN_VERSION", driver.version);
    driver.capability = number("STANDIN_CAPABILITY", driver.capability);
    driver.isLate = number("STANDIN_LATE", 0) != 0;
    if (const char *kernel = getenv("STANDIN_HANG"))
      driver.hangingKernel = kernel;
    if (getenv("STANDIN_SEED"))
      driver.seed = number("STANDIN_SEED", 0);
    for (long i = 0; i < number("STANDIN_DEVICES", 1); ++i) {
      auto device = std::make_unique<Device>();
      device->ordinal = i;
      device->machine = std::make_unique<ptxrun::Device>(number("STANDIN_MEMORY", 1l << 30));
      driver.devices.push_back(std::move(device));
    }
    if (const char *fail = getenv("STANDIN_FAIL")) {
      char name[64] = "";
      int result = 0;
      if (sscanf(fail, "%63[^:]:%ld:%d", name, &driver.failAt, &result) != 3)
        complain("STANDIN_FAIL: expected CALL:N:RESULT");
      driver.failingCall = name;
      driver.failure = Result(result);
      if (driver.failingCall == "cuInit" && driver.failAt == 1) {
        driver.isInitialized = false;
        return driver.failure;
      }
    }
    atexit([] {
      std::string left = leaks();
      if (left.empty())
        return;
      complain("left at exit: " + left);
      fflush(nullptr);
      _exit(70);
    });
    return Success;
  });
}

int cuDriverGetVersion(int *version) {
  return perform("cuDriverGetVersion", Kind::Plain, [&](Driver &driver) {
    *version = driver.version;
    return Success;
  });
}

/// The names and texts of the driver's own.
static const struct {
  int result;
  const char *name, *text;
} errors[] = {{Success, "CUDA_SUCCESS", "no error"},
              {InvalidValue, "CUDA_ERROR_INVALID_VALUE", "invalid argument"},
              {OutOfMemory, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory"},
              {NotInitialized, "CUDA_ERROR_NOT_INITIALIZED", "initialization error"},
              {NoDevice, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected"},
              {InvalidDevice, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal"},
              {InvalidImage, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid"},
              {InvalidContext, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context"},
              {InvalidPtx, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed"},
              {InvalidHandle, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle"},
              {NotFound, "CUDA_ERROR_NOT_FOUND", "named symbol not found"},
              {NotReady, "CUDA_ERROR_NOT_READY", "device not ready"},
              {LaunchFailed, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure"}};

int cuGetErrorName(int result, const char **name) {
  for (const auto &error : errors)
    if (error.result == result)
      return *name = error.name, Success;
  return *name = nullptr, InvalidValue;
}

int cuGetErrorString(int result, const char **text) {
  for (const auto &error : errors)
    if (error.result == result)
      return *text = error.text, Success;
  return *text = nullptr, InvalidValue;
}

/// From now on call number `at` of that name, or of any, returns `result`; 0: none does.
void standin_fail(const char *name, long at, int result) {
  std::lock_guard<std::recursive_mutex> lock(mutex());
  Driver &driver = Driver::get();
  driver.failingCall = name;
  driver.failAt = at;
  driver.failure = Result(result);
}

/// How many calls have been made that can fail.
long standin_calls(void) { return Driver::get().calls; }

/// What lives on all devices: allocations, modules, streams, events and references to contexts.
long standin_live(void) {
  long live = 0;
  for (const std::unique_ptr<Device> &device : Driver::get().devices)
    live += device->allocations.size() + device->modules.size() + device->streams.size() +
            device->events.size() + device->retained;
  return live;
}

/// From now on warps run in a random order drawn from it; below 0: in the one that needs no seed.
void standin_seed(long seed) {
  std::lock_guard<std::recursive_mutex> lock(mutex());
  Driver &driver = Driver::get();
  driver.seed = seed < 0 ? std::nullopt : std::optional<uint64_t>(seed);
}

/// As long as a driver lives that was broken: the next program.
void standin_repair(void) {
  for (const std::unique_ptr<Device> &device : Driver::get().devices)
    device->broken = Success;
}
} // extern "C"
