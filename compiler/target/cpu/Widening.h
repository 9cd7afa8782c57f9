//===- Widening.h - Packed numbers back into the network's own -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a storage is in registers: how a vector of its words is loaded, how the weight
// of one k is taken out of each, and the constants that this needs of a matrix. Results
// are those of the network's own numbers, to the bit.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_WIDENING_H
#define GRUCC_COMPILER_TARGET_CPU_WIDENING_H

#include "compiler/target/cpu/Emitter.h"
#include "dialects/rnn/Storage.h"
#include <memory>

namespace grucc::cpu {

class Widening {
public:
  virtual ~Widening() = default;

  /// Vectors of `lanes` words.
  Value load(Value bytes, Value at, int64_t alignment);
  /// The weights of the first k of every word, or of the second (`upper`).
  virtual Value widen(Value word, bool upper) = 0;

protected:
  Widening(Emitter &e, int64_t lanes, mlir::Type word) : e(e), lanes(lanes), word(word) {}

  /// What `widen` takes of what was loaded.
  virtual Value prepare(Value loaded) { return loaded; }
  /// Of 32-bit words.
  Value bits(int64_t value);
  Value floats(Value words);

  Emitter &e;
  int64_t lanes;
  mlir::Type word;
};

/// `constants`: those of expandConstants, where the storage has a scale.
std::unique_ptr<Widening> wideningOf(Emitter &e, rnn::StorageKind kind, int64_t lanes,
                                     ValueRange constants);

/// The vectors of an rnn.matrix_constants.
Values expandConstants(Emitter &e, rnn::MatrixConstantsOp op);

/// A matrix's constants, for expandConstants.
void packConstants(rnn::StorageAttr storage, char *to);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_WIDENING_H
