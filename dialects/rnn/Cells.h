//===- Cells.h - What a cell is made of, and its equations --------*- C++ -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A cell is a table, its CellShape, and the function that makes new states of its
// gates. Both stand here once: Reference and grucc-run's variants evaluate them on
// numbers, kernels on values of the IR. F is as in Activations.h, and has sigmoid(x),
// tanh(x), expm1(x) and softplus(x).
//
// All gates of a unit j are computed alike, round by round. A round's recurrent
// product is of the state h, or of s * h, element by element, with a gate s of an
// earlier round:
//
//   sum[q]  = W[q, j] h  or  W[q, j] (s * h)   (+ its bias, where it stays there)
//   gate[q] = activation(input[q] + sum[q])    or, under a gate s of the same unit,
//             activation(fma(s, sum[q], input[q]))
//
// and with a clip c what the activation is of is brought into [-c, c].
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_CELLS_H
#define GRUCC_DIALECTS_RNN_CELLS_H

#include "dialects/rnn/Activations.h"
#include "dialects/rnn/Variant.h"
#include <array>
#include <optional>
#include <vector>

namespace grucc {

/// The gates, rounds and states that there is room for.
inline constexpr int64_t mostGates = 4, mostRounds = 2, mostStates = 2;
/// In place of a gate's number.
inline constexpr int64_t noGate = -1;

/// One row block of the weights, H rows.
struct CellGate {
  const char *name;
  Activation activation;
  /// The gate that its recurrent sum stands under, or noGate.
  int64_t under = noGate;
  /// Whether its recurrent bias stays with the recurrent sum: under a gate, or where the
  /// sum comes first. Others are folded into the projection's.
  bool keepsBias = false;
};

/// Neighbouring gates whose products are taken at once.
struct CellRound {
  int64_t first, end;
  /// The gate that scales the state before the product, or noGate: it is of h as it is.
  int64_t scaledBy = noGate;
};

struct CellShape {
  const char *name;
  int64_t gates, rounds, states;
  std::array<CellGate, mostGates> gate; ///< in the order of the weights' row blocks
  std::array<CellRound, mostRounds> round;
  double clip = 0; ///< or none

