//===- Arguments.h - torch.nn.GRU's arguments, and who said them ----------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// The same argument may be said by a flag, by NETWORK.json, by a weights file's
// metadata and by the shapes of its tensors. They must agree: every value is
// kept with its source, and a second, different one is an error that names both.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_ARGUMENTS_H
#define GRUCC_COMPILER_FRONTEND_ARGUMENTS_H

#include "compiler/frontend/Network.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <map>
#include <string>

namespace grucc {

template <typename T> struct Said {
  std::optional<T> value;
  std::string source; ///< "--hidden-size", "weight_hh_l0 [30, 10]"
};

struct Arguments {
  Said<int64_t> inputSize, hiddenSize, numLayers;
  Said<bool> bias, batchFirst, bidirectional;
  Said<Direction> direction;
  Said<double> dropout;
  Said<Reset> reset;
  Said<Activation> gateActivation, candidateActivation;
  Said<double> clip;
  Said<DType> dtype;
  Said<std::string> prefix, weights;

  explicit Arguments(const NetworkFlags &flags);

  /// A direction and torch's flag say the same; whoever says one has said the other.
  llvm::Error agreeOnDirection(llvm::StringRef file);

  /// Adds the members of NETWORK.json; unknown keys are errors.
  llvm::Error addJson(llvm::StringRef file, const llvm::json::Object &object);

  /// Adds a weights file's `__metadata__`: NETWORK.json's keys but `weights`,
  /// values written as JSON ("10", "true"; `float32` may stand without quotes).
  /// Keys that are not NETWORK.json's belong to somebody else and are ignored.
  llvm::Error addMetadata(llvm::StringRef file, const std::map<std::string, std::string> &metadata);

private:
  llvm::Error addMember(llvm::StringRef file, llvm::StringRef key, llvm::StringRef argument,
                        const llvm::json::Value &value);
};

/// An argument's value as diagnostics show it.
std::string valueText(int64_t value);
std::string valueText(bool value);
std::string valueText(double value);
std::string valueText(DType value);
std::string valueText(Direction value);
std::string valueText(Reset value);
std::string valueText(const Activation &value);
std::string valueText(const std::string &value);

/// Records what `source` says about an argument, or reports that it contradicts
/// what was said before.
template <typename T>
llvm::Error say(llvm::StringRef file, llvm::StringRef argument, Said<T> &said, T value,
                llvm::StringRef source);

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_ARGUMENTS_H
