//===- PortVariant.cpp - GRUs that differ from torch's in one way or another ===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PortVariant.h"
#include "llvm/ADT/APFloat.h"
#include <algorithm>
#include <cmath>

using namespace llvm;

namespace grucc {
namespace {

double rounded(double value, const fltSemantics &semantics) {
  bool isInexact = false;
  APFloat number(value);
  number.convert(semantics, APFloat::rmNearestTiesToEven, &isInexact);
  number.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &isInexact);
  return number.convertToDouble();
}

double dot(const double *w, const double *x, int64_t count) {
  double sum = 0;
  for (int64_t k = 0; k < count; ++k)
    sum += w[k] * x[k];
  return sum;
}

/// The F of Cells.h that a port computes in: everything rounded twice.
struct PortNumber {
  double value;

  PortNumber like(double constant) const { return {constant}; }
  friend PortNumber operator+(PortNumber a, PortNumber b) { return a.like(a.value + b.value); }
  friend PortNumber operator-(PortNumber a, PortNumber b) { return a.like(a.value - b.value); }
  friend PortNumber operator*(PortNumber a, PortNumber b) { return a.like(a.value * b.value); }
  friend bool operator<(PortNumber a, PortNumber b) { return a.value < b.value; }
  friend PortNumber select(bool condition, PortNumber a, PortNumber b) { return condition ? a : b; }
  friend PortNumber multiplyAdd(PortNumber a, PortNumber b, PortNumber c) { return a * b + c; }
  friend PortNumber magnitude(PortNumber x) { return x.like(std::fabs(x.value)); }
  friend PortNumber operator/(PortNumber a, PortNumber b) { return a.like(a.value / b.value); }
  friend bool operator==(PortNumber a, PortNumber b) { return a.value == b.value; }
  friend PortNumber withSign(PortNumber y, PortNumber x) {
    return x.like(std::copysign(y.value, x.value));
  }
  friend PortNumber sigmoid(PortNumber x) { return x.like(1 / (1 + std::exp(-x.value))); }
  friend PortNumber tanh(PortNumber x) { return x.like(std::tanh(x.value)); }
  friend PortNumber expm1(PortNumber x) { return x.like(std::expm1(x.value)); }
  friend PortNumber softplus(PortNumber x) {
    return x.like(std::fmax(x.value, 0) + std::log1p(std::exp(-std::fabs(x.value))));
  }
};

} // namespace

PortNetwork::PortNetwork(const Setting &setting, const PortVariant &variant)
    : setting(setting), variant(variant), equations(setting.variant) {
  if (variant.otherReset)
    equations.reset = equations.reset == Reset::Before ? Reset::After : Reset::Before;
  if (variant.swapsActivations)
    std::swap(equations.gates, equations.candidate);
  equations.gates = variant.gates.value_or(equations.gates);
  equations.candidate = variant.candidate.value_or(equations.candidate);
  equations.clip = variant.clip.value_or(equations.clip);
  int64_t H = setting.hiddenSize, D = setting.numDirections(), perCell = setting.weightsPerCell();
  for (int64_t index = 0; index < setting.numCells(); ++index) {
    int64_t inputSize = index < D ? setting.inputSize : setting.outputSize();
    int64_t source = variant.directions == PortVariant::WeightsSwapped ? index ^ 1 : index;
    auto read = [&](int64_t which, int64_t columns) {
      std::vector<double> values(Gru::shape.rows(H) * columns);
      if (which >= perCell)
        return values;
      const std::vector<double> &tensor = setting.weights[source * perCell + which];
      for (int64_t q = 0; q < Gru::shape.gates; ++q)
        std::copy_n(tensor.begin() + variant.blocks[q] * H * columns, H * columns,
                    values.begin() + q * H * columns);
      if (variant.weights != PortVariant::Exact) {
        const fltSemantics &semantics =
            variant.weights == PortVariant::Float32   ? APFloat::IEEEsingle()
            : variant.weights == PortVariant::Float16 ? APFloat::IEEEhalf()
                                                      : APFloat::BFloat();
        for (double &value : values)
          value = rounded(value, semantics);
      }
      return values;
    };
    Cell cell = {inputSize, read(0, inputSize), read(1, H), read(2, 1), read(3, 1)};
    if (variant.transposedHh)
      for (int64_t q = 0; q < Gru::shape.gates; ++q)
        for (int64_t i = 0; i < H; ++i)
          for (int64_t j = 0; j < i; ++j)
            std::swap(cell.wHh[(q * H + i) * H + j], cell.wHh[(q * H + j) * H + i]);
    if (variant.biases == PortVariant::NoBiases || variant.biases == PortVariant::NoBiasIh)
      cell.bIh.assign(Gru::shape.rows(H), 0);
    if (variant.biases == PortVariant::NoBiases || variant.biases == PortVariant::NoBiasHh)
      cell.bHh.assign(Gru::shape.rows(H), 0);
    if (variant.biases == PortVariant::NewBiasOutside)
      for (int64_t u = Gru::N * H; u < Gru::N * H + H; ++u) {
        cell.bIh[u] += cell.bHh[u];
        cell.bHh[u] = 0;
      }
    cells.push_back(std::move(cell));
  }
}

