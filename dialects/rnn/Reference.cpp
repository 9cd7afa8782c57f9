//===- Reference.cpp - What a network computes, in plain loops -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled with -ffp-contract=off: multiply-adds are fused where multiplyAdd
// says so and nowhere else. What a cell computes stands in Cells.h.
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Reference.h"

#include "dialects/rnn/Philox.h"
#include "dialects/rnn/SumOrder.h"
#include <algorithm>

namespace grucc::reference {

template <typename T, typename X> T dot(const T *w, const X *x, int64_t count, int64_t units) {
  int64_t block = sumBlock(count, units);
  T sum = 0;
  for (int64_t begin = 0; begin < count; begin += block) {
    Number<T> partial = {0};
    for (int64_t k = begin; k < std::min(begin + block, count); ++k)
      partial = multiplyAdd(Number<T>{w[k]}, Number<T>{x[k]}, partial);
    sum = begin == 0 ? partial.value : sum + partial.value;
  }
  return sum;
}

template <typename T>
void project(const T *input, const T *weight, const T *bias, int64_t inputSize, int64_t gates,
             int64_t units, T *result) {
  for (int64_t g = 0; g < gates; ++g) {
    result[g] = dot(weight + g * inputSize, input, inputSize, units);
    if (bias)
      result[g] = result[g] + bias[g];
  }
}

template <typename T>
void cell(const Cell<Number<T>> &cell, const T *gates, const T *states, const T *wHh, CellBias kind,
          const T *bias, int64_t hiddenSize, T *next, T *trace) {
  const CellShape &shape = cell.shape;
  std::vector<CellUnit<Number<T>>> units(hiddenSize);
  for (int64_t j = 0; j < hiddenSize; ++j) {
    for (int64_t q = 0; q < shape.gates; ++q) {
      units[j].inputs[q] = {gates[q * hiddenSize + j]};
      if (kind == CellBias::All)
        units[j].biases[q] = Number<T>{bias[q * hiddenSize + j]};
      if (kind == CellBias::Kept && shape.gate[q].keepsBias)
        units[j].biases[q] = Number<T>{bias[shape.keptIndex(q) * hiddenSize + j]};
    }
    for (int64_t s = 0; s < shape.states; ++s)
      units[j].states[s] = {states[s * hiddenSize + j]};
  }
  activate(shape, units, [&](int64_t q, int64_t j, const std::vector<Number<T>> &operand) {
    const T *row = wHh + (q * hiddenSize + j) * hiddenSize;
    return Number<T>{dot(row, operand.data(), hiddenSize, hiddenSize)};
  });
  for (int64_t j = 0; j < hiddenSize; ++j) {
    cell.update(units[j]);
    for (int64_t s = 0; s < shape.states; ++s)
      next[s * hiddenSize + j] = units[j].states[s].value;
    for (int64_t q = 0; trace && q < shape.gates; ++q)
      trace[q * hiddenSize + j] = units[j].gates[q].value;
  }
}

template <typename T>
void layer(const Layer<T> &layer, int64_t steps, int64_t batch, const T *input, const T *h0,
           const int64_t *lengths, T *output, T *hN) {
  const CellShape &shape = layer.cell.shape;
  int64_t H = layer.hiddenSize, G = shape.rows(H), width = shape.states * H;
  std::vector<T> gates(G), h(width), next(width), trace(layer.observe ? G : 0);
  FoldedBiases<T> biases;
  if (layer.bIh)
    biases = foldBiases(shape, layer.bIh, layer.bHh, H);
  const T *bX = layer.bIh ? biases.x.data() : nullptr;
  CellBias kind = layer.bIh ? CellBias::Kept : CellBias::None;

  std::fill(output, output + steps * batch * H, T(0));
  for (int64_t b = 0; b < batch; ++b) {
    if (h0)
      std::copy(h0 + b * width, h0 + (b + 1) * width, h.begin());
    else
      std::fill(h.begin(), h.end(), T(0)); // C8
    int64_t length = lengths ? lengths[b] : steps;
    for (int64_t turn = 0; turn < length; ++turn) {
      int64_t t = *stepAt(turn, length, layer.reverse), row = t * batch + b;
      project(input + row * layer.inputSize, layer.wIh, bX, layer.inputSize, G, H, gates.data());
      cell(layer.cell, gates.data(), h.data(), layer.wHh, kind, biases.kept.data(), H, next.data(),
           layer.observe ? trace.data() : nullptr);
      h.swap(next);
      if (layer.observe)
        layer.observe(layer.index, t, b, trace.data(), h.data());
      std::copy_n(h.begin(), H, output + row * H);
    }
    std::copy(h.begin(), h.end(), hN + b * width);
  }
}

template <typename T>
std::vector<T> transpose(const T *input, int64_t rows, int64_t columns, int64_t size) {
  std::vector<T> result(rows * columns * size);
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j)
      std::copy_n(input + (i * columns + j) * size, size, result.data() + (j * rows + i) * size);
  return result;
}

