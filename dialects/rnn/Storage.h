//===- Storage.h - Weights in narrower numbers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What Storage.td says, for values: T is float or double, the network's own
// numbers. Nothing here rounds.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_STORAGE_H
#define GRUCC_DIALECTS_RNN_STORAGE_H

#include "dialects/rnn/Rnn.h"
#include <optional>

namespace grucc::rnn {

/// The kind of an optional attribute.
inline StorageKind kindOf(StorageAttr storage) {
  return storage ? storage.getKind() : StorageKind::Exact;
}

/// Bytes of a weight; those of the network's own numbers are `exactBytes`.
int64_t bytesOf(StorageKind kind, int64_t exactBytes);

/// Whether all that `narrowest` holds is held by `kind`: itself, `exact`, and
/// bfloat16 for int8.
bool alsoHolds(StorageKind narrowest, StorageKind kind);

/// The bits of q for w = `value`, in two's complement for int8; nothing when the
/// storage does not hold the value.
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
