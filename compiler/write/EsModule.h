//===- EsModule.h - What JavaScript calls a WebAssembly module by -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_WRITE_ESMODULE_H
#define GRUCC_COMPILER_WRITE_ESMODULE_H

#include "compiler/write/Artifact.h"

namespace grucc {

struct PackedTensor {
  std::string name; ///< torch's
  llvm::SmallVector<int64_t> shape;
};
/// What pack takes, in its order.
std::vector<PackedTensor> packedTensors(const rnn::Network &network);

/// What an ES module says of a model.
struct EsModuleFacts {
  HeaderFacts model;
  const rnn::Target &target;
  std::string file;                 ///< of the WebAssembly module, beside it
  int64_t bytes;                    ///< of that
  bool runs, streams, takesLengths; ///< what that has functions for
};

/// The ES module of a network.
std::string writeEsModule(const EsModuleFacts &facts);

/// The TypeScript declarations of that ES module, which document it.
std::string writeDeclarations(const EsModuleFacts &facts);

} // namespace grucc

#endif // GRUCC_COMPILER_WRITE_ESMODULE_H
