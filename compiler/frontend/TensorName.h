//===- TensorName.h - torch's names of tensors, taken apart ---------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_TENSORNAME_H
#define GRUCC_COMPILER_FRONTEND_TENSORNAME_H

#include "llvm/ADT/StringRef.h"
#include <optional>

namespace grucc {

/// torch's name of a GRU's tensor, taken apart: `bias_ih_l3_reverse`. An LSTM and a plain
/// RNN have the same names.
struct TensorName {
  bool isBias = false, isReverse = false;
  int32_t layer = 0;

  static std::optional<TensorName> parse(llvm::StringRef text);
};

/// What torch makes of such names where it keeps something else than the tensor itself.
struct TorchName {
  enum Form {
    Itself,
    OfCell,           ///< GRUCell: weight_hh
    OfProjection,     ///< LSTM with proj_size: weight_hr_l0
    WeightNorm,       ///< weight_hh_l0_g, weight_hh_l0_v
    ParametrizedNorm, ///< parametrizations.weight_hh_l0.original0, .original1
    Parametrized,     ///< parametrizations.weight_hh_l0.original
    PrunedOrSpectral, ///< weight_hh_l0_orig
    Mask,             ///< weight_hh_l0_mask
  } form = Itself;
  llvm::StringRef prefix; ///< `encoder.`
  llvm::StringRef tensor; ///< `weight_hh_l0`, whose part it is, or itself

  static std::optional<TorchName> parse(llvm::StringRef text);
};

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_TENSORNAME_H
