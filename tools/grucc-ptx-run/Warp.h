//===- Warp.h - Warps, blocks and the grid while they run ----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_WARP_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_WARP_H

#include "Program.h"
#include "Races.h"
#include <random>

namespace grucc::ptxrun {

struct Block;
class Grid;

/// Lanes at one place.
struct Group {
  uint32_t pc, mask;
};

/// One cp.async of one lane.
struct PendingCopy {
  unsigned lane;
  uint32_t group; ///< committed as the lane's so manieth; openGroup: not yet
  const Instruction *inst;
  Access target, source;
  unsigned bytes, filled; ///< from the source; then zeros
};
constexpr uint32_t openGroup = ~0u;

struct Warp {
  Grid *grid = nullptr;
  Block *block = nullptr;
  const Function *function = nullptr;
  uint32_t index = 0;              ///< in its block
  uint32_t live = 0;               ///< lanes that have not ended
  std::vector<Group> groups;       ///< by pc
  uint64_t diverged = 0;           ///< instructions since it last was one group
  std::optional<uint32_t> barrier; ///< of the block that it waits at
  WarpOrder order;
  std::vector<PendingCopy> copies;
  std::array<uint32_t, warpSize> committed{};
  Region *lastRegion = nullptr;

  const Slot *slots(const Instruction &inst) const {
    return function->operands.data() + inst.operands;
  }
  template <class T> T *lanes(Slot slot) {
    return reinterpret_cast<T *>(registers.get() + size_t(slot) * warpSize * 4);
  }
  std::unique_ptr<char[]> registers;
};

/// A numbered barrier of a block.
struct Barrier {
  uint32_t arrived = 0, expected = 0; ///< threads; expected 0: all of the block
  uint32_t line = 0;
  Clock clock;                         ///< of those that came
  std::vector<Warp *> waiting, others; ///< others arrived and went on
};

struct Block {
  uint64_t index = 0;
  Extent position;
  Region shared;
  std::vector<std::unique_ptr<Warp>> warps;
  std::array<Barrier, 16> barriers;
  uint32_t running = 0; ///< warps that have not ended
};

/// One launch.
class Grid {
public:
  Grid(DeviceState &device, const Function &function, const Launch &launch, LaunchResult &result);
  void run();

  // For instructions.
  DeviceState &device;
  const Function &function;
  const Launch &launch;
  Counters &counters;
  std::optional<Races> races;
  bool isStopped = false;
  uint64_t idle = 0; ///< instructions since anyone got anywhere
  void progress() { idle = 0; }
  /// Notes what is wrong; all but uninitialised reads and races stop the launch.
  void report(Diagnostic::Kind kind, uint32_t line, const llvm::Twine &found,
              const llvm::Twine &expected);
  /// `thread 3 0 0 of block 1 0 0`
  std::string thread(const Warp &warp, unsigned lane) const;
  void arrive(Warp &warp, uint32_t mask, const Instruction &inst);

private:
  void runBlocks();
  bool check();
  bool makeBlock(uint64_t index);
  void makeWarp(Block &block, uint32_t index);
  bool runAll(); ///< every warp that can, in turn; false: none could
  void runWarp(Warp &warp, unsigned instructions);
  bool chooseGroup(Warp &warp, size_t &chosen);
  bool canGoOn(Warp &warp, const Group &group) const;
  void runControl(Warp &warp, Group &group, const Instruction &inst, uint32_t mask);
  void endLanes(Warp &warp, Group &group, uint32_t mask);
  void reportStuck(Warp &warp);
  void reportDeadlock();
  void tryRelease(Block &block, uint32_t number);

  LaunchResult &result;
  uint64_t faults = 0;
  std::vector<std::unique_ptr<Block>> blocks; ///< live ones
  std::mt19937_64 random;
  std::map<std::tuple<int, uint32_t, std::string>, size_t> known;
};

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_WARP_H
