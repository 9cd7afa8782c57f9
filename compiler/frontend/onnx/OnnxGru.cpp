//===- OnnxGru.cpp - What a GRU node of ONNX says -----------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/onnx/OnnxGru.h"

#include "compiler/frontend/Elements.h"
#include "support/Diagnostic.h"
#include "support/Safetensors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace llvm;

namespace grucc {
namespace {

constexpr int64_t gates = Gru::shape.gates;

/// Reads what one node says. What it says wrongly is its fault, not the file's: the others
/// can be compiled.
class Reader {
public:
  Reader(OnnxModel &model, OnnxGru &gru) : model(model), gru(gru) {}

  Error read() {
    readAttributes();
    if (Error error = readTensors())
      return error;
    return Error::success();
  }

private:
  OnnxModel &model;
  OnnxGru &gru;

  /// Keeps the first.
  void refuse(const Twine &argument, const Twine &found, const Twine &expected) {
    if (gru.fault.empty())
      gru.fault = (argument + ": found " + found + ", expected " + expected).str();
  }
  int64_t integer(StringRef name, int64_t otherwise) {
    const onnx::AttributeProto *attribute = findAttribute(*gru.node, name);
    if (!attribute)
      return otherwise;
    if (attribute->has_i() && !attribute->has_f() && !attribute->has_s())
      return attribute->i();
    refuse(name, "no integer", "an integer");
    return otherwise;
  }
  void readAttributes();
  void readDirection();
  void readActivations();
  Error readTensors();
};

} // namespace

void Reader::readAttributes() {
  for (const onnx::AttributeProto &attribute : gru.node->attribute())
    if (!is_contained({"activation_alpha", "activation_beta", "activations", "clip", "direction",
                       "hidden_size", "layout", "linear_before_reset", "output_sequence"},
                      StringRef(attribute.name())))
      refuse("attribute", quoted(attribute.name()), "one of ONNX's GRU");
  int64_t layout = integer("layout", 0), after = integer("linear_before_reset", 0);
  if (layout != 0 && layout != 1)
    refuse("layout", Twine(layout), "0 or 1");
  if (after != 0 && after != 1)
    refuse("linear_before_reset", Twine(after), "0 or 1");
  gru.batchFirst = layout == 1;
  gru.variant.reset = after == 1 ? Reset::After : Reset::Before;
  readDirection();
  readActivations();
  if (const onnx::AttributeProto *clip = findAttribute(*gru.node, "clip")) {
    gru.variant.clip = clip->f();
    if (!clip->has_f() || !(clip->f() > 0) || !std::isfinite(clip->f()))
      refuse("clip", clip->has_f() ? shortest(clip->f()) : "no number", "a finite number above 0");
  }
}

void Reader::readDirection() {
  const onnx::AttributeProto *attribute = findAttribute(*gru.node, "direction");
  if (!attribute)
    return;
  for (auto [word, direction] : directions)
    if (attribute->s() == word.str()) {
      gru.direction = direction;
      return;
    }
  refuse("direction", quoted(attribute->s()), "forward, reverse or bidirectional");
}

/// Alphas and betas are taken in the order of those activations that have one; the defaults of
/// ONNX's operators stand for those that are not given, where all engines have the same. (Affine
/// and ScaledTanh are no operators any more, and ONNX Runtime has 0 for ThresholdedRelu, not 1.)
void Reader::readActivations() {
  std::vector<Activation> found;
  if (const onnx::AttributeProto *names = findAttribute(*gru.node, "activations"))
    for (const std::string &name : names->strings()) {
      const auto *facts = find_if(activationTable, [&](const ActivationFacts &one) {
        return StringRef(one.onnx).equals_insensitive(name);
      });
      if (facts == activationTable.end())
        return refuse("activations", quoted(name), "one of ONNX's GRU");
      found.push_back(Activation::of(ActivationKind(facts - activationTable.begin())));
    }
  bool isGiven = !found.empty();
  if (isGiven && int64_t(found.size()) != 2 * gru.numDirections())
    return refuse("activations", Twine(found.size()) + " of them",
                  "two for each of " + Twine(gru.numDirections()) + " directions");
  if (!isGiven)
    for (int64_t d = 0; d < gru.numDirections(); ++d)
      found.insert(found.end(), {sigmoidActivation, tanhActivation});
  auto spend = [&](StringRef name, int least, double Activation::*member) {
    const onnx::AttributeProto *attribute = findAttribute(*gru.node, name);
    int given = attribute ? attribute->floats_size() : 0, next = 0;
    for (Activation &activation : found) {
      if (activation.facts().parameters < least)
        continue;
      bool hasDefault = !is_contained(
          {ActivationKind::Affine, ActivationKind::ScaledTanh, ActivationKind::ThresholdedRelu},
          activation.kind);
      if (next < given)
        activation.*member = attribute->floats(next++);
      else if (!hasDefault)
        refuse(name, "none for " + Twine(activation.facts().onnx),
               "one: engines differ in its default");
    }
    if (next < given)
      refuse(name, Twine(given) + " numbers",
             Twine(next) + ", one for each activation that has it");
    for (int i = 0; i < next; ++i)
      if (!std::isfinite(attribute->floats(i)))
        refuse(name, "no finite number", "finite numbers");
  };
  spend("activation_alpha", 1, &Activation::alpha);
  spend("activation_beta", 2, &Activation::beta);
  gru.variant.gates = found[0], gru.variant.candidate = found[1];
  if (found.size() == 4 && !(found[0] == found[2] && found[1] == found[3]))
    refuse("activations", "others for the reverse direction than for the forward one",
           "the same for both");
}

Error Reader::readTensors() {
  const char *names[] = {"X", "W", "R", "B"};
  OnnxTensor *places[] = {nullptr, &gru.w, &gru.r, &gru.b};
  if (gru.operand(OnnxX).empty())
    refuse("X", "nothing", "an input");
  for (int i : {OnnxW, OnnxR, OnnxB}) {
    StringRef name = gru.operand(i);
    if (name.empty()) {
      if (i != OnnxB)
        refuse(names[i], "nothing", "a tensor");
      continue;
    }
    Expected<std::optional<OnnxTensor>> tensor = model.constant(*gru.scope, name);
    if (!tensor)
      return tensor.takeError();
    if (!*tensor) {
      const onnx::NodeProto *maker = gru.scope->producer(name);
      refuse(names[i],
             printable(name) + ", which " + (maker ? printable(maker->op_type()) : "an input") +
                 " gives",
             "a constant: fold the graph's constants first");
      continue;
    }
    if (!isWeightDType((*tensor)->dtype))
      refuse(names[i], "dtype " + printable((*tensor)->dtype),
             "float32, float64, float16 or bfloat16");
    *places[i] = std::move(**tensor);
    gru.bias |= i == OnnxB;
  }
  if (!gru.fault.empty())
    return Error::success();

  ArrayRef<int64_t> w = gru.w.shape, r = gru.r.shape;
  int64_t D = gru.numDirections();
  if (r.size() != 3 || r[0] != D || r[2] < 1 || r[2] > largestSize || r[1] != gates * r[2])
    refuse("R", "shape " + shapeText(r),
           "[" + Twine(D) + ", " + Twine(gates) + " * hidden_size, hidden_size]");
  else if (w.size() != 3 || w[0] != D || w[1] != r[1] || w[2] < 1 || w[2] > largestSize)
    refuse("W", "shape " + shapeText(w), "[" + Twine(D) + ", " + Twine(r[1]) + ", input_size]");
  else if (gru.bias && ArrayRef(gru.b.shape) != ArrayRef<int64_t>{D, 2 * r[1]})
    refuse("B", "shape " + shapeText(gru.b.shape), "[" + Twine(D) + ", " + Twine(2 * r[1]) + "]");
  if (!gru.fault.empty())
    return Error::success();
  gru.inputSize = w[2], gru.hiddenSize = r[2];
  int64_t said = integer("hidden_size", gru.hiddenSize);
  if (said != gru.hiddenSize)
    refuse("hidden_size", Twine(said), Twine(gru.hiddenSize) + ", as R says");
  return Error::success();
}

Error readGru(OnnxModel &model, OnnxGru &gru) { return Reader(model, gru).read(); }

} // namespace grucc
