//===- CompareRows.cpp - Every row in two precisions, step by step -------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CompareRows.h"
#include "dialects/rnn/Philox.h"
#include "dialects/rnn/Reference.h"
#include <cstring>

using namespace llvm;

namespace grucc {

const HostTensor *Setting::find(const char *name) const {
  auto found = inputs->find(name);
  return found == inputs->end() ? nullptr : &found->second;
}

std::vector<double> Setting::inputOf(const RowLayout &layout, int64_t b, int64_t steps) const {
  const HostTensor *input = find("input");
  std::vector<double> row(steps * inputSize);
  for (int64_t t = 0; t < steps; ++t)
    for (int64_t i = 0; i < inputSize; ++i)
      row[t * inputSize + i] = input->real(layout.place(t, b) * inputSize + i);
  return row;
}

std::vector<double> Setting::stateOf(int64_t b) const {
  std::vector<double> state(numCells() * hiddenSize);
  if (const HostTensor *h0 = find("h_0"))
    for (int64_t index = 0; index < numCells(); ++index)
      for (int64_t u = 0; u < hiddenSize; ++u)
        state[index * hiddenSize + u] = h0->real((index * layout.batch + b) * hiddenSize + u);
  return state;
}

std::vector<double> Setting::keptOf(int64_t b, int64_t steps) const {
  std::vector<double> kept;
  if (!hasDropped())
    return kept;
  const HostTensor *mask = find("dropout_mask");
  for (int64_t l = 0; l + 1 < numLayers; ++l)
    for (int64_t t = 0; t < steps; ++t)
      for (int64_t j = 0; j < outputSize(); ++j) {
        int64_t element = ((l * layout.steps + t) * layout.batch + b) * outputSize() + j;
        kept.push_back(mask ? mask->values<uint8_t>()[element] != 0
                            : isKept(dropout, seed, l, t, b, j));
      }
  return kept;
}

namespace {

template <typename T> std::vector<T> as(const std::vector<double> &values) {
  return std::vector<T>(values.begin(), values.end());
}

/// Reference in numbers of type T, one row at a time.
template <typename T> class RowReference {
public:
  explicit RowReference(const Setting &setting) : setting(setting), network(setting) {
    network.batchFirst = false;
    network.training = setting.hasDropped();
    for (const std::vector<double> &tensor : setting.weights)
      weights.push_back(as<T>(tensor));
    for (const std::vector<T> &tensor : weights)
      pointers.push_back(tensor.data());
  }

  reference::Result<T> run(int64_t b, reference::Observer<T> observe) const {
    int64_t steps = setting.layout.lengths[b];
    std::vector<T> input = as<T>(setting.inputOf(setting.layout, b, steps)),
                   h0 = as<T>(setting.stateOf(b)), kept = as<T>(setting.keptOf(b, steps));
    reference::Call<T> call;
    call.steps = steps, call.batch = 1;
    call.input = input.data(), call.h0 = h0.data();
    call.dropoutMask = kept.data();
    call.observe = std::move(observe);
    return reference::gru<T>(network, pointers, call);
  }

private:
  const Setting &setting;
  reference::Network network;
  std::vector<std::vector<T>> weights;
  std::vector<const T *> pointers;
};

/// One row of the comparison, of a model in numbers of type T beside a judge in
/// numbers of type Wide.
template <typename T, typename Wide> class RowComparer {
public:
  RowComparer(const Setting &setting, Comparison &comparison, int64_t b)
      : setting(setting), layout(setting.layout), comparison(comparison), b(b),
        length(layout.lengths[b]), H(setting.hiddenSize), width(setting.outputSize()) {}

  /// Numbers of the trace of one step: all gates and h'.
  int64_t perStep() const { return Gru::shape.rows(H) + H; }
  /// How many steps of the direction of `index` came before step t.
  int64_t turnOf(int64_t t, int64_t direction) const { return direction ? length - 1 - t : t; }

  /// Keeps the gates in T and holds the judge's against them.
  reference::Observer<T> keepGates() {
    trace.resize(setting.numCells() * length * perStep());
    return [this](int64_t index, int64_t t, int64_t, const T *gates, const T *h) {
      T *to = trace.data() + (index * length + t) * perStep();
      std::copy_n(h, H, std::copy_n(gates, Gru::shape.rows(H), to));
    };
  }
  reference::Observer<Wide> compareGates() {
    return [this](int64_t index, int64_t t, int64_t, const Wide *gates, const Wide *h) {
      const T *found = trace.data() + (index * length + t) * perStep();
      GateErrors &errors = comparison.gates[index];
      OfGates<double> &window = errors.windows[t / comparison.windowSteps];
      for (int64_t q = 0; q <= Gru::shape.gates; ++q)
        for (int64_t u = 0; u < H; ++u) {
          Wide exact = q < Gru::shape.gates ? gates[q * H + u] : h[u];
          errors.gates[q].take(found[q * H + u], exact, comparison.bound,
                               {turnOf(t, index % setting.numDirections()), t, b, u});
          window[q] = std::max(window[q], distance(found[q * H + u], exact));
        }
    };
  }

  void compareSubject(Subject &subject, const reference::Result<Wide> &exact) const {
    double bound = comparison.bound;
    // Packed rows have no padding; elsewhere its outputs are 0 (C10).
    int64_t end = layout.isPacked() ? length : layout.steps;
    RowLayout other = layout;
    other.batchFirst = !layout.batchFirst;
    for (int64_t t = 0; subject.output && t < end; ++t)
      for (int64_t j = 0; j < width; ++j) {
        bool isPadding = t >= length;
        Wide expected = isPadding ? Wide(0) : exact.output[t * width + j];
        subject.outputs.take(subject.output->real(layout.place(t, b) * width + j), expected, bound,
                             {isPadding ? t : turnOf(t, j / H), t, b, j});
        takeOtherwise(subject.outputOtherwise, *subject.output, other.place(t, b) * width + j,
                      expected);
      }
    bool hasStates = subject.hN && !subject.statesOfSteps;
    for (int64_t index = 0; hasStates && index < setting.numCells(); ++index)
      for (int64_t u = 0; u < H; ++u) {
        Wide expected = exact.hN[index * H + u];
        subject.states[index].take(subject.hN->real((index * layout.batch + b) * H + u), expected,
                                   bound, {0, -1, b, u});
        takeOtherwise(subject.statesOtherwise, *subject.hN,
                      (b * setting.numCells() + index) * H + u, expected);
      }
  }

  /// Where the model's bits are not those of Reference.
  void compareBits(const reference::Result<T> &expected) const {
    const Subject &model = comparison.subjects.front();
    auto look = [&](const char *name, T found, T wanted, Place place) {
      bool isSame =
          std::memcmp(&found, &wanted, sizeof(T)) == 0 || (std::isnan(found) && std::isnan(wanted));
      if (!isSame && !comparison.differentBits)
        comparison.differentBits = {name, place};
    };
    ArrayRef<T> output = model.output->template values<T>(), hN = model.hN->template values<T>();
    for (int64_t t = 0; t < length; ++t)
      for (int64_t j = 0; j < width; ++j)
        look("output", output[layout.place(t, b) * width + j], expected.output[t * width + j],
             {t, t, b, j});
    for (int64_t index = 0; index < setting.numCells(); ++index)
      for (int64_t u = 0; u < H; ++u)
        look("h_n", hN[(index * layout.batch + b) * H + u], expected.hN[index * H + u],
             {index, -1, b, u});
  }

private:
  /// What the element would be off by if it stood elsewhere, with the axes swapped.
  static void takeOtherwise(double &largest, const HostTensor &tensor, int64_t place,
                            Wide expected) {
    largest = std::max(largest, tensor.isSquare() ? distance(tensor.real(place), expected)
                                                  : std::numeric_limits<double>::infinity());
  }

  const Setting &setting;
  const RowLayout &layout;
  Comparison &comparison;
  int64_t b, length, H, width;
  std::vector<T> trace; ///< [D*L, length, 4H]: r, z, n, h'
};

template <typename T, typename Wide>
void compareRowsOf(const Setting &setting, Comparison &comparison) {
  RowReference<T> own(setting);
  RowReference<Wide> judge(setting);
  for (int64_t b = 0; b < setting.layout.batch; ++b) {
    RowComparer<T, Wide> row(setting, comparison, b);
    row.compareBits(own.run(b, row.keepGates()));
    reference::Result<Wide> exact = judge.run(b, row.compareGates());
    for (Subject &subject : comparison.subjects)
      row.compareSubject(subject, exact);
  }
}

} // namespace

void compareRows(const Setting &setting, Comparison &comparison) {
  // So many windows at most that a long sequence can still be looked through.
  constexpr int64_t mostWindows = 4096;
  comparison.windowSteps = std::max<int64_t>(1, divideCeil(setting.layout.steps, mostWindows));
  GateErrors none;
  none.windows.resize(divideCeil(setting.layout.steps, comparison.windowSteps));
  comparison.gates.assign(setting.numCells(), none);
  for (Subject &subject : comparison.subjects)
    subject.states.resize(setting.numCells());
  if (setting.isDouble())
    compareRowsOf<double, long double>(setting, comparison);
  else
    compareRowsOf<float, double>(setting, comparison);
}

} // namespace grucc