  /// Rows of a weight matrix; G.
  constexpr int64_t rows(int64_t hiddenSize) const { return gates * hiddenSize; }
  /// Gates whose recurrent bias is not folded into the projection's.
  constexpr int64_t keptBiases() const {
    int64_t count = 0;
    for (int64_t q = 0; q < gates; ++q)
      count += gate[q].keepsBias;
    return count;
  }
  /// Which of the kept biases is that of gate `q`, which keeps its own.
  constexpr int64_t keptIndex(int64_t q) const {
    int64_t index = 0;
    for (int64_t other = 0; other < q; ++other)
      index += gate[other].keepsBias;
    return index;
  }
  /// Gates that come through a round, and kept biases among them.
  constexpr int64_t gatesOf(int64_t r) const { return round[r].end - round[r].first; }
  constexpr int64_t keptBiases(int64_t r) const {
    return keptIndex(round[r].end) - keptIndex(round[r].first);
  }
};

/// One unit, or several side by side where F is a vector.
template <typename F> struct CellUnit {
  std::array<F, mostGates> inputs;                ///< input parts, with what is folded into them
  std::array<F, mostGates> sums;                  ///< recurrent sums of this round's gates
  std::array<std::optional<F>, mostGates> biases; ///< that stay with the sums
  std::array<F, mostGates> gates;                 ///< as they are computed
  std::array<F, mostStates> states;               ///< before the step; then after it
};

/// An activation as ONNX defines it. NaN stays NaN.
template <typename F> F apply(const Activation &activation, F x) {
  auto constant = [&](double value) { return x.like(value); };
  F zero = constant(0), alpha = constant(activation.alpha), beta = constant(activation.beta);
  switch (activation.kind) {
  case ActivationKind::Sigmoid:
    return sigmoid(x);
  case ActivationKind::Tanh:
    return tanh(x);
  case ActivationKind::Relu:
    return select(x < zero, zero, x);
  case ActivationKind::HardSigmoid: {
    F y = multiplyAdd(alpha, x, beta);
    y = select(y < zero, zero, y);
    return select(constant(1) < y, constant(1), y);
  }
  case ActivationKind::Softsign: { // of an infinity, 1
    F a = magnitude(x), most = constant(0x1p+64);
    a = select(most < a, most, a);
    return withSign(a / (constant(1) + a), x);
  }
  case ActivationKind::Softplus:
    return softplus(x);
  case ActivationKind::Affine:
    return multiplyAdd(alpha, x, beta);
  case ActivationKind::LeakyRelu:
    return select(x < zero, alpha * x, x);
  case ActivationKind::ThresholdedRelu:
    return select(x < alpha, zero, select(x == alpha, zero, x));
  case ActivationKind::ScaledTanh:
    return alpha * tanh(beta * x);
  case ActivationKind::Elu:
    return select(x < zero, alpha * expm1(x), x);
  }
  return x;
}

/// Within [-most, most]. NaN stays NaN.
template <typename F> F clipped(F x, double most) {
  F low = x.like(-most), high = x.like(most);
  x = select(x < low, low, x);
  return select(high < x, high, x);
}

/// Computes the gates of one round from their sums.
template <typename F> void activateRound(const CellShape &shape, int64_t round, CellUnit<F> &unit) {
  for (int64_t q = shape.round[round].first; q < shape.round[round].end; ++q) {
    const CellGate &gate = shape.gate[q];
    F sum = unit.biases[q] ? unit.sums[q] + *unit.biases[q] : unit.sums[q];
    F x = gate.under == noGate ? unit.inputs[q] + sum
                               : multiplyAdd(unit.gates[gate.under], sum, unit.inputs[q]);
    unit.gates[q] = apply(gate.activation, shape.clip > 0 ? clipped(x, shape.clip) : x);
  }
}

/// What the product of a round is of, in unit k.
template <typename F> F operandOf(const CellShape &shape, int64_t round, const CellUnit<F> &unit) {
  int64_t by = shape.round[round].scaledBy;
  return by == noGate ? unit.states[0] : unit.gates[by] * unit.states[0];
}

/// All gates of all units of a row, round by round: product(q, j, operand) is the recurrent
/// sum of gate q of unit j. A round's product is of all units, so all of them have come
/// through the round before.
template <typename F, typename Product>
void activate(const CellShape &shape, std::vector<CellUnit<F>> &units, Product product) {
  std::vector<F> operand(units.size());
  for (int64_t round = 0; round < shape.rounds; ++round) {
    for (size_t k = 0; k < units.size(); ++k)
      operand[k] = operandOf(shape, round, units[k]);
    for (size_t j = 0; j < units.size(); ++j) {
      for (int64_t q = shape.round[round].first; q < shape.round[round].end; ++q)
        units[j].sums[q] = product(q, j, operand);
      activateRound(shape, round, units[j]);
    }
  }
}

/// The input part's bias of gate `q`: b_ih alone, or with b_hh.
template <typename F> F foldBias(const CellShape &shape, int64_t q, F bIh, F bHh) {
  return shape.gate[q].keepsBias ? bIh : bIh + bHh;
}

/// b_x [G] and what stays with the recurrent sums, [kept gate][H], of b_ih and b_hh [G].
template <typename T> struct FoldedBiases {
  std::vector<T> x, kept;
};
template <typename T>
FoldedBiases<T> foldBiases(const CellShape &shape, const T *bIh, const T *bHh, int64_t hiddenSize) {
  FoldedBiases<T> folded;
  for (int64_t g = 0; g < shape.rows(hiddenSize); ++g) {
    folded.x.push_back(foldBias(shape, g / hiddenSize, bIh[g], bHh[g]));
    if (shape.gate[g / hiddenSize].keepsBias)
      folded.kept.push_back(bHh[g]);
  }
  return folded;
}

/// N7: a state of magnitude below 2^-64 is stored as 0; NaN is kept.
template <typename F> F withoutTiny(F state) {
  auto isTiny = magnitude(state) < state.like(0x1p-64);
  return select(isTiny, state.like(0), state);
}

//===----------------------------------------------------------------------===//
// The cells
//===----------------------------------------------------------------------===//

/// torch.nn.GRU's (C2): the reset gate comes after the product, so that all gates' sums
/// are taken at once, and b_hn stays under it.
struct Gru {
  enum : int64_t { R, Z, N };
  static constexpr CellShape shape = {"GRU",
                                      /*gates=*/3,
                                      /*rounds=*/1,
                                      /*states=*/1,
                                      {{{"r", sigmoidActivation},
                                        {"z", sigmoidActivation},
                                        {"n", tanhActivation, /*under=*/R, /*keepsBias=*/true}}},
                                      {{{0, 3}}}};

  /// h' = (1 - z) n + z h. n, which comes last, meets one operation.
  template <typename F> static void update(CellUnit<F> &unit) {
    F z = unit.gates[Z], h = unit.states[0];
    F rest = z.like(1) - z;
    F old = z * h;
    unit.states[0] = withoutTiny(multiplyAdd(rest, unit.gates[N], old));
  }
};

/// The table of a variant (C15). With the reset gate before the product, n is of
/// W_hn (r * h) + b_hn, and waits for r of every unit; what follows is the same.
constexpr CellShape gruShape(const Variant &variant) {
  CellShape shape = Gru::shape;
  if (variant.reset == Reset::Before) {
    shape.name = "GRU, reset before";
    shape.rounds = 2;
    shape.gate[Gru::N].under = noGate;
    shape.round = {{{0, 2}, {2, 3, /*scaledBy=*/Gru::R}}};
  }
  shape.gate[Gru::R].activation = shape.gate[Gru::Z].activation = variant.gates;
  shape.gate[Gru::N].activation = variant.candidate;
  shape.clip = variant.clip;
  return shape;
}

/// A cell in numbers or values F.
template <typename F> struct Cell {
  CellShape shape;
  void (*update)(CellUnit<F> &unit);

  template <typename Equations>
  static constexpr Cell of(const CellShape &shape = Equations::shape) {
    return {shape, Equations::template update<F>};
  }
};

/// What Reference computes in. Multiply-adds are rounded once but in long double: what it
/// judges has 11 bits less, and the library's fma takes fifty times as long.
template <typename T>
using Number = activations::Scalar<T, /*Fma=*/!std::is_same_v<T, long double>>;

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_CELLS_H
