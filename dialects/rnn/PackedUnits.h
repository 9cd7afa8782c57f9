//===- PackedUnits.h - Units that share a vector -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_PACKEDUNITS_H
#define GRUCC_DIALECTS_RNN_PACKEDUNITS_H

#include "llvm/Support/MathExtras.h"
#include <cstdint>

namespace grucc {

/// Parts of a packed vector, one for each gate: a power of two of them.
inline int64_t packedParts(int64_t gates) { return llvm::PowerOf2Ceil(gates); }

/// The units behind whole vectors that share one packed vector among all gates: where
/// they fill up to one part of it (of three gates, a quarter); else 0. The cost model and
/// the kernels agree on it.
inline int64_t packedUnits(int64_t hiddenSize, int64_t lanes, int64_t gates) {
  int64_t rest = hiddenSize % lanes;
  return gates > 1 && packedParts(gates) * rest <= lanes ? rest : 0;
}

/// Whether weights lie in memory by `otherLanes` as by `lanes`, in panels of as many units.
inline bool panelsAgree(int64_t hiddenSize, int64_t gates, int64_t lanes, int64_t otherLanes) {
  return lanes == otherLanes ||
         (!packedUnits(hiddenSize, lanes, gates) && !packedUnits(hiddenSize, otherLanes, gates) &&
          llvm::alignTo(hiddenSize, lanes) == llvm::alignTo(hiddenSize, otherLanes));
}

/// Whether the units have one vector of their own.
inline bool isOneVector(int64_t hiddenSize, int64_t gates, int64_t lanes) {
  return hiddenSize <= lanes && !packedUnits(hiddenSize, lanes, gates);
}

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_PACKEDUNITS_H
