//===- CValues.h - Counts and pointers of C, in generated code -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_CVALUES_H
#define GRUCC_COMPILER_TARGET_CPU_CVALUES_H

#include "compiler/target/cpu/Emitter.h"
#include "compiler/target/cpu/Team.h"

namespace grucc::cpu {

struct CValues {
  Emitter &e;

  mlir::Type pointer() { return e.pointerType(); }
  Value i64(int64_t value) {
    return mlir::arith::ConstantOp::create(e, e.getI64IntegerAttr(value));
  }
  Value toIndex(Value value) {
    return mlir::arith::IndexCastOp::create(e, e.getIndexType(), value);
  }
  Value compare(mlir::arith::CmpIPredicate predicate, Value a, int64_t b) {
    return mlir::arith::CmpIOp::create(e, predicate, a, i64(b));
  }
  /// Bytes, rounded up to whole lines.
  Value wholeLines(Value bytes);

  Value address(Value pointer) {
    return mlir::LLVM::PtrToIntOp::create(e, e.getI64Type(), pointer);
  }
  Value isNull(Value pointer) { return cpu::isNull(e, pointer); }
  Value isGiven(Value pointer) {
    return compare(mlir::arith::CmpIPredicate::ne, address(pointer), 0);
  }
  /// pointer + bytes.
  Value advance(Value pointer, Value bytes);
  /// What stands behind a pointer, as a memref; of elements unless a type is given.
  Value view(Value pointer, mlir::MemRefType type = nullptr);
};

/// What a run is called with, field by field.
struct RunArguments : CValues {
  Value args; ///< pointer to grucc_args

  Value argument(rnn::ArgsField field, mlir::Type type) {
    return rnn::ArgumentOp::create(e, type, field, args);
  }
  Value count(rnn::ArgsField field) { return argument(field, e.getI64Type()); }
  Value index(rnn::ArgsField field) { return argument(field, e.getIndexType()); }
  Value buffer(rnn::ArgsField field) { return argument(field, pointer()); }
  Value missing(rnn::ArgsField field) { return isNull(buffer(field)); }
  Value given(rnn::ArgsField field) { return isGiven(buffer(field)); }
  /// What stands behind its pointer, elements of the network or counts.
  Value elements(rnn::ArgsField field) { return argument(field, e.memoryType()); }
  Value counts(rnn::ArgsField field) { return argument(field, e.countsType()); }
  Value bytes(rnn::ArgsField field) { return argument(field, e.bytesType()); }
};

/// A stream's state (ModelAbi.h): which of two halves is the old one, and
/// the halves.
struct StreamState : CValues {
  int64_t rowBytes; ///< of one half

  /// Of [L, B, H], in whole lines.
  Value halfBytes(Value batch);
  Value bytes(Value batch);
  /// i64: the half that the next step reads, 0 or 1.
  Value parity(Value state);
  void setParity(Value state, Value parity);
  Value half(Value state, Value parity, Value batch);
  Value current(Value state, Value batch) { return half(state, parity(state), batch); }
};

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_CVALUES_H
