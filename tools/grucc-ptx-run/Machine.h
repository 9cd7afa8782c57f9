//===- Machine.h - A GPU in software that runs PTX text and checks it -----===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The library behind grucc-ptx-run: device memory, modules of PTX text, and
// launches that run every thread of a grid and say what it did wrong.
//
//   Device device;
//   auto module = device.load(text);             // Expected<std::unique_ptr<Module>>
//   const Kernel *kernel = (*module)->find("scan");
//   auto x = device.allocate(4096);              // Expected<Address>
//   device.write(*x, bytes);
//   Launch launch;                               // grid, block, shared bytes, parameters
//   LaunchResult result = device.launch(**module, *kernel, launch);
//
// Errors are returned, never thrown, and nothing here ends the process. Messages
// are one line without a file name: `line 12: found ..., expected ...`. A device
// and its modules belong to one thread at a time; different devices are
// independent. Modules must end before their device.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_MACHINE_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_MACHINE_H

#include "Counters.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grucc::ptxrun {

/// Where something stands in device memory; 0 is nowhere.
using Address = uint64_t;

struct Extent {
  uint64_t x = 1, y = 1, z = 1;
  uint64_t count() const { return x * y * z; }
};

struct Parameter {
  std::string name;
  uint32_t offset, size, align; ///< bytes, in the block of parameters
  bool isPointer;               ///< the text says so (.ptr)
};

/// One .entry of a module.
struct Kernel {
  std::string name;
  uint32_t line;
  std::vector<Parameter> parameters;
  uint32_t parameterBytes; ///< of all of them
  uint32_t sharedBytes;    ///< static shared memory
  uint32_t maxThreads;     ///< .maxntid or .reqntid; 0: not said
  Extent requiredBlock;    ///< .reqntid; 0 0 0: not said
  uint32_t registers;      ///< estimated: 32-bit registers live at once, at most
  uint32_t index;          ///< of the function in its module
};

/// An instruction that orders memory, as `--list-syncs` prints it.
struct Sync {
  std::string kernel, text;
  uint32_t line;
  bool isDropped;     ///< what a fault does: it is left out; else it is weakened
  std::string remedy; ///< what is left in its place: `nothing`, `ld.relaxed`
};

class Device;
struct DeviceState;
struct Program;

/// PTX text, parsed, with its variables in the memory of a device.
class Module {
public:
  ~Module();
  llvm::ArrayRef<Kernel> kernels() const;
  const Kernel *find(llvm::StringRef name) const; ///< null: there is none
  llvm::StringRef target() const;                 ///< sm_80
  llvm::ArrayRef<Sync> syncs() const;             ///< of all kernels, in the order of the text
  /// A .global or .const variable: where it stands and its bytes.
  std::optional<std::pair<Address, uint64_t>> variable(llvm::StringRef name) const;

private:
  friend class Device;
  Module(Device &device, std::unique_ptr<Program> program);
  Device &device;
  std::unique_ptr<Program> program;
};

/// How the results of .approx instructions are chosen: the exact one, or the one
/// at either end of the error that PTX allows.
enum class Approximation { Exact, Low, High };

/// In which order warps and diverged lanes run.
enum class Scheduler {
  LeastPc, ///< warps in turn; of diverged lanes those at the least address
  Random   ///< drawn from the seed, in turns of 1 to 64 instructions
};

struct Launch {
  Extent grid, block;
  uint64_t sharedBytes = 0;     ///< dynamic shared memory
  std::vector<char> parameters; ///< each at its Parameter::offset
  Scheduler scheduler = Scheduler::LeastPc;
  uint64_t seed = 0;
  bool checkRaces = true;
  Approximation approximation = Approximation::Exact;
  std::optional<uint32_t> dropSync; ///< index into Module::syncs()
  /// Warp instructions without any store, barrier or exit in the whole grid
  /// after which it is said to make no progress.
  uint64_t stallLimit = 20'000'000;
  uint64_t instructionLimit = UINT64_MAX; ///< of all warps, after which the grid is said not to end
  uint64_t memoryLimit = uint64_t(8) << 30; ///< bytes for the state of live blocks
};

/// What is wrong with a launch.
struct Diagnostic {
  enum Kind {
    BadLaunch,     ///< sizes or parameters that the kernel cannot be launched with
    OutOfBounds,   ///< no memory there, or it was freed
    Misaligned,    ///< an address that is no multiple of the access's size
    Uninitialised, ///< read before anything was written there
    ReadOnly,      ///< written to constant memory
    Race,          ///< two accesses that nothing orders
    Divergence,    ///< lanes that should arrive together do not
    Deadlock,      ///< all warps wait, or no one makes progress
    Trap           ///< the kernel executed trap, or an instruction on undefined operands
  } kind;
  uint32_t line; ///< of the PTX text; 0: of the launch
  std::string found, expected;
  uint64_t count = 1; ///< how often; the text is that of the first time
  /// `line 7: race: found ..., expected ...`
  std::string text() const;
};
llvm::StringRef kindName(Diagnostic::Kind kind);

struct LaunchResult {
  std::vector<Diagnostic> diagnostics; ///< none: all is well
  Counters counters;
};

class Device {
public:
  /// Of so many bytes; allocations beyond them fail, as on a device.
  explicit Device(uint64_t memoryBytes = uint64_t(16) << 30);
  ~Device();
  Device(const Device &) = delete;
  Device &operator=(const Device &) = delete;

  /// Memory, 256-byte aligned, that nothing is written to yet. Addresses are
  /// never used twice, so that use after free is found.
  llvm::Expected<Address> allocate(uint64_t bytes);
  llvm::Error free(Address address);
  /// Copies and fills within one allocation.
  llvm::Error write(Address to, llvm::ArrayRef<char> bytes);
  llvm::Error read(Address from, llvm::MutableArrayRef<char> bytes) const;
  llvm::Error copy(Address to, Address from, uint64_t bytes); ///< written or not, too
  llvm::Error fill(Address to, llvm::ArrayRef<char> pattern, uint64_t count);
  /// The first byte of [from, from + bytes) that nothing was written to.
  std::optional<Address> firstUninitialised(Address from, uint64_t bytes) const;
  /// The allocation that an address lies in: its start and its bytes.
  std::optional<std::pair<Address, uint64_t>> allocation(Address address) const;
  uint64_t bytesInUse() const;
  uint64_t bytesInAll() const;

  /// Parses PTX text, which may end in NUL bytes, and gives its variables memory.
  /// What the machine does not implement is refused here, by name and line.
  llvm::Expected<std::unique_ptr<Module>> load(llvm::StringRef text);

  /// Runs a grid to its end, or to the first diagnostic that stops it (all but
  /// uninitialised reads and races do, and 100000 of these). What it wrote until
  /// then stays.
  LaunchResult launch(const Module &module, const Kernel &kernel, const Launch &launch);

private:
  friend class Module;
  std::unique_ptr<DeviceState> state;
};

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_MACHINE_H
