//===- Grid.cpp - One launch, from its sizes to its last block -----------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Warp.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace grucc::ptxrun {

/// Blocks that live at once when none waits for another.
static constexpr uint64_t liveBlocks = 16;

/// Faults after which it is pointless to go on.
static constexpr uint64_t mostFaults = 100'000;

Grid::Grid(DeviceState &device, const Function &function, const Launch &launch,
           LaunchResult &result)
    : device(device), function(function), launch(launch), counters(result.counters), result(result),
      random(launch.seed) {}

void Grid::report(Diagnostic::Kind kind, uint32_t line, const Twine &found, const Twine &expected) {
  bool goesOn = kind == Diagnostic::Uninitialised || kind == Diagnostic::Race;
  isStopped |= !goesOn || ++faults == mostFaults;
  // One for a line (of races, for the two lines): more of the same are counted.
  std::string text = found.str();
  std::string other =
      kind == Diagnostic::Race ? text.substr(std::min(text.size(), text.rfind(','))) : "";
  auto [place, isNew] = known.try_emplace({kind, line, other}, result.diagnostics.size());
  if (isNew)
    result.diagnostics.push_back({kind, line, std::move(text), expected.str(), 1});
  else
    ++result.diagnostics[place->second].count;
}

static std::string triple(uint64_t x, uint64_t y, uint64_t z) {
  return "(" + std::to_string(x) + ", " + std::to_string(y) + ", " + std::to_string(z) + ")";
}

std::string Grid::thread(const Warp &warp, unsigned lane) const {
  uint64_t index = uint64_t(warp.index) * warpSize + lane;
  const Extent &block = launch.block, &at = warp.block->position;
  return "thread " + triple(index % block.x, index / block.x % block.y, index / block.x / block.y) +
         " of block " + triple(at.x, at.y, at.z);
}

bool Grid::check() {
  const Kernel &kernel = function.kernel;
  auto bad = [&](const Twine &found, const Twine &expected) {
    report(Diagnostic::BadLaunch, 0, found, expected);
    return false;
  };
  const Extent &grid = launch.grid, &block = launch.block;
  auto within = [](uint64_t count, uint64_t most) { return count >= 1 && count <= most; };
  if (!within(grid.x, INT32_MAX) || !within(grid.y, 65535) || !within(grid.z, 65535))
    return bad("a grid of " + triple(grid.x, grid.y, grid.z) + " blocks",
               "(1, 1, 1) to (2147483647, 65535, 65535)");
  if (!within(block.x, 1024) || !within(block.y, 1024) || !within(block.z, 64) ||
      block.count() > 1024)
    return bad("a block of " + triple(block.x, block.y, block.z) + " threads",
               "(1, 1, 1) to (1024, 1024, 64), and at most 1024");
  if (kernel.maxThreads && block.count() > kernel.maxThreads)
    return bad("a block of " + Twine(block.count()) + " threads",
               "at most " + Twine(kernel.maxThreads) + ", as .maxntid says");
  const Extent &required = kernel.requiredBlock;
  if (required.x && (required.x != block.x || required.y != block.y || required.z != block.z))
    return bad("a block of " + triple(block.x, block.y, block.z) + " threads",
               triple(required.x, required.y, required.z) + ", as .reqntid says");
  uint64_t most = function.mostSharedBytes;
  if (launch.sharedBytes > most || kernel.sharedBytes + launch.sharedBytes > most)
    return bad(Twine(kernel.sharedBytes) + " + " + Twine(launch.sharedBytes) +
                   " bytes of shared memory",
               "at most " + Twine(most) + " on this target");
  if (launch.parameters.size() != kernel.parameterBytes)
    return bad(Twine(launch.parameters.size()) + " bytes of parameters",
               Twine(kernel.parameterBytes));
  uint64_t warps = (block.count() + warpSize - 1) / warpSize;
  uint64_t each =
      warps * function.slots.size() * warpSize * 4 + kernel.sharedBytes + launch.sharedBytes;
  uint64_t blocks = function.meetsOtherBlocks ? grid.count() : std::min(grid.count(), liveBlocks);
  if (each > launch.memoryLimit / blocks)
    return bad(Twine(blocks) + " blocks of " + Twine(each) + " bytes that live at once",
               "at most " + Twine(launch.memoryLimit) + " bytes in all");
  return true;
}