void PortNetwork::step(const Cell &cell, const double *x, std::vector<double> &h) const {
  int64_t H = setting.hiddenSize;
  const CellShape shape = gruShape(equations);
  PortNumber zero = {0};
  std::vector<CellUnit<PortNumber>> units(H);
  for (int64_t u = 0; u < H; ++u) {
    for (int64_t q = 0; q < shape.gates; ++q) {
      int64_t row = q * H + u;
      units[u].inputs[q] =
          zero.like(dot(&cell.wIh[row * cell.inputSize], x, cell.inputSize) + cell.bIh[row]);
      units[u].biases[q] = zero.like(cell.bHh[row]);
    }
    units[u].states[0] = zero.like(h[u]);
  }
  activate(shape, units, [&](int64_t q, int64_t u, const std::vector<PortNumber> &operand) {
    std::vector<double> state;
    for (PortNumber number : operand)
      state.push_back(number.value);
    return zero.like(dot(&cell.wHh[(q * H + u) * H], state.data(), H));
  });
  for (int64_t u = 0; u < H; ++u) {
    PortNumber &z = units[u].gates[Gru::Z];
    if (variant.updateReversed)
      z = zero.like(1) - z;
    Gru::update(units[u]);
    h[u] = units[u].states[0].value;
  }
}

void PortNetwork::runDirection(const Cell &cell, bool isReverse, int64_t steps, const double *input,
                               std::vector<double> &h, std::vector<double> &output) const {
  int64_t H = setting.hiddenSize;
  for (int64_t turn = 0; turn < steps; ++turn) {
    int64_t t = isReverse ? steps - 1 - turn : turn;
    if (variant.start == PortVariant::EveryStep)
      h.assign(H, 0);
    step(cell, input + t * cell.inputSize, h);
    std::copy(h.begin(), h.end(), output.begin() + t * H);
  }
}

PortNetwork::Result PortNetwork::run(const RowLayout &layout, int64_t b, int64_t limit) const {
  int64_t H = setting.hiddenSize, D = setting.numDirections(), L = setting.numLayers, width = D * H;
  int64_t own = std::min(limit, layout.lengths[b]);
  int64_t steps = variant.lengths == PortVariant::OwnLengths ? own : std::min(limit, layout.steps);
  bool isZero = variant.start == PortVariant::FromZeros || variant.swappedAxes;
  std::vector<double> sequence = setting.inputOf(layout, b, steps),
                      h0 = isZero ? std::vector<double>(D * L * H) : setting.stateOf(b), kept;
  if (!variant.noDropout)
    kept = setting.keptOf(b, steps);
  Result result = {steps, {}, std::vector<double>(D * L * H)};

  for (int64_t l = 0; l < L; ++l) {
    std::vector<double> output(steps * width);
    for (int64_t d = 0; d < D; ++d) {
      int64_t index = variant.start == PortVariant::DirectionMajor ? d * L + l : l * D + d;
      bool isOtherWay = variant.directions == PortVariant::OtherWay;
      bool isReverse =
          setting.isReverse(d) != isOtherWay && variant.directions != PortVariant::BothForward;
      bool isPadded = variant.lengths == PortVariant::NoLengths ||
                      (variant.lengths == PortVariant::ReverseFromPadding && isReverse);
      int64_t end = isPadded ? steps : own;
      std::vector<double> h(h0.begin() + index * H, h0.begin() + (index + 1) * H), one(steps * H);
      runDirection(cells[l * D + d], isReverse, end, sequence.data(), h, one);
      if (isReverse && variant.directions == PortVariant::NotTurnedBack)
        for (int64_t t = 0; t < end / 2; ++t)
          std::swap_ranges(one.begin() + t * H, one.begin() + (t + 1) * H,
                           one.begin() + (end - 1 - t) * H);
      if (variant.stateOfLastStep && layout.steps > 0) // beyond a row's own length it is 0
        h = end < layout.steps ? std::vector<double>(H)
                               : std::vector<double>(one.end() - H, one.end());
      std::copy(h.begin(), h.end(), result.hN.begin() + index * H);
      int64_t half = variant.directions == PortVariant::BackwardFirst ? 1 - d : d;
      for (int64_t t = 0; t < steps; ++t)
        std::copy_n(one.begin() + t * H, H, output.begin() + t * width + half * H);
    }
    if (!kept.empty() && l + 1 < L)
      for (int64_t i = 0; i < steps * width; ++i) {
        bool isKept = kept[l * steps * width + i] != 0 && setting.dropout < 1;
        output[i] = isKept ? output[i] / (1 - setting.dropout) : 0;
      }
    sequence = std::move(output);
  }
  result.output = std::move(sequence);
  return result;
}

} // namespace grucc
