//===- Network.h - What a network is, in numbers -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one place of a network's sizes and flags. #rnn.network holds them in the IR; what
// describes a network elsewhere holds this, or derives from it.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_NETWORK_H
#define GRUCC_DIALECTS_RNN_NETWORK_H

#include "dialects/rnn/Cells.h"
#include "dialects/rnn/VariantText.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/StringRef.h"
#include <cstdint>
#include <optional>
#include <string>

namespace grucc::rnn {

/// Characters of NAME: the runtime has room for symbols of GRUCC_MESSAGE_SIZE.
inline constexpr size_t longestName = 512 - sizeof "_workspace_bytes";

/// Whether C takes it as a name.
bool isIdentifier(llvm::StringRef name);
/// Whether a model's symbols may begin with it: an identifier, and no longer than that.
bool isModelName(llvm::StringRef name);

enum class DType { Float32, Float64 };

/// torch's name: float32.
llvm::StringRef nameOf(DType dtype);

/// The limits of a network: within them nothing computed from its sizes
/// overflows, and its tensors fit the 32-bit offsets of an object file.
constexpr int64_t largestSize = INT32_MAX;      ///< input_size, hidden_size
constexpr int64_t mostLayers = 1024;            ///< num_layers
constexpr int64_t mostWeightsBytes = INT32_MAX; ///< all tensors, in the network's dtype

/// torch.nn.GRU's arguments, and what they are used for.
struct Network {
  int64_t inputSize = 0, hiddenSize = 0, numLayers = 1;
  bool bias = true, batchFirst = false, bidirectional = false;
  double dropout = 0.0;  ///< p; nothing in inference, or with one layer (C6)
  bool training = false; ///< runs take a seed or a mask (C6)
  bool reverse = false;  ///< of one direction: from the last step to the first (C15)
  Variant variant;       ///< what differs from torch's equations (C15)
  DType dtype = DType::Float32;
  bool externalWeights = false; ///< given at run time, not part of the artifact

  /// Calls visit(name, member) for each of them, by torch's name.
  template <typename Visit> static void forEachField(Visit visit) {
    visit("input_size", &Network::inputSize);
    visit("hidden_size", &Network::hiddenSize);
    visit("num_layers", &Network::numLayers);
    visit("bias", &Network::bias);
    visit("batch_first", &Network::batchFirst);
    visit("bidirectional", &Network::bidirectional);
    visit("dropout", &Network::dropout);
    visit("training", &Network::training);
    visit("reverse", &Network::reverse);
    visit("variant", &Network::variant);
    visit("dtype", &Network::dtype);
    visit("external_weights", &Network::externalWeights);
  }

  /// D (C7).
  int64_t numDirections() const { return bidirectional ? 2 : 1; }
  /// Whether that direction goes from the last step to the first.
  bool isReverse(int64_t direction) const { return reverse || direction == 1; }
  bool anyReverse() const { return reverse || bidirectional; }
  /// D*L: layers and directions, each with a cell and a state.
  int64_t numCells() const { return numDirections() * numLayers; }
  /// D*H: what a layer puts out, and what the layer above reads (C1).
  int64_t outputSize() const { return numDirections() * hiddenSize; }
  int64_t layerInputSize(int64_t layer) const { return layer == 0 ? inputSize : outputSize(); }
  /// Whether layer 0 and those above have the same kernels.
  bool layersAlike() const { return numLayers == 1 || inputSize == outputSize(); }
  /// G = 3H: rows of a GRU cell's matrices (C3).
  int64_t gateRows() const { return Gru::shape.rows(hiddenSize); }
  /// Tensors of a cell: two matrices, and two biases (C4).
  int64_t weightsPerCell() const { return bias ? 4 : 2; }
  int64_t weightsCount() const { return numCells() * weightsPerCell(); }
  int64_t elementBytes() const { return dtype == DType::Float64 ? 8 : 4; }
  /// Bytes of all layers' states of one row of a stream: [L, H].
  int64_t stateRowBytes() const { return elementBytes() * numLayers * hiddenSize; }
  /// p between layers, where anything is dropped by it.
  double drawnDropout() const { return drops() ? dropout : 0; }
  /// Whether a run may drop anything: a mask drops even where p = 0.
  bool drops() const { return training && numLayers > 1; }
  /// Whether a step at a time means anything: not for a reverse direction, and
  /// not with dropout, whose seed comes with a run.
  bool streams() const { return !anyReverse() && drawnDropout() == 0; }
  /// What every cell computes.
  CellShape cellShape() const { return gruShape(variant); }
  /// Floating-point operations of one step of one row.
  double stepFlops() const;
};

bool operator==(const Network &a, const Network &b);
llvm::hash_code hash_value(const Network &network);

/// An argument that no network has, in the words of diagnostics.
struct NetworkFault {
  std::string argument, found, expected;
};
/// The first of them; nothing when all are within their limits.
std::optional<NetworkFault> findFault(const Network &network);
std::optional<NetworkFault> findFault(const Variant &variant);

/// forward, reverse or bidirectional.
llvm::StringRef directionOf(const Network &network);

/// In what a network is not torch's (C15): reset=before, clip=3; nothing where it is.
std::string describeVariant(const Network &network);

} // namespace grucc::rnn

#endif // GRUCC_DIALECTS_RNN_NETWORK_H
