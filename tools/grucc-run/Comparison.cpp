//===- Comparison.cpp - A model, another engine, and Reference, side by side ===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace grucc {

void Subject::take(StringRef name, const TensorMap &tensors) {
  file = name.str();
  if (auto found = tensors.find("output"); found != tensors.end())
    output = &found->second;
  if (auto found = tensors.find("h_n"); found != tensors.end())
    hN = &found->second;
}

bool Subject::isBeyond() const {
  return !otherShapes.empty() || outputs.first ||
         any_of(states, [](const Deviation &state) { return state.first; });
}

double Subject::largest() const {
  double result = outputs.largest;
  for (const Deviation &state : states)
    result = std::max(result, state.largest);
  return result;
}

bool Comparison::isBeyond() const {
  return any_of(subjects, [](const Subject &subject) { return subject.isBeyond(); });
}

} // namespace grucc
