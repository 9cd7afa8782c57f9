//===- Kernels.cpp - Modules, streams and launches ------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Standin.h"

#include <cstring>
#include <unistd.h>

using namespace grucc;
using namespace grucc::standin;

Stream *Device::stream(void *handle) {
  if (!handle)
    return &defaultStream;
  if (handle == reinterpret_cast<void *>(2))
    return &threadStreams[std::this_thread::get_id()];
  auto found = streams.find(static_cast<Stream *>(handle));
  return found == streams.end() ? nullptr : found->second.get();
}

Result Device::advance(Stream &stream) {
  if (!broken) {
    Work work = std::move(stream.queue.front());
    stream.queue.pop_front();
    broken = work();
  }
  if (broken)
    stream.queue.clear();
  return broken;
}

Result Device::synchronize(Stream &stream) {
  while (!stream.queue.empty())
    advance(stream);
  return broken;
}

Result Device::synchronizeAll() {
  Result result = synchronize(defaultStream);
  for (auto &[thread, stream] : threadStreams)
    if (Result other = synchronize(stream))
      result = other;
  for (const auto &[handle, stream] : streams)
    if (Result other = synchronize(*stream))
      result = other;
  return result;
}

extern "C" {
/// Only text: no binary is for this device.
int cuModuleLoadDataEx(void **module, const void *image, unsigned count, int *options,
                       void **values) {
  return perform("cuModuleLoadDataEx", Kind::InContext, [&](Driver &driver) {
    Device &device = *driver.current();
    if (memcmp(image,
               "\x7f"
               "ELF",
               4) == 0)
      return InvalidImage;
    llvm::Expected<std::unique_ptr<ptxrun::Module>> program =
        device.machine->load(static_cast<const char *>(image));
    if (!program) {
      // CU_JIT_ERROR_LOG_BUFFER and its size
      std::string log = "ptxas application\n" + llvm::toString(program.takeError()) + "\n";
      char *buffer = nullptr;
      size_t bytes = 0;
      for (unsigned i = 0; i < count; ++i) {
        if (options[i] == 5)
          buffer = static_cast<char *>(values[i]);
        if (options[i] == 6)
          bytes = reinterpret_cast<size_t>(values[i]);
      }
      if (buffer && bytes)
        snprintf(buffer, bytes, "%s", log.c_str());
      return InvalidPtx;
    }
    auto loaded = std::make_unique<Module>();
    loaded->program = std::move(*program);
    *module = loaded.get();
    device.modules[loaded.get()] = std::move(loaded);
    return Success;
  });
}

int cuModuleUnload(void *module) {
  return perform("cuModuleUnload", Kind::Release, [&](Driver &driver) {
    Device *device = driver.current();
    return device && device->modules.erase(static_cast<Module *>(module)) ? Success : InvalidHandle;
  });
}

int cuModuleGetFunction(void **function, void *module, const char *name) {
  return perform("cuModuleGetFunction", Kind::InContext, [&](Driver &) {
    auto *loaded = static_cast<Module *>(module);
    const ptxrun::Kernel *kernel = loaded->program->find(name);
    if (!kernel)
      return NotFound;
    loaded->functions.push_back({loaded, kernel});
    *function = &loaded->functions.back();
    return Success;
  });
}

/// CU_FUNC_ATTRIBUTE_NUM_REGS: an estimate of the interpreter's.
int cuFuncGetAttribute(int *value, int attribute, void *function) {
  return perform("cuFuncGetAttribute", Kind::InContext, [&](Driver &) {
    if (attribute != 4)
      return InvalidValue;
    *value = int(static_cast<Function *>(function)->kernel->registers);
    return Success;
  });
}

/// CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES.
int cuFuncSetAttribute(void *function, int attribute, int value) {
  return perform("cuFuncSetAttribute", Kind::InContext, [&](Driver &driver) {
    if (attribute != 8 || value < 0 || value > driver.sharedBytes())
      return InvalidValue;
    static_cast<Function *>(function)->sharedLimit = value;
    return Success;
  });
}

int cuLaunchKernel(void *handle, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                   unsigned blockY, unsigned blockZ, unsigned sharedBytes, void *stream,
                   void **parameters, void **) {
  return perform("cuLaunchKernel", Kind::InContext, [&](Driver &driver) {
    Device &device = *driver.current();
    auto *function = static_cast<Function *>(handle);
    Stream *queue = device.stream(stream);
    if (!queue)
      return InvalidHandle;
    uint64_t threads = uint64_t(blockX) * blockY * blockZ;
    if (!gridX || !gridY || !gridZ || gridY > 65535 || gridZ > 65535 || !threads ||
        threads > 1024 || sharedBytes > function->sharedLimit)
      return InvalidValue;
    ptxrun::Launch launch;
    launch.grid = {gridX, gridY, gridZ};
    launch.block = {blockX, blockY, blockZ};
    launch.sharedBytes = sharedBytes;
    if (driver.seed) {
      launch.scheduler = ptxrun::Scheduler::Random;
      launch.seed = (*driver.seed)++;
    }
    const ptxrun::Kernel &kernel = *function->kernel;
    launch.parameters.resize(kernel.parameterBytes);
    for (size_t i = 0; i < kernel.parameters.size(); ++i)
      memcpy(launch.parameters.data() + kernel.parameters[i].offset, parameters[i],
             kernel.parameters[i].size);
    if (kernel.name == driver.hangingKernel) {
      queue->queue.push_back([]() -> Result {
        for (;;)
          pause();
      });
      return Success;
    }
    if (std::optional<double> time = driver.times.find(kernel, launch.parameters)) {
      queue->queue.push_back([&device, time = *time] {
        device.clock += time;
        device.hasSkipped = true;
        return Success;
      });
      return Success;
    }
    queue->queue.push_back([&device, function, launch = std::move(launch)] {
      device.clock += 1;
      ptxrun::LaunchResult result =
          device.machine->launch(*function->module->program, *function->kernel, launch);
      const size_t most = 8; // lines to print
      for (const ptxrun::Diagnostic &diagnostic :
           llvm::ArrayRef(result.diagnostics).take_front(most))
        complain(function->kernel->name + ": " + diagnostic.text());
      if (result.diagnostics.size() > most)
        complain("and " + std::to_string(result.diagnostics.size() - most) + " more");
      return result.diagnostics.empty() ? Success : LaunchFailed;
    });
    return Success;
  });
}

int cuStreamCreate(void **stream, unsigned) {
  return perform("cuStreamCreate", Kind::InContext, [&](Driver &driver) {
    auto made = std::make_unique<Stream>();
    *stream = made.get();
    driver.current()->streams[made.get()] = std::move(made);
    return Success;
  });
}

int cuStreamDestroy_v2(void *stream) {
  return perform("cuStreamDestroy_v2", Kind::Release, [&](Driver &driver) {
    Device &device = *driver.current();
    if (!device.streams.count(static_cast<Stream *>(stream)))
      return InvalidHandle;
    device.synchronize(*device.stream(stream));
    device.streams.erase(static_cast<Stream *>(stream));
    return Success;
  });
}

int cuStreamSynchronize(void *stream) {
  return perform("cuStreamSynchronize", Kind::Release, [&](Driver &driver) {
    Stream *queue = driver.current()->stream(stream);
    return queue ? driver.current()->synchronize(*queue) : InvalidHandle;
  });
}

int cuCtxSynchronize(void) {
  return perform("cuCtxSynchronize", Kind::Release,
                 [&](Driver &driver) { return driver.current()->synchronizeAll(); });
}
} // extern "C"
