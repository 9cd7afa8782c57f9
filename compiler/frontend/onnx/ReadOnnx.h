//===- ReadOnnx.h - A network from an ONNX model (I1) ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_ONNX_READONNX_H
#define GRUCC_COMPILER_FRONTEND_ONNX_READONNX_H

#include "compiler/frontend/Arguments.h"
#include "compiler/frontend/Network.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace grucc {

/// The GRU of a model that was asked for, until its weights are taken.
class OnnxSource {
public:
  /// Finds the network, and says into `arguments` what its nodes say.
  static llvm::Expected<OnnxSource>
  read(llvm::StringRef path, const std::optional<std::string> &node, Arguments &arguments);
  ~OnnxSource();
  OnnxSource(OnnxSource &&);

  DType defaultDType() const;
  /// Gives the network its values: rows z, r, h become r, z, n.
  llvm::Error load(Network &network, bool external, std::vector<std::string> &warnings) const;

private:
  struct Contents;
  std::unique_ptr<Contents> contents;
  explicit OnnxSource(std::unique_ptr<Contents> contents);
};

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_ONNX_READONNX_H
