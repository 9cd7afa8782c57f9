//===- Variant.h - What a GRU may have that torch's has not -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The ways in which other libraries' GRUs differ from torch.nn.GRU (C15): where the
// reset gate applies, the activations with ONNX's alpha and beta, and a limit on what
// goes into them. A variant is said, never guessed; one that says nothing is torch's.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_VARIANT_H
#define GRUCC_DIALECTS_RNN_VARIANT_H

#include <array>
#include <cstdint>

namespace grucc {

/// In the order of grucc_activation_kind, which counts from 1.
enum class ActivationKind {
  Sigmoid,
  Tanh,
  Relu,
  HardSigmoid,
  Softsign,
  Softplus,
  Affine,
  LeakyRelu,
  ThresholdedRelu,
  ScaledTanh,
  Elu
};

/// What there is to know of one kind.
struct ActivationFacts {
  const char *name;   ///< hard_sigmoid
  const char *onnx;   ///< HardSigmoid
  int parameters;     ///< of alpha and beta: none, the first, or both
  double alpha, beta; ///< where nobody says them (ONNX); 0 where there are none
  bool bounded;       ///< whether its values have a limit
};

inline constexpr std::array<ActivationFacts, 11> activationTable = {{
    {"sigmoid", "Sigmoid", 0, 0, 0, true},
    {"tanh", "Tanh", 0, 0, 0, true},
    {"relu", "Relu", 0, 0, 0, false},
    {"hard_sigmoid", "HardSigmoid", 2, 0.2, 0.5, true},
    {"softsign", "Softsign", 0, 0, 0, true},
    {"softplus", "Softplus", 0, 0, 0, false},
    {"affine", "Affine", 2, 1, 0, false},
    {"leaky_relu", "LeakyRelu", 1, 0.01, 0, false},
    {"thresholded_relu", "ThresholdedRelu", 1, 1, 0, false},
    {"scaled_tanh", "ScaledTanh", 2, 1, 1, true},
    {"elu", "Elu", 1, 1, 0, false},
}};

/// One activation. alpha and beta are 0 where its kind has none.
struct Activation {
  ActivationKind kind = ActivationKind::Sigmoid;
  double alpha = 0, beta = 0;

  static constexpr Activation of(ActivationKind kind) {
    const ActivationFacts &facts = activationTable[size_t(kind)];
    return {kind, facts.alpha, facts.beta};
  }
  constexpr const ActivationFacts &facts() const { return activationTable[size_t(kind)]; }
  friend constexpr bool operator==(const Activation &a, const Activation &b) {
    return a.kind == b.kind && a.alpha == b.alpha && a.beta == b.beta;
  }
};

inline constexpr Activation sigmoidActivation = Activation::of(ActivationKind::Sigmoid);
inline constexpr Activation tanhActivation = Activation::of(ActivationKind::Tanh);

/// Where the reset gate applies: to W_hn h + b_hn, or to h before the product.
enum class Reset { After, Before };

/// A GRU's own ways; as it stands, torch's.
struct Variant {
  Reset reset = Reset::After;
  Activation gates = sigmoidActivation;  ///< of r and z
  Activation candidate = tanhActivation; ///< of n
  double clip = 0; ///< what goes into activations lies in [-clip, clip]; 0: anywhere

  friend constexpr bool operator==(const Variant &a, const Variant &b) {
    return a.reset == b.reset && a.gates == b.gates && a.candidate == b.candidate &&
           a.clip == b.clip;
  }
  friend constexpr bool operator!=(const Variant &a, const Variant &b) { return !(a == b); }
  constexpr bool isTorch() const { return *this == Variant(); }
  /// Whether states have a limit: h' lies between n and h where z is in [0, 1].
  constexpr bool isBounded() const {
    return candidate.facts().bounded &&
           (gates.kind == ActivationKind::Sigmoid || gates.kind == ActivationKind::HardSigmoid);
  }
};

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_VARIANT_H
