//===- Storage.h - Weights in narrower numbers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What Storage.td says, as a table with a row for each kind of numbers: what it asks
// of layouts and cost models, and which values it holds. Nothing here rounds. T is
// float or double, the network's own numbers.
//
// How packed numbers are widened is a matter of targets: target/cpu/Widening.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_STORAGE_H
#define GRUCC_DIALECTS_RNN_STORAGE_H

#include "dialects/rnn/Rnn.h"
#include "dialects/rnn/Targets.h"
#include <optional>

namespace grucc::rnn {

struct Storage {
  StorageKind kind;
  int64_t bytes; ///< of a weight; 0: those of the network's own numbers
  int64_t group; ///< consecutive k of a unit in one word, loaded together
  /// Exponents of a matrix's scale, -most to most; 0: it has none.
  int64_t mostExponent;
  StorageKind alsoIn;  ///< another kind that holds all that this one does
  double widening;     ///< operations on a vector of weights, beside its multiply-adds
  bool Target::*needs; ///< what a CPU must have; null: nothing
  uint64_t zero;       ///< what is packed for 0: the bits of q + zero
  /// The bits of q for w = `value`, in two's complement; nothing where it holds no such
  /// value. Null: it keeps no networks of that dtype.
  std::optional<uint64_t> (*narrowFloat)(int64_t exponent, float value);
  std::optional<uint64_t> (*narrowDouble)(int64_t exponent, double value);
  /// The exponent that may hold all of these values; null where there is no scale.
  std::optional<int64_t> (*exponentOf)(llvm::ArrayRef<float> values);

  bool isExact() const { return kind == StorageKind::Exact; }
  /// Whether networks of that dtype may have it, beside their own numbers.
  bool narrows(mlir::Type dtype) const {
    return dtype.isF64() ? narrowDouble != nullptr : narrowFloat != nullptr;
  }
  int64_t weightBytes(int64_t exactBytes) const { return isExact() ? exactBytes : bytes; }
  /// Whether all that this kind holds is held by `other`.
  bool isHeldBy(StorageKind other) const {
    return other == kind || other == StorageKind::Exact || other == alsoIn;
  }
};

/// All kinds, narrowest first.
llvm::ArrayRef<Storage> storages();
const Storage &storageOf(StorageKind kind);

/// The kind of an optional attribute.
inline StorageKind kindOf(StorageAttr storage) {
  return storage ? storage.getKind() : StorageKind::Exact;
}
inline const Storage &storageOf(StorageAttr storage) { return storageOf(kindOf(storage)); }

/// The bits of q for w = `value`; nothing when the storage does not hold the value.
template <typename T> std::optional<uint64_t> narrowedBits(StorageAttr storage, T value);

/// The narrowest storage that holds every value: int8, else bfloat16, else
/// float16; float32 for float64. Null when there is none but `exact`.
template <typename T>
StorageAttr narrowestStorage(mlir::MLIRContext *context, llvm::ArrayRef<T> values);

/// bfloat16, or int8 * 2^-7: as reports print it; `dtype` when null.
std::string storageText(StorageAttr storage, llvm::StringRef dtype);

/// Diagnoses a storage that numbers of type `dtype` are not kept in.
llvm::LogicalResult expectStorage(mlir::Operation *op, llvm::StringRef name, StorageAttr storage,
                                  mlir::Type dtype);

} // namespace grucc::rnn

#endif // GRUCC_DIALECTS_RNN_STORAGE_H
