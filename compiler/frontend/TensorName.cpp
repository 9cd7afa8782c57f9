//===- TensorName.cpp - torch's names of tensors, taken apart -------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/TensorName.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace grucc {

std::optional<TensorName> TensorName::parse(StringRef text) {
  TensorName name;
  name.isBias = text.starts_with("bias_");
  if (!text.consume_front("weight_ih_l") && !text.consume_front("weight_hh_l") &&
      !text.consume_front("bias_ih_l") && !text.consume_front("bias_hh_l"))
    return std::nullopt;
  name.isReverse = text.consume_back("_reverse");
  bool isCanonical = text == "0" || (!text.empty() && text.front() >= '1' && text.front() <= '9');
  if (!isCanonical || text.getAsInteger(10, name.layer))
    return std::nullopt;
  return name;
}

static bool isOfCell(StringRef name) {
  return is_contained({"weight_ih", "weight_hh", "bias_ih", "bias_hh"}, name);
}

/// Takes what stands for the form off the end.
static TorchName::Form takeForm(StringRef &text) {
  constexpr std::pair<StringLiteral, TorchName::Form> endings[] = {
      {".original0", TorchName::ParametrizedNorm},
      {".original1", TorchName::ParametrizedNorm},
      {".original", TorchName::Parametrized},
      {"_g", TorchName::WeightNorm},
      {"_v", TorchName::WeightNorm},
      {"_orig", TorchName::PrunedOrSpectral},
      {"_mask", TorchName::Mask}};
  for (const auto &[ending, form] : endings)
    if (text.consume_back(ending))
      return form;
  return TorchName::Itself;
}

std::optional<TorchName> TorchName::parse(StringRef text) {
  TorchName name;
  name.form = takeForm(text);
  size_t begin = text.rfind('.') + 1; // npos + 1 is 0
  name.prefix = text.take_front(begin);
  name.tensor = text.drop_front(begin);
  bool isParametrized = name.form == ParametrizedNorm || name.form == Parametrized;
  if (isParametrized && !name.prefix.consume_back("parametrizations."))
    return std::nullopt;
  if (isOfCell(name.tensor)) {
    if (name.form == Itself)
      name.form = OfCell;
    return name;
  }
  if (name.form == Itself && name.tensor.starts_with("weight_hr_l")) {
    name.form = OfProjection;
    return name;
  }
  return TensorName::parse(name.tensor) ? std::optional(name) : std::nullopt;
}

} // namespace grucc
