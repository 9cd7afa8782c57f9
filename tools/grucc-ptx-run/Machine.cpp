//===- Machine.cpp - Modules and launches --------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Machine.h"
#include "Decoder.h"
#include "Warp.h"

using namespace llvm;

namespace grucc::ptxrun {

Module::Module(Device &device, std::unique_ptr<Program> program)
    : device(device), program(std::move(program)) {}

Module::~Module() {
  for (const Variable &variable : program->variables) {
    device.state->regions[variable.address]->name.clear();
    cantFail(device.free(variable.address));
  }
}

ArrayRef<Kernel> Module::kernels() const { return program->kernels; }
StringRef Module::target() const { return program->target; }
ArrayRef<Sync> Module::syncs() const { return program->syncs; }

const Kernel *Module::find(StringRef name) const {
  const auto *found =
      llvm::find_if(kernels(), [&](const Kernel &kernel) { return kernel.name == name; });
  return found == kernels().end() ? nullptr : found;
}

std::optional<std::pair<Address, uint64_t>> Module::variable(StringRef name) const {
  for (const Variable &variable : program->variables)
    if (variable.name == name)
      return std::pair(variable.address, variable.size);
  return std::nullopt;
}

Expected<std::unique_ptr<Module>> Device::load(StringRef text) {
  std::vector<Address> placed;
  auto place = [&](Variable &variable) -> Error {
    Expected<Address> address = allocate(variable.size);
    if (!address)
      return address.takeError();
    placed.push_back(*address);
    variable.address = *address;
    Region &region = *state->regions[*address];
    region.name = variable.name;
    region.isReadOnly = variable.isConstant;
    // What has no first value is zero.
    std::memset(region.bytes.get(), 0, region.size);
    llvm::copy(variable.initial, region.bytes.get());
    region.markWritten(0, region.size, true);
    return Error::success();
  };
  Expected<std::unique_ptr<Program>> program = parseProgram(text, place);
  if (program)
    return std::unique_ptr<Module>(new Module(*this, std::move(*program)));
  for (Address address : placed) {
    state->regions[address]->name.clear();
    cantFail(free(address));
  }
  return program.takeError();
}

LaunchResult Device::launch(const Module &module, const Kernel &kernel, const Launch &launch) {
  const Program &program = *module.program;
  LaunchResult result;
  if (!launch.dropSync) {
    Grid(*state, program.functions[kernel.index], launch, result).run();
    return result;
  }
  if (*launch.dropSync >= program.syncPlaces.size()) {
    result.diagnostics.push_back({Diagnostic::BadLaunch, 0,
                                  "sync " + std::to_string(*launch.dropSync) + " to drop",
                                  "one of " + std::to_string(program.syncPlaces.size())});
    return result;
  }
  Function function = program.functions[kernel.index];
  const SyncPlace &place = program.syncPlaces[*launch.dropSync];
  if (place.function == kernel.index) {
    Instruction &inst = function.code[place.instruction];
    if (place.isDropped) {
      inst.run = runNothing;
      inst.flow = Flow::Next;
    } else {
      inst.order = place.weakened;
    }
  }
  Grid(*state, function, launch, result).run();
  return result;
}

StringRef kindName(Diagnostic::Kind kind) {
  static constexpr StringRef names[] = {"launch",        "out of bounds", "misaligned",
                                        "uninitialised", "read-only",     "race",
                                        "divergence",    "deadlock",      "trap"};
  return names[kind];
}

std::string Diagnostic::text() const {
  std::string result = line ? "line " + std::to_string(line) + ": " : "";
  result += kindName(kind).str() + ": found " + found + ", expected " + expected;
  return count > 1 ? result + " (" + std::to_string(count) + " times)" : result;
}

} // namespace grucc::ptxrun
