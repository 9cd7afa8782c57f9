//===- Weights.h - The tensors of a network -------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_WEIGHTS_H
#define GRUCC_COMPILER_FRONTEND_WEIGHTS_H

#include "compiler/frontend/Arguments.h"
#include "compiler/frontend/Network.h"
#include "support/Safetensors.h"
#include "llvm/Support/Error.h"

namespace grucc {

/// The tensors that a network of these arguments has, in torch's order, without
/// values (C1, C3, C4). Refuses sizes outside the limits of rnn/Network.h, so that
/// nothing computed from them later can overflow.
llvm::Expected<std::vector<WeightTensor>> expectedTensors(const Network &network,
                                                          llvm::StringRef file);

/// The GRU's tensors in a weights file: exactly those under the prefix.
class WeightsFile {
public:
  /// Reads and selects, and says into `arguments` what the file's metadata and
  /// its tensors' names and shapes say.
  static llvm::Expected<WeightsFile> read(llvm::StringRef path, Arguments &arguments);

  /// The dtype that the network has unless told otherwise.
  DType defaultDType() const;

  /// Checks every tensor of `network` against the file and, unless the weights
  /// are external, gives it its values: widened exactly, or rounded with a
  /// warning when float64 weights are asked for as float32.
  llvm::Error load(Network &network, bool external, std::vector<std::string> &warnings) const;

private:
  std::string path, prefix;
  SafetensorsFile file;
  std::map<std::string, const FileTensor *> tensors; ///< by name without prefix

  llvm::Error select();
  llvm::Error infer(Arguments &arguments) const;
  llvm::Error check(const Network &network) const;
};

/// Values for every tensor from U(-sqrt(k), sqrt(k)), k = 1/H (C11).
llvm::Error drawUniform(Network &network, uint64_t seed);

/// Gives every tensor of the network its uninitialised, 64-byte aligned room.
llvm::Expected<std::vector<llvm::MutableArrayRef<char>>> allocateTensors(Network &network);

/// BLAKE3 in hex over every tensor's name, shape, dtype and bytes, in order.
std::string hashWeights(const Network &network);

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_WEIGHTS_H
