//===- PackedUnits.h - Units that share a vector -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_PACKEDUNITS_H
#define GRUCC_DIALECTS_RNN_PACKEDUNITS_H

#include <cstdint>

namespace grucc {

/// The units behind whole vectors that share one packed vector among all gates: where
/// they fill up to a quarter of it; else 0. The cost model and the kernels agree on it.
constexpr int64_t packedUnits(int64_t hiddenSize, int64_t lanes) {
  int64_t rest = hiddenSize % lanes;
  return 4 * rest <= lanes ? rest : 0;
}

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_PACKEDUNITS_H
