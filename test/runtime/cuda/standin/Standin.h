//===- Standin.h - A stand-in for NVIDIA's driver library -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A libcuda.so.1 for machines without a GPU: the calls that the runtime makes,
// and those of programs that time kernels, on devices of the PTX interpreter. It is
// stricter than a driver:
//
// - Work on a stream is queued, and done when someone waits for it.
// - Whatever the interpreter finds wrong with a kernel (races, reads of memory
//   that was not written, accesses out of bounds, ...) is printed, and the device
//   reports CUDA_ERROR_LAUNCH_FAILED from then on, as after a crash.
// - Memory is freed at once, also when queued work will miss it.
// - What is left at the end of the program is printed, and the exit status is 70.
// - A copy that names no stream waits for the default stream alone.
//
// Time is a device's own: a launch takes 1 us of it, or as long as STANDIN_TIMES says, and
// nothing else takes any. Of launches that are not performed there are no results: copies
// out of a device that had one are whatever is there.
//
// Environment, read at the first cuInit, or, for STANDIN_KILL, the first call:
//   STANDIN_DEVICES=1        how many devices there are
//   STANDIN_CAPABILITY=80    their compute capability
//   STANDIN_VERSION=13000    of the driver
//   STANDIN_MEMORY=BYTES     of each device
//   STANDIN_SEED=N           warps run in a random order, drawn from N
//   STANDIN_LATE=1           copies into a device read the host's memory when they are
//                            done, not when they are asked for, as a driver may
//   STANDIN_FAIL=CALL:N:R    call number N (from 1) of that name, such as
//                            cuMemAlloc_v2, or of any (`any`), returns R
//   STANDIN_TIMES=FILE       lines KERNEL PARAMETER VALUE MICROSECONDS: a launch of KERNEL
//                            whose 64-bit parameter number PARAMETER (from 0) is VALUE is
//                            not performed, and takes so long; of several the last counts.
//                            cuInit fails where the file, or a line, cannot be read
//   STANDIN_HANG=KERNEL      a launch of KERNEL never ends, nor does waiting for it
//   STANDIN_KILL=N           call number N (from 1) of those that can fail ends the
//                            process by SIGKILL
//
// For tests in the same process, found by dlsym: standin_fail and others of Driver.cpp.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TEST_RUNTIME_CUDA_STANDIN_H
#define GRUCC_TEST_RUNTIME_CUDA_STANDIN_H

#include "tools/grucc-ptx-run/Machine.h"
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace grucc::standin {

enum Result : int {
  Success = 0,
  InvalidValue = 1,
  OutOfMemory = 2,
  NotInitialized = 3,
  NoDevice = 100,
  InvalidDevice = 101,
  InvalidImage = 200,
  InvalidContext = 201,
  InvalidPtx = 218,
  InvalidHandle = 400,
  NotFound = 500,
  NotReady = 600,
  LaunchFailed = 719
};

using Work = std::function<Result()>;

struct Module;

/// A CUfunction.
struct Function {
  Module *module;
  const ptxrun::Kernel *kernel;
  unsigned sharedLimit = 48 << 10; ///< dynamic shared memory without asking for more
};

/// A CUmodule.
struct Module {
  std::unique_ptr<ptxrun::Module> program;
  std::deque<Function> functions;
};

/// A CUstream.
struct Stream {
  std::deque<Work> queue;
};

/// A CUevent.
struct Event {
  Stream *stream = nullptr;       ///< that it was recorded on last; null: on none
  uint64_t records = 0, seen = 0; ///< of these, the stream has come to so many
  bool isTimed = true;
  double reached = 0; ///< by the device's clock, when the stream last came to it
};

/// Launches whose times are known, and which are not performed (STANDIN_TIMES).
class Times {
public:
  bool read(const char *path); ///< false: there was a complaint
  /// Of a launch, in microseconds.
  std::optional<double> find(const ptxrun::Kernel &kernel, llvm::ArrayRef<char> parameters) const;

private:
  struct Entry {
    std::string kernel;
    size_t parameter;
    int64_t value;
    double microseconds;
  };
  std::vector<Entry> entries;
};

/// A device and, by its address, its primary CUcontext.
struct Device {
  int ordinal = 0, retained = 0;
  std::unique_ptr<ptxrun::Device> machine;
  Result broken = Success; ///< what every call returns since a kernel has failed
  double clock = 0;        ///< in microseconds
  bool hasSkipped = false; ///< a launch, whose results are not there
  Stream defaultStream;
  std::map<std::thread::id, Stream> threadStreams; ///< CU_STREAM_PER_THREAD
  std::map<Stream *, std::unique_ptr<Stream>> streams;
  std::map<Event *, std::shared_ptr<Event>> events; ///< queued work may outlive one
  std::map<Module *, std::unique_ptr<Module>> modules;
  std::set<ptxrun::Address> allocations;

  Stream *stream(void *handle);   ///< of this thread; null: there is none
  Result advance(Stream &stream); ///< by the first of its work
  Result synchronize(Stream &stream);
  Result synchronizeAll();
};

struct Driver {
  bool isInitialized = false, isLate = false;
  int version = 13000, capability = 80;
  std::vector<std::unique_ptr<Device>> devices;
  std::optional<uint64_t> seed;
  // The call that is to fail.
  std::string failingCall;
  long failAt = 0; ///< counts down; 0: none
  Result failure = Success;
  long calls = 0;  ///< that could fail
  long killAt = 0; ///< the call that is the process's last; 0: none
  Times times;
  std::string hangingKernel;

  static Driver &get();
  Device *current() const; ///< of this thread; null: none
  std::vector<Device *> &stack();
  /// That a block can ask for, on an sm_80 or an sm_90.
  int sharedBytes() const { return (capability == 90 ? 227 : 163) << 10; }
};

enum class Kind {
  Plain,     ///< needs no context
  InContext, ///< needs a current context, and does nothing on a broken device
  Push,      ///< as plain; fails only when asked for by name
  Release    ///< frees or waits, and is always done: a failure is that of earlier work
};

/// The body of one driver call, or the failure that was asked for.
Result perform(const char *name, Kind kind, const std::function<Result(Driver &)> &body);

/// For what is always done, broken device or not: a failure is only reported.
Result always(const char *name, const std::function<Result(Driver &)> &body);

/// What lives on all devices, in words; empty: nothing.
std::string leaks();

/// Prints a line for whoever reads the test's log.
void complain(const std::string &text);

/// What the interpreter says of an operation on memory.
Result check(llvm::Error error);

} // namespace grucc::standin

#endif // GRUCC_TEST_RUNTIME_CUDA_STANDIN_H
