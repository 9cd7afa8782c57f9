//===- ReadExpected.cpp - What another engine computed, in whatever layout ---===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A shape tells as much as it can: where two sizes are the same, FindMistakes asks
// the numbers.
//
//===----------------------------------------------------------------------===//

#include "ReadExpected.h"
#include "PortMistakes.h"
#include "support/Diagnostic.h"
#include "support/Safetensors.h"

using namespace llvm;

namespace grucc {
namespace {

/// The two first axes of a tensor in one layout, and what another has said with it.
struct Layout {
  int64_t first, second;
  bool isTurned, hasStepsForRows;
};

/// Those of `output` or `h_n`, the model's own first.
SmallVector<Layout, 4> layoutsOf(StringRef name, const Setting &setting, ArrayRef<int64_t> shape) {
  SmallVector<Layout, 4> layouts = {{shape[0], shape[1], false, false},
                                    {shape[1], shape[0], true, false}};
  // With its axes swapped, the input has a row for every step.
  if (name == "h_n" && canSwapAxes(setting)) {
    layouts.push_back({shape[0], setting.layout.steps, false, true});
    layouts.push_back({setting.layout.steps, shape[0], true, true});
  }
  return layouts;
}

/// Whether `tensor` is in one of the layouts, which `subject` remembers.
bool isKnown(StringRef name, const Setting &setting, ArrayRef<int64_t> found,
             ArrayRef<int64_t> expected, Subject &subject) {
  if (found == expected)
    return true;
  if (found.size() != 3 || expected.size() != 3 || found[2] != expected[2])
    return false;
  for (const Layout &layout : layoutsOf(name, setting, expected)) {
    if (found[0] != layout.first || found[1] != layout.second)
      continue;
    (name == "output" ? subject.outputTurned : subject.statesTurned) = layout.isTurned;
    subject.statesOfSteps |= layout.hasStepsForRows;
    subject.otherShapes.push_back({name.str(), found.vec(), expected.vec()});
    return true;
  }
  return false;
}

} // namespace

Error readExpected(StringRef path, const Setting &setting, const TensorMap &results,
                   TensorMap &tensors, Subject &subject) {
  Expected<TensorMap> read = readTensors(path);
  if (!read)
    return read.takeError();
  tensors = std::move(*read);
  if (tensors.empty())
    return inputError(path, "tensors", "none", "output, h_n or both");
  for (auto &[name, tensor] : tensors) {
    auto result = results.find(name);
    if (result == results.end())
      return inputError(path, name, "an unknown tensor", "output or h_n");
    if (tensor.dtype() != GRUCC_FLOAT32 && tensor.dtype() != GRUCC_FLOAT64)
      return inputError(path, name, "no floating-point numbers", "F32 or F64");
    if (!isKnown(name, setting, tensor.shape(), result->second.shape(), subject))
      return inputError(path, name, "shape " + shapeText(tensor.shape()),
                        shapeText(result->second.shape()) + ", as the model gives it");
    if (!(name == "output" ? subject.outputTurned : subject.statesTurned))
      continue;
    std::optional<HostTensor> turned = tensor.transposed();
    if (!turned)
      return inputError(path, name, "no memory for it", "smaller tensors");
    tensor = std::move(*turned);
  }
  subject.take(path, tensors);
  return Error::success();
}

} // namespace grucc
