//===- VariantText.cpp - Variants in words -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/VariantText.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace grucc;
using llvm::StringRef;

llvm::hash_code grucc::hash_value(const Variant &variant) {
  auto bits = [](double number) { return llvm::bit_cast<uint64_t>(number); };
  auto code = [&](const Activation &a) {
    return llvm::hash_combine(int(a.kind), bits(a.alpha), bits(a.beta));
  };
  return llvm::hash_combine(int(variant.reset), code(variant.gates), code(variant.candidate),
                            bits(variant.clip));
}

StringRef grucc::nameOf(Reset reset) { return reset == Reset::Before ? "before" : "after"; }

std::optional<Reset> grucc::readReset(StringRef text) {
  for (Reset reset : {Reset::After, Reset::Before})
    if (text == nameOf(reset))
      return reset;
  return std::nullopt;
}

std::string grucc::shortest(double number) {
  std::string text;
  for (unsigned digits = 1; digits <= 17; ++digits) {
    text.clear();
    llvm::raw_string_ostream(text) << llvm::format("%.*g", digits, number);
    double back;
    if (llvm::to_float(text, back) && back == number)
      break;
  }
  return text;
}

std::string grucc::textOf(const Activation &activation) {
  const ActivationFacts &facts = activation.facts();
  if (activation == Activation::of(activation.kind))
    return facts.name;
  std::string numbers = shortest(activation.alpha);
  if (facts.parameters == 2)
    numbers += ", " + shortest(activation.beta);
  return facts.name + ("(" + numbers + ")");
}

std::optional<Activation> grucc::readActivation(StringRef text) {
  auto [name, rest] = text.split('(');
  StringRef word = name.trim();
  const auto *facts =
      llvm::find_if(activationTable, [&](const ActivationFacts &one) { return word == one.name; });
  if (facts == activationTable.end())
    return std::nullopt;
  auto activation = Activation::of(ActivationKind(facts - activationTable.begin()));
  if (name.size() == text.size()) // no bracket
    return activation;
  rest = rest.rtrim();
  if (!rest.consume_back(")"))
    return std::nullopt;
  llvm::SmallVector<StringRef> numbers;
  rest.split(numbers, ',');
  if (int64_t(numbers.size()) != facts->parameters)
    return std::nullopt;
  double *const places[] = {&activation.alpha, &activation.beta};
  for (auto [number, place] : llvm::zip(numbers, places))
    if (!llvm::to_float(number.trim(), *place) || !std::isfinite(*place))
      return std::nullopt;
  return activation;
}

std::string grucc::listActivations() {
  constexpr StringRef parameters[] = {"", "(alpha)", "(alpha, beta)"};
  std::string list;
  for (auto [index, facts] : llvm::enumerate(activationTable)) {
    StringRef before = index == 0 ? "" : index + 1 == activationTable.size() ? " or " : ", ";
    list += (before + facts.name + parameters[facts.parameters]).str();
  }
  return list;
}
