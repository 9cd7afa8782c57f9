//===- Reference.h - What a network computes, in plain loops -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The meaning of the rnn dialect, written to be read; Interpreter.h walks a
// func.func with it. In float32 and float64 (T = float, double) it takes every
// step in the order that all targets take it in, so they agree to the bit (N4).
// Errors of float32 are measured against float64 (N1), those of float64 against
// long double, which takes the same sums, and sigmoid and tanh of the library.
//
// Letters: T steps, B batch, I input size, H hidden size, D directions,
// L layers, G = gates * H (a GRU's row blocks: r, z, n), S states of a cell. All arrays
// are row-major.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_REFERENCE_H
#define GRUCC_DIALECTS_RNN_REFERENCE_H

#include "dialects/rnn/Cells.h"
#include "dialects/rnn/Network.h"
#include "llvm/ADT/ArrayRef.h"
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace grucc::reference {

//===----------------------------------------------------------------------===//
// The whole network
//===----------------------------------------------------------------------===//

/// torch.nn.GRU's arguments; `dtype` and where weights are say nothing here.
using rnn::Network;

/// Sees every step of every row as it is computed: that of layer and direction
/// `index` = l*D + d at step t of row b, its gates [G] (r, z, n) and its new state
/// h' [H]. Layers come in ascending order, steps in the order of the direction.
template <typename T>
using Observer =
    std::function<void(int64_t index, int64_t t, int64_t b, const T *gates, const T *h)>;

/// What one call is given. An unbatched input (C9) is one with batch = 1.
template <typename T> struct Call {
  int64_t steps = 0, batch = 0;
  const T *input = nullptr;         ///< [T, B, I]; [B, T, I] when batch first; [sum(batchSizes), I]
  const T *h0 = nullptr;            ///< [D*L, B, H], or null for zeros (C8)
  const int64_t *lengths = nullptr; ///< [B], each in 0..T, or null for T (C10)
  const int64_t *batchSizes = nullptr;    ///< [T], descending, at most B: packed, or null (C10)
  const int64_t *sortedIndices = nullptr; ///< [B], caller's row of each packed row, or null
  std::optional<uint64_t> dropoutSeed;    ///< training only (N5)
  const T *dropoutMask = nullptr;         ///< training only: [L-1, T, B, D*H], 0 drops
  Observer<T> observe = nullptr;          ///< or none
};

template <typename T> struct Result {
  std::vector<T> output; ///< [T, B, D*H], in the layout of the input (C5, C10)
  std::vector<T> hN;     ///< [D*L, B, H]
};

/// Runs a network. `weights` are torch's tensors in torch's order: for each
/// layer, for each direction: weight_ih [G, I of the layer], weight_hh [G, H]
/// and, with bias, bias_ih [G], bias_hh [G] (C3, C4).
template <typename T>
Result<T> gru(const Network &network, llvm::ArrayRef<const T *> weights, const Call<T> &call);

//===----------------------------------------------------------------------===//
// Its parts
//===----------------------------------------------------------------------===//

/// sum_k w[k] * x[k] in the fixed order of a layer with so many units (SumOrder.h). X is T, or
/// what cells compute in.
template <typename T, typename X> T dot(const T *w, const X *x, int64_t count, int64_t units);

/// result[g] = sum_k weight[g, k] * input[k] (+ bias[g]), for so many units.
template <typename T>
void project(const T *input, const T *weight, const T *bias, int64_t inputSize, int64_t gates,
             int64_t units, T *result);

/// What is added to the recurrent part of the gates.
enum class CellBias { None, Kept /* of the gates that keep theirs */, All /* [G] = b_hh */ };

/// One step of one row: next = cell(gates, states) [S, H] (C2, N7). `next` may not be
/// `states`. With `trace` [G], the gates are left there as they are computed.
template <typename T>
void cell(const Cell<Number<T>> &cell, const T *gates, const T *states, const T *wHh, CellBias kind,
          const T *bias, int64_t hiddenSize, T *next, T *trace = nullptr);

/// One layer in one direction.
template <typename T> struct Layer {
  int64_t inputSize, hiddenSize;
  const T *wIh, *wHh; ///< [G, I], [G, H]
  const T *bIh, *bHh; ///< [G], or both null
  bool reverse;
  Cell<Number<T>> cell;
  int64_t index = 0; ///< l*D + d, for the observer
  Observer<T> observe = nullptr;
};

/// Runs a layer over input [T, B, I] from h0 [B, S, H] or zeros; writes output
/// [T, B, H], zeros beyond each row's length, and hN [B, S, H] (C7, C8, C10).
template <typename T>
void layer(const Layer<T> &layer, int64_t steps, int64_t batch, const T *input, const T *h0,
           const int64_t *lengths, T *output, T *hN);

/// The step that a row takes part in at turn i, none beyond its length: its own
/// steps in ascending order, in reverse from its own last one.
inline std::optional<int64_t> stepAt(int64_t turn, int64_t length, bool reverse) {
  if (turn >= length)
    return std::nullopt;
  return reverse ? length - 1 - turn : turn;
}

/// Dropout of one layer's output, by seed or by mask (C6, N5).
template <typename T> struct Drop {
  double p;
  int64_t layer;                ///< whose output it is
  std::optional<uint64_t> seed; ///< or none, with a mask
  const T *mask;                ///< [L-1, T, B, D*H], 0 drops
};

/// Drops and scales `output` [T, B, D*H] in place.
template <typename T>
void dropOut(const Drop<T> &drop, int64_t steps, int64_t batch, int64_t outputs,
             std::vector<T> &output);

/// result[j, i, :] = input[i, j, :], with input [rows, columns, size].
template <typename T>
std::vector<T> transpose(const T *input, int64_t rows, int64_t columns, int64_t size);

} // namespace grucc::reference

#endif // GRUCC_DIALECTS_RNN_REFERENCE_H
