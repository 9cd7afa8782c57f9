//===- Team.h - The threads of a run, in generated code -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Generated code makes no thread: it hands work to the caller's parallel_for,
// and waits in the caller's barrier (runtime/include/grucc/model.h).
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_TEAM_H
#define GRUCC_COMPILER_TARGET_CPU_TEAM_H

#include "compiler/target/cpu/Emitter.h"

namespace grucc::cpu {

/// Who works on a layer, in one of three forms:
///
///   alone     part 0 of 1; no function
///   together  all parts run the same code at the same time, each its own part
///             of every phase, and meet in `barrier` between phases
///   forking   one thread runs the code, as part 0, and hands every phase to
///             `parallelFor`: for callers without a barrier
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
Value isNull(Emitter &e, Value pointer);
/// Whether one memory begins at a lower address than another.
Value standsBefore(Emitter &e, Value memory, Value other);

/// A thread's share of a phase: which part it is, of how many, and the panels
/// [first, end) of its units.
struct Share {
  Value part, parts, first, end;
};

/// Calls parallelFor(context, count, body, &captured): `work` becomes the private
/// function `name`. It may use nothing of its surroundings but what is captured.
void emitFork(Emitter &e, mlir::ModuleOp module, const llvm::Twine &name, Value parallelFor,
              Value context, Value count, ValueRange captured,
              llvm::function_ref<void(ValueRange captured, Value part)> work);

/// The phases of one function that a team runs.
class Phases {
public:
  /// At the start of the function, whose arguments every phase may use; `panels`
  /// is what units are shared by.
  Phases(Emitter &e, mlir::ModuleOp module, const Team &team, int64_t panels, ValueRange args);

  /// A phase runs often, or it need not be quick.
  enum Speed { Hot, Cold };

  /// Every part does its share. When it `meets`, all have done so before any goes
  /// on; a team that forks always meets. `work` as in emitFork: it is given the
  /// function's arguments, then `others`.
  void run(const llvm::Twine &name, ValueRange others, bool meets, Speed speed,
           llvm::function_ref<void(ValueRange captured, const Share &share)> work);

private:
  Emitter &e;
  mlir::ModuleOp module;
  Team team;
  int64_t panels;
  Values args;
  Share own;
  Value frame;

  Share shareOf(Value part, Value parts);
};

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_TEAM_H
