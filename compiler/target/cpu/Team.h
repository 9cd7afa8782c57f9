//===- Team.h - The threads of a run, in generated code -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The team of TeamOps.td as C++ values, and what kernels' memory is made of.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_TEAM_H
#define GRUCC_COMPILER_TARGET_CPU_TEAM_H

#include "compiler/target/cpu/Emitter.h"

namespace grucc::cpu {

/// Who works on a layer, in one of three forms (dialects/rnn/TeamOps.td).
struct Team {
  Value part, parts; ///< index
  Value parallelFor; ///< pointer; null unless forking
  Value barrier;     ///< pointer; null unless together
  Value context;     ///< pointer, for both

  static llvm::SmallVector<mlir::Type> types(Emitter &e);
  static Team from(ValueRange values);
  static Team alone(Emitter &e);
  Values values() const { return {part, parts, parallelFor, barrier, context}; }
};

/// What stands behind a pointer, as a memref.
Value viewOf(Emitter &e, Value pointer, mlir::MemRefType type);
/// The same memory from an element on.
Value viewFrom(Emitter &e, Value memory, Value element);
/// The address of element 0 of a memory, as 64 bits.
Value addressOf(Emitter &e, Value memory);
Value isNull(Emitter &e, Value pointer);
/// Whether one memory begins at a lower address than another.
Value standsBefore(Emitter &e, Value memory, Value other);

/// A thread's share of a phase: which part it is, of how many, and the panels
/// [first, end) of its units.
struct Share {
  Value part, parts, first, end;
};

/// The phases of one function that a team runs (rnn.phase).
class Phases {
public:
  /// At the start of the function that has the team; its phases share `units` units.
  Phases(Emitter &e, const Team &team, int64_t units);

  /// A phase runs often, or it need not be quick.
  enum Speed { Hot, Cold };

  /// Every part does its share. When it `meets`, all have done so before any goes
  /// on; a team that forks always meets.
  void run(const llvm::Twine &name, bool meets, Speed speed,
           llvm::function_ref<void(const Share &share)> work);

private:
  Emitter &e;
  Team team;
  int64_t units;
  rnn::ShareOp share;
};

/// `count` parts that parallelFor's threads do (rnn.fork).
void emitFork(Emitter &e, const llvm::Twine &name, Value parallelFor, Value context, Value count,
              llvm::function_ref<void(Value part)> work);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_TEAM_H