template <typename T>
void dropOut(const Drop<T> &drop, int64_t steps, int64_t batch, int64_t outputs,
             std::vector<T> &output) {
  T scale = static_cast<T>(1.0 / (1.0 - drop.p));
  for (int64_t t = 0; t < steps; ++t)
    for (int64_t b = 0; b < batch; ++b)
      for (int64_t j = 0; j < outputs; ++j) {
        int64_t element = (t * batch + b) * outputs + j;
        bool kept = drop.mask ? drop.mask[drop.layer * steps * batch * outputs + element] != 0
                              : isKept(drop.p, *drop.seed, drop.layer, t, b, j);
        kept = kept && drop.p < 1;
        output[element] = kept ? output[element] * scale : T(0);
      }
}

//===----------------------------------------------------------------------===//
// The whole network
//===----------------------------------------------------------------------===//

namespace {

/// Where packed rows belong: packed row `row` is step t of the caller's row b.
/// Visits them in packed order (C10).
template <typename T, typename Visit> void forEachPackedRow(const Call<T> &call, Visit visit) {
  int64_t row = 0;
  for (int64_t t = 0; t < call.steps; ++t)
    for (int64_t sorted = 0; sorted < call.batchSizes[t]; ++sorted)
      visit(row++, t, call.sortedIndices ? call.sortedIndices[sorted] : sorted);
}

} // namespace

template <typename T>
Result<T> gru(const Network &network, llvm::ArrayRef<const T *> weights, const Call<T> &call) {
  int64_t steps = call.steps, batch = call.batch;
  int64_t I = network.inputSize, H = network.hiddenSize, D = network.numDirections();

  // Time-major and padded, whatever came in.
  std::vector<T> input;
  std::vector<int64_t> lengths;
  if (call.batchSizes) { // C10
    input.resize(steps * batch * I);
    lengths.assign(batch, 0);
    forEachPackedRow(call, [&](int64_t row, int64_t t, int64_t b) {
      std::copy_n(call.input + row * I, I, input.begin() + (t * batch + b) * I);
      ++lengths[b];
    });
  } else {
    input = network.batchFirst ? transpose(call.input, batch, steps, I) // C5
                               : std::vector<T>(call.input, call.input + steps * batch * I);
    lengths.assign(batch, steps);
    if (call.lengths)
      lengths.assign(call.lengths, call.lengths + batch);
  }

  Result<T> result;
  result.hN.resize(D * network.numLayers * batch * H);
  int64_t perCell = network.bias ? 4 : 2;
  for (int64_t l = 0; l < network.numLayers; ++l) {
    std::vector<T> output(steps * batch * D * H), oneDirection(steps * batch * H);
    for (int64_t d = 0; d < D; ++d) {
      int64_t index = l * D + d; // C7
      const T *const *w = weights.data() + index * perCell;
      Layer<T> parts = {network.layerInputSize(l),
                        H,
                        w[0],
                        w[1],
                        network.bias ? w[2] : nullptr,
                        network.bias ? w[3] : nullptr,
                        network.isReverse(d),
                        Cell<Number<T>>::template of<Gru>(network.cellShape()),
                        index,
                        call.observe};
      layer(parts, steps, batch, input.data(), call.h0 ? call.h0 + index * batch * H : nullptr,
            lengths.data(), oneDirection.data(), result.hN.data() + index * batch * H);
      for (int64_t row = 0; row < steps * batch; ++row) // C7: forward first
        std::copy_n(oneDirection.begin() + row * H, H, output.begin() + (row * D + d) * H);
    }
    bool drops = network.dropout > 0 || call.dropoutMask; // C6: a mask drops whatever p is
    if (network.training && drops && l + 1 < network.numLayers)
      dropOut<T>({network.dropout, l, call.dropoutSeed, call.dropoutMask}, steps, batch, D * H,
                 output);
    input = std::move(output);
  }

  // Back to the layout of the input.
  if (call.batchSizes) {
    forEachPackedRow(call, [&](int64_t, int64_t t, int64_t b) {
      const T *row = input.data() + (t * batch + b) * D * H;
      result.output.insert(result.output.end(), row, row + D * H);
    });
  } else {
    result.output =
        network.batchFirst ? transpose(input.data(), steps, batch, D * H) : std::move(input);
  }
  return result;
}

#define INSTANTIATE(T)                                                                             \
  template T dot(const T *, const T *, int64_t, int64_t);                                          \
  template T dot(const T *, const Number<T> *, int64_t, int64_t);                                  \
  template void project(const T *, const T *, const T *, int64_t, int64_t, int64_t, T *);          \
  template void cell(const Cell<Number<T>> &, const T *, const T *, const T *, CellBias,           \
                     const T *, int64_t, T *, T *);                                                \
  template void layer(const Layer<T> &, int64_t, int64_t, const T *, const T *, const int64_t *,   \
                      T *, T *);                                                                   \
  template std::vector<T> transpose(const T *, int64_t, int64_t, int64_t);                         \
  template void dropOut(const Drop<T> &, int64_t, int64_t, int64_t, std::vector<T> &);             \
  template Result<T> gru(const Network &, llvm::ArrayRef<const T *>, const Call<T> &);
INSTANTIATE(float)
INSTANTIATE(double)
INSTANTIATE(long double)

} // namespace grucc::reference
