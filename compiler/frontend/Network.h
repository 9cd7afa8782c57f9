//===- Network.h - A network as the user describes it -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What every way in (JSON, safetensors, flags, .mlir) is brought to before it
// becomes an rnn.gru: the arguments of torch.nn.GRU and its tensors.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_NETWORK_H
#define GRUCC_COMPILER_FRONTEND_NETWORK_H

#include "dialects/rnn/Network.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grucc {

using rnn::DType;
using rnn::largestSize;
using rnn::mostLayers;

/// ONNX's word for it: bidirectional says the same as torch's flag, reverse is no torch's.
enum class Direction { Forward, Reverse, Bidirectional };
inline constexpr std::pair<llvm::StringLiteral, Direction> directions[] = {
    {"forward", Direction::Forward},
    {"reverse", Direction::Reverse},
    {"bidirectional", Direction::Bidirectional}};

/// What the command line says; every field left empty was not given (I2).
struct NetworkFlags {
  std::optional<int64_t> inputSize, hiddenSize, numLayers;
  std::optional<bool> bias, batchFirst, bidirectional;
  std::optional<Direction> direction;
  std::optional<double> dropout;
  std::optional<Reset> reset; ///< and the three below: C15
  std::optional<Activation> gateActivation, candidateActivation;
  std::optional<double> clip;
  std::optional<DType> dtype;
  std::optional<std::string> prefix;
  std::optional<std::string> node;  ///< of MODEL.onnx
  std::optional<uint64_t> initSeed; ///< --init=uniform --seed=N (C11)
  bool externalWeights = false;     ///< --weights=external: no values are needed
  bool training = false;            ///< --training (C6)
};

/// One tensor of the network, in the network's dtype, row-major.
struct WeightTensor {
  std::string name; ///< torch's: weight_ih_l0_reverse
  llvm::SmallVector<int64_t, 2> shape;
  llvm::ArrayRef<char> data; ///< 64-byte aligned; empty for external weights

  int64_t numElements() const;
};

/// A whole network: torch.nn.GRU's arguments, and its tensors in torch's order
/// (layer, direction, then weight_ih, weight_hh, bias_ih, bias_hh).
struct Network : rnn::Network {
  std::vector<WeightTensor> weights;
  /// What the tensors' data points into.
  std::vector<std::shared_ptr<void>> storage;
  std::string weightsFile; ///< that was read, or empty
  /// Hash of the weights' values in torch's order (hex), empty for external.
  std::string weightsHash;
  /// What results depend on and nobody said, one note line each (E).
  std::vector<std::string> assumed;
};

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_NETWORK_H
