//===- OnnxNetworks.h - The GRUs of an ONNX graph -------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every GRU node with what it says, and stacks of them: torch's export of a GRU of several
// layers is a chain of nodes with nothing but layouts between.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_ONNX_ONNXNETWORKS_H
#define GRUCC_COMPILER_FRONTEND_ONNX_ONNXNETWORKS_H

#include "compiler/frontend/onnx/OnnxGru.h"

namespace grucc {

/// A network of one layer, or of several.
struct OnnxNetwork {
  std::vector<OnnxGru> layers;

  const std::string &name() const { return layers.front().name; }
  /// Of the first layer that has one; else empty.
  llvm::StringRef fault() const;
};

/// All of the model, in the order of its graphs.
llvm::Expected<std::vector<OnnxNetwork>> findNetworks(OnnxModel &model);

/// The one that has the node, or the only one where no name is given.
llvm::Expected<const OnnxNetwork *> selectNetwork(const OnnxModel &model,
                                                  llvm::ArrayRef<OnnxNetwork> networks,
                                                  const std::optional<std::string> &node);

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_ONNX_ONNXNETWORKS_H
