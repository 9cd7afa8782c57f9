//===- Races.h - Which accesses nothing orders ---------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Happens-before with vector clocks. A warp's clock says up to which time of
// every other warp it knows what was done; its own time goes on at everything
// that others may be ordered after (barriers, fences, releases), so that warp and
// time, an epoch, determine the clock. An access is an event: an epoch, and how
// it was made. Memory cells hold sets of events, of which equal ones are one, and
// what an event does to a set is found once and remembered: the cells of a matrix
// that a warp reads in one epoch all take the same step.
//
// Lanes of one warp are ordered by barriers and bar.warp.sync alone: by the time
// since when all of them are together, and, after a bar.warp.sync of some, by how
// far each lane knows each other one.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_RACES_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_RACES_H

#include "Memory.h"
#include "Program.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/Twine.h"
#include <functional>

namespace grucc::ptxrun {

/// Warps, ascending, and up to which time each is known.
using Clock = std::vector<std::pair<uint32_t, uint32_t>>;
using SharedClock = std::shared_ptr<const Clock>;
void join(Clock &into, const Clock &other);

/// What a strong write publishes to those that read it.
struct Message {
  SharedClock clock;
  Scope scope = Scope::Cta;
  uint32_t block = 0; ///< of the writer
};

/// What a warp knows.
struct WarpOrder {
  uint32_t warp = 0, block = 0; ///< numbered over the grid
  uint32_t time = 1;
  uint32_t line = 0;           ///< of the instruction that this epoch began with; 0: the start
  uint32_t together = 1;       ///< when all lanes last met
  std::vector<uint32_t> known; ///< [lane, other]: up to when, since then; empty: no two have met
  Clock clock;
  Message fence;                ///< what relaxed writes publish after a fence
  std::vector<Message> pending; ///< what relaxed reads saw, for a fence to come
  uint32_t weakRead = 0;        ///< the event of weak reads in this epoch; 0: none yet
};

/// One access of one lane.
struct Access {
  Region *region;
  uint64_t offset;
  unsigned bytes, lane;
};

class Races {
public:
  /// Gets the races that are found.
  using Report = std::function<void(const Instruction &, const llvm::Twine &found)>;
  /// blocksMeet: whether anything orders one block after another.
  Races(bool blocksMeet, Report report);

  WarpOrder begin(uint32_t block);

  void read(WarpOrder &order, const Instruction &inst, const Access &access);
  /// `changes`: other bytes than were there.
  void write(WarpOrder &order, const Instruction &inst, const Access &access, bool changes);
  /// cp.async: from its issue until it is waited for, no one may touch the bytes.
  void beginCopy(WarpOrder &order, const Instruction &inst, const Access &access);
  void endCopy(WarpOrder &order, const Instruction &inst, const Access &access);

  // What strong accesses order; after read() and write().
  void observe(WarpOrder &order, const Instruction &inst, const Access &access);
  void publish(WarpOrder &order, const Instruction &inst, const Access &access, bool isAtomic);
  void fence(WarpOrder &order, const Instruction &inst);
  /// A new epoch: others may be ordered after what was before it.
  void advance(WarpOrder &order, uint32_t line);
  /// All lanes of the warp have met, at a barrier or alone.
  void meet(WarpOrder &order, uint32_t line);
  /// These have, and others that live have not.
  void meet(WarpOrder &order, uint32_t line, uint32_t lanes);

private:
  struct Event {
    uint32_t warp, time, line, epochLine, block;
    uint8_t flags;
  };
  struct Set {
    uint32_t rest, event; ///< a set and one event more
  };
  struct Step {
    uint32_t conflict; ///< an event that is not ordered before; 0: none
    uint32_t added;    ///< the set with the event, without those ordered before it
    uint32_t pruned;   ///< the set without those ordered before it
  };
  enum Flag : uint8_t { IsWrite = 1, IsStrong = 2, IsAsync = 4, IsConstant = 8, GpuScope = 16 };

  uint32_t event(const WarpOrder &order, const Instruction &inst, uint8_t flags);
  uint8_t flagsOf(const Instruction &inst);
  uint32_t setOf(uint32_t rest, uint32_t event);
  Step step(const WarpOrder &order, uint32_t set, uint32_t event);
  bool isBefore(const Event &earlier, const WarpOrder &order) const;
  bool areMorallyStrong(const Event &a, const Event &b) const;
  bool isUnordered(const WarpOrder &order, uint32_t set, uint8_t earlierLane, uint8_t lane) const;
  void writeEvent(WarpOrder &order, const Instruction &inst, const Access &access, uint32_t id,
                  bool changes);
  void found(const WarpOrder &order, const Instruction &inst, const Access &access, bool isWrite,
             uint32_t other, bool isOwnWarp);

  bool blocksMeet;
  Report report;
  uint32_t numWarps = 0;
  std::vector<Event> events;
  std::vector<Set> sets;
  llvm::DenseMap<std::pair<uint64_t, uint64_t>, uint32_t> eventIds;
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, uint32_t> setIds;
  llvm::DenseMap<std::pair<uint32_t, uint32_t>, Step> steps;
  std::pair<uint32_t, uint32_t> lastKey[2];
  Step lastStep[2];
  llvm::DenseMap<std::pair<const Region *, uint64_t>, Message> messages;
};

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_RACES_H
