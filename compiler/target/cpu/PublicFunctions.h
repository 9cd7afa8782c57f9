//===- PublicFunctions.h - The functions that C calls -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The public functions of A3: checks of arguments around what a private function does, of
// which nothing else remains,
//
//   func.func private @net.step(%x, ..., %batch) { work }
//     ==>
//   func.func @net_step(%x, ..., %batch) -> i32 {
//     checks, each with the status that it ends with
//     else { work; 0 }
//   }
//
// A call in place of the work would do for C. But LLVM takes what stands behind so many checks
// for seldom called, and would put kernels into the private function instead.
//
// runtime/include/grucc/model.h says what they take and when they return which status.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_PUBLICFUNCTIONS_H
#define GRUCC_COMPILER_TARGET_CPU_PUBLICFUNCTIONS_H

#include "compiler/target/ModelAbi.h"
#include "compiler/target/cpu/CValues.h"
#include "dialects/rnn/Rnn.h"

namespace grucc::cpu {

/// The public functions of one network, written from what stands on its @NAME.run.
class PublicFunctions : CValues {
public:
  /// A condition that ends a function, and the status it ends with.
  struct Check {
    std::function<Value()> fails;
    Status status;
  };
  using Checks = llvm::SmallVector<Check>;

  /// `users`: who names a function, found in one walk over the module.
  PublicFunctions(Emitter &e, mlir::func::FuncOp run, rnn::DescriptorAttr facts,
                  const rnn::Network &network, const mlir::SymbolUserMap &users)
      : CValues{e}, run(run), facts(facts), network(network), name(facts.getName()), users(users) {}

  mlir::LogicalResult emit();

private:
  mlir::func::FuncOp run;
  rnn::DescriptorAttr facts;
  rnn::Network network;
  std::string name;
  const mlir::SymbolUserMap &users;

  mlir::LogicalResult emitSizes(); ///< state_bytes, workspace_bytes
  mlir::LogicalResult emitRun();
  mlir::LogicalResult emitStates(); ///< init_state, read_state, reset_state
  mlir::LogicalResult emitStep();
  mlir::LogicalResult emitPack(); ///< external weights only

  /// @NAME.suffix, which must be a private function of that type that nobody calls.
  mlir::FailureOr<mlir::func::FuncOp> findWorker(llvm::StringRef suffix, mlir::FunctionType type);
  /// type @NAME_suffix(types), at the insertion point: what `body` says.
  mlir::FailureOr<mlir::func::FuncOp> emitFunction(llvm::StringRef suffix, mlir::FunctionType type,
                                                   llvm::function_ref<Value(ValueRange)> body);
  /// int @NAME_suffix(types), in place of @NAME.suffix(types): the status of the first check
  /// that fails, else Ok when the work is done.
  mlir::FailureOr<mlir::func::FuncOp> emitChecked(llvm::StringRef suffix,
                                                  llvm::ArrayRef<mlir::Type> types,
                                                  llvm::function_ref<Checks(ValueRange)> checks);
  /// Moves the body of a function to the insertion point; its results.
  Values moveHere(mlir::func::FuncOp worker, ValueRange args);
  Value guarded(llvm::ArrayRef<Check> checks, llvm::function_ref<void()> body);

  Checks checkRun(Value args);
  Value misaligned(Value pointer) {
    return compare(mlir::arith::CmpIPredicate::ne,
                   mlir::arith::AndIOp::create(e, address(pointer), i64(e.bufferAlignment() - 1)), 0);
  }
  StreamState stream() { return {{e}, network.stateRowBytes()}; }
  const rnn::Target &target() {
    return run->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name).getRow();
  }
  const rnn::Platform &platform() { return *target().platform; }
  int64_t mostRowsOfState();
  int64_t mostRows();
  /// Whether state_bytes / workspace_bytes refuses these counts.
  Value batchTooLarge(Value batch);
  Value countsTooLarge(Value seqLen, Value batch);
};

/// Whether the calling thread's registers have another length than the code is for.
Value isOtherLength(Emitter &e, const rnn::Target &target);

/// int NAME_supported(): whether this CPU has what the target stands for. The one function that
/// runs on every CPU of its platform.
void emitSupported(Emitter &e, const llvm::Twine &name, const rnn::Target &target);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_PUBLICFUNCTIONS_H