void Grid::makeWarp(Block &block, uint32_t index) {
  block.warps.push_back(std::make_unique<Warp>());
  Warp &warp = *block.warps.back();
  warp.grid = this;
  warp.block = &block;
  warp.function = &function;
  warp.index = index;
  uint64_t threads = launch.block.count() - uint64_t(index) * warpSize;
  warp.live = threads >= warpSize ? ~0u : (1u << threads) - 1;
  warp.groups = {{0, warp.live}};
  size_t bytes = function.slots.size() * warpSize * 4;
  warp.registers = std::make_unique<char[]>(bytes);
  std::memset(warp.registers.get(), 0xff, bytes);
  for (const Constant &constant : function.constants)
    for (unsigned lane = 0; lane < warpSize; ++lane)
      if (constant.isWide)
        warp.lanes<uint64_t>(constant.slot)[lane] = constant.value;
      else
        warp.lanes<uint32_t>(constant.slot)[lane] = static_cast<uint32_t>(constant.value);
  for (auto [special, slot] : function.specials)
    for (unsigned lane = 0; lane < warpSize; ++lane) {
      uint64_t thread = uint64_t(index) * warpSize + lane;
      const Extent &size = launch.block;
      uint64_t values[] = {thread % size.x,
                           thread / size.x % size.y,
                           thread / size.x / size.y,
                           size.x,
                           size.y,
                           size.z,
                           block.position.x,
                           block.position.y,
                           block.position.z,
                           launch.grid.x,
                           launch.grid.y,
                           launch.grid.z,
                           lane,
                           index,
                           (size.count() + warpSize - 1) / warpSize,
                           1u << lane,
                           (2ull << lane) - 1,
                           (1u << lane) - 1,
                           ~((1u << lane) - 1),
                           ~((2ull << lane) - 1),
                           launch.sharedBytes};
      warp.lanes<uint32_t>(slot)[lane] = static_cast<uint32_t>(values[unsigned(special)]);
    }
  if (races)
    warp.order = races->begin(static_cast<uint32_t>(block.index));
}

bool Grid::makeBlock(uint64_t index) {
  auto block = std::make_unique<Block>();
  block->index = index;
  block->position = {index % launch.grid.x, index / launch.grid.x % launch.grid.y,
                     index / launch.grid.x / launch.grid.y};
  block->shared.isShared = true;
  if (!block->shared.create(sharedBase, function.kernel.sharedBytes + launch.sharedBytes)) {
    report(Diagnostic::BadLaunch, 0, "no memory for a block", "it");
    return false;
  }
  uint64_t warps = (launch.block.count() + warpSize - 1) / warpSize;
  block->running = static_cast<uint32_t>(warps);
  for (uint32_t i = 0; i < warps; ++i)
    makeWarp(*block, i);
  ++counters.blocks;
  counters.warps += warps;
  blocks.push_back(std::move(block));
  return true;
}

bool Grid::runAll() {
  std::vector<Warp *> ready;
  for (auto &block : blocks)
    for (auto &warp : block->warps)
      if (warp->live && !warp->barrier)
        ready.push_back(warp.get());
  bool isRandom = launch.scheduler == Scheduler::Random;
  if (isRandom) // not std::shuffle: the same order with every library
    for (size_t i = ready.size(); i > 1; --i)
      std::swap(ready[i - 1], ready[random() % i]);
  for (Warp *warp : ready)
    runWarp(*warp, isRandom ? 1 + random() % 64 : 4096);
  return !ready.empty();
}

void Grid::run() {
  runBlocks();
  // Launches follow one another: what one did is no race of the next.
  for (auto &[base, region] : device.regions)
    region->shadow.clear();
}

void Grid::runBlocks() {
  counters.registers = function.kernel.registers;
  counters.sharedBytes = function.kernel.sharedBytes + launch.sharedBytes;
  if (!check())
    return;
  if (launch.checkRaces)
    races.emplace(function.meetsOtherBlocks, [this](const Instruction &inst, const Twine &found) {
      report(Diagnostic::Race, inst.line, found,
             "a barrier between them, or strong accesses and their order");
    });
  uint64_t next = 0, total = launch.grid.count();
  uint64_t most = function.meetsOtherBlocks ? total : liveBlocks;
  while (!isStopped) {
    llvm::erase_if(blocks, [](const auto &block) { return block->running == 0; });
    while (blocks.size() < most && next < total)
      if (!makeBlock(next++))
        return;
    if (blocks.empty())
      return;
    if (!runAll())
      reportDeadlock();
    else if (idle > launch.stallLimit)
      report(Diagnostic::Deadlock, 0,
             Twine(idle) + " instructions of warps without a new value stored, a barrier or an end",
             "progress");
    else if (counters.instructions > launch.instructionLimit)
      report(Diagnostic::Deadlock, 0, Twine(counters.instructions) + " instructions of warps",
             "the grid to end within " + Twine(launch.instructionLimit));
  }
}

} // namespace grucc::ptxrun
