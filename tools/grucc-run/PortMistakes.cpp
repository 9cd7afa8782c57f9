//===- PortMistakes.cpp - What ports of a GRU get wrong -------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PortMistakes.h"

using namespace llvm;

namespace grucc {
namespace {

using V = PortVariant;

bool always(const Setting &, const Subject &) { return true; }
bool hasBias(const Setting &setting, const Subject &) { return setting.bias; }
bool resetsAfter(const Setting &setting, const Subject &) {
  return setting.variant.reset == Reset::After;
}
bool hasNoClip(const Setting &setting, const Subject &) { return setting.variant.clip == 0; }
template <ActivationKind kind> bool hasOtherCandidate(const Setting &setting, const Subject &) {
  return setting.variant.candidate.kind != kind;
}
bool isBidirectional(const Setting &setting, const Subject &) { return setting.bidirectional; }
bool isRagged(const Setting &setting, const Subject &) {
  return setting.layout.isRagged() && !setting.layout.isPacked();
}
bool hasState(const Setting &setting, const Subject &) {
  const HostTensor *h0 = setting.find("h_0");
  for (int64_t i = 0; h0 && i < h0->elements(); ++i)
    if (h0->real(i) != 0)
      return true;
  return false;
}

const Mistake mistakes[] = {
    {Kind::Reset, "reset-before-product",
     "the reset gate is applied before the matrix product (linear_before_reset = 0)",
     [](V &v) { v.otherReset = true; }, resetsAfter},
    {Kind::Reset, "reset-after-product",
     "the reset gate is applied after the matrix product (linear_before_reset = 1)",
     [](V &v) { v.otherReset = true; },
     [](const Setting &setting, const Subject &subject) { return !resetsAfter(setting, subject); }},
    {Kind::Order, "gate-order-zrn",
     "the weights' rows are read in the order z, r, n (as ONNX and Keras have them)",
     [](V &v) { v.blocks = {1, 0, 2}; }, always},
    {Kind::Update, "update-reversed", "h' = (1 - z) * h + z * n: the update gate is reversed",
     [](V &v) { v.updateReversed = true; }, always},
    {Kind::Bias, "new-bias-outside-reset",
     "b_hn is added outside the reset gate, as if all biases could be summed",
     [](V &v) { v.biases = V::NewBiasOutside; }, hasBias},
    {Kind::Bias, "biases-left-out", "the biases are left out", [](V &v) { v.biases = V::NoBiases; },
     hasBias},
    {Kind::Bias, "bias-ih-left-out", "bias_ih is left out", [](V &v) { v.biases = V::NoBiasIh; },
     hasBias},
    {Kind::Bias, "bias-hh-left-out", "bias_hh is left out", [](V &v) { v.biases = V::NoBiasHh; },
     hasBias},
    {Kind::Direction, "directions-swapped",
     "the directions are swapped: each runs with the weights of the other",
     [](V &v) { v.directions = V::WeightsSwapped; }, isBidirectional},
    {Kind::Direction, "backward-first",
     "the directions are swapped: the reverse one comes first in the outputs",
     [](V &v) { v.directions = V::BackwardFirst; }, isBidirectional},
    {Kind::Direction, "reverse-runs-forward", "the reverse direction runs forward",
     [](V &v) { v.directions = V::BothForward; }, isBidirectional},
    {Kind::Direction, "reverse-not-turned-back",
     "the outputs of the reverse direction are left in its own order, the last step first",
     [](V &v) { v.directions = V::NotTurnedBack; },
     [](const Setting &setting, const Subject &) { return setting.anyReverse(); }},
    {Kind::Start, "h-0-ignored", "h_0 is ignored: every state starts at zero",
     [](V &v) { v.start = V::FromZeros; }, hasState},
    {Kind::Start, "states-direction-major",
     "h_0 and h_n are ordered by direction first (d * L + l), not by layer (l * D + d)",
     [](V &v) { v.start = V::DirectionMajor; },
     [](const Setting &setting, const Subject &) {
       return setting.bidirectional && setting.numLayers > 1;
     }},
    {Kind::Start, "state-not-carried", "the state is zeroed at every step",
     [](V &v) { v.start = V::EveryStep; }, always},
    {Kind::Length, "padding-not-zero", "only outputs beyond a row's own length differ: they are 0",
     [](V &v) { v.anyPadding = true; }, isRagged},
    {Kind::Length, "lengths-ignored", "lengths are ignored: every row runs over all steps",
     [](V &v) { v.lengths = V::NoLengths; }, isRagged},
    {Kind::Length, "reverse-starts-in-padding",
     "the reverse direction starts at step T - 1, not at each row's own last step",
     [](V &v) { v.lengths = V::ReverseFromPadding; },
     [](const Setting &setting, const Subject &subject) {
       return setting.bidirectional && isRagged(setting, subject);
     }},
    {Kind::Last, "h-n-of-last-step", "h_n is taken from the outputs of step T - 1",
     [](V &v) { v.stateOfLastStep = true; },
     [](const Setting &, const Subject &subject) { return subject.hN != nullptr; }},
    {Kind::OutputLayout, "output-in-other-layout",
     "output is in the other layout, its steps and rows swapped",
     [](V &v) { v.outputTurned = true; },
     [](const Setting &, const Subject &subject) {
       return subject.output && subject.output->isSquare();
     }},
    {Kind::StateLayout, "h-n-batch-first", "h_n is batch first, [B, D*L, H]",
     [](V &v) { v.statesTurned = true; },
     [](const Setting &, const Subject &subject) { return subject.hN && subject.hN->isSquare(); }},
    {Kind::Matrix, "weight-hh-transposed", "weight_hh is read transposed, gate by gate",
     [](V &v) { v.transposedHh = true; }, always},
    {Kind::Axes, "axes-swapped", "steps and rows are swapped (batch_first)",
     [](V &v) { v.swappedAxes = true; },
     [](const Setting &setting, const Subject &subject) {
       return canSwapAxes(setting) && (!subject.hN || setting.layout.steps == setting.layout.batch);
     }},
    {Kind::Dropout, "no-dropout", "dropout is left out", [](V &v) { v.noDropout = true; },
     [](const Setting &setting, const Subject &) { return setting.hasDropped(); }},
    {Kind::Rounding, "weights-float16", "the weights are rounded to float16",
     [](V &v) { v.weights = V::Float16; }, always},
    {Kind::Rounding, "weights-bfloat16", "the weights are rounded to bfloat16",
     [](V &v) { v.weights = V::BFloat16; }, always},
    {Kind::Rounding, "weights-float32", "the weights are rounded to float32",
     [](V &v) { v.weights = V::Float32; },
     [](const Setting &setting, const Subject &) { return setting.isDouble(); }},
    {Kind::Gates, "hard-sigmoid-0.2", "the gates' sigmoid is clamp(x / 5 + 1/2, 0, 1) (old Keras)",
     [](V &v) { v.gates = Activation::of(ActivationKind::HardSigmoid); }, always},
    {Kind::Gates, "hard-sigmoid-1/6", "the gates' sigmoid is clamp(x / 6 + 1/2, 0, 1)",
     [](V &v) { v.gates = {ActivationKind::HardSigmoid, 1.0 / 6, 0.5}; }, always},
    {Kind::Gates, "gates-sigmoid", "the gates' activation is sigmoid",
     [](V &v) { v.gates = sigmoidActivation; },
     [](const Setting &setting, const Subject &) {
       return !(setting.variant.gates == sigmoidActivation);
     }},
    {Kind::Gates, "activations-swapped",
     "the activations are swapped: the gates have the candidate's, and it has theirs",
     [](V &v) { v.swapsActivations = true; },
     [](const Setting &setting, const Subject &) {
       return !(setting.variant.gates == setting.variant.candidate);
     }},
    {Kind::Candidate, "candidate-tanh", "the candidate's activation is tanh",
     [](V &v) { v.candidate = tanhActivation; },
     [](const Setting &setting, const Subject &) {
       return !(setting.variant.candidate == tanhActivation);
     }},
    {Kind::Candidate, "candidate-relu", "the candidate's activation is relu",
     [](V &v) { v.candidate = Activation::of(ActivationKind::Relu); },
     hasOtherCandidate<ActivationKind::Relu>},
    {Kind::Candidate, "candidate-softsign", "the candidate's activation is softsign",
     [](V &v) { v.candidate = Activation::of(ActivationKind::Softsign); },
     hasOtherCandidate<ActivationKind::Softsign>},
    {Kind::Candidate, "candidate-sigmoid", "the candidate's activation is sigmoid",
     [](V &v) { v.candidate = sigmoidActivation; }, hasOtherCandidate<ActivationKind::Sigmoid>},
    {Kind::Clip, "clip-left-out", "what activations are of is not limited (clip)",
     [](V &v) { v.clip = 0; },
     [](const Setting &setting, const Subject &) { return setting.variant.clip > 0; }},
    {Kind::Clip, "clip-1", "what activations are of is limited to [-1, 1] (clip)",
     [](V &v) { v.clip = 1; }, hasNoClip},
    {Kind::Clip, "clip-3", "what activations are of is limited to [-3, 3] (clip)",
     [](V &v) { v.clip = 3; }, hasNoClip},
    {Kind::Direction, "direction-other-way",
     "the direction is the other one: from the last step to the first, or the first to the last",
     [](V &v) { v.directions = V::OtherWay; },
     [](const Setting &setting, const Subject &) { return !setting.bidirectional; }},
    {Kind::Order, "gate-order-rnz", "the weights' rows are read in the order r, n, z",
     [](V &v) { v.blocks = {0, 2, 1}; }, always},
    {Kind::Order, "gate-order-nrz", "the weights' rows are read in the order n, r, z",
     [](V &v) { v.blocks = {1, 2, 0}; }, always},
    {Kind::Order, "gate-order-nzr", "the weights' rows are read in the order n, z, r",
     [](V &v) { v.blocks = {2, 1, 0}; }, always},
    {Kind::Order, "gate-order-znr", "the weights' rows are read in the order z, n, r",
     [](V &v) { v.blocks = {2, 0, 1}; }, always},
};

} // namespace

bool canSwapAxes(const Setting &setting) {
  const RowLayout &layout = setting.layout;
  bool isCube = setting.find("input")->shape().size() == 3;
  return isCube && !layout.isRagged() && !layout.isPacked() && !setting.hasDropped() &&
         !hasState(setting, {});
}

ArrayRef<Mistake> usualMistakes() { return mistakes; }

} // namespace grucc
