//===- OnnxGru.h - What a GRU node of ONNX says ------------------*- C++ -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_ONNX_ONNXGRU_H
#define GRUCC_COMPILER_FRONTEND_ONNX_ONNXGRU_H

#include "compiler/frontend/Network.h"
#include "compiler/frontend/onnx/OnnxModel.h"

namespace grucc {

/// One node.
struct OnnxGru {
  const OnnxScope *scope;
  const onnx::NodeProto *node;
  std::string name;  ///< the node's, or where it has none that of what it makes
  std::string fault; ///< why it cannot be compiled: argument: found ..., expected ...

  int64_t inputSize = 0, hiddenSize = 0;
  bool bias = false, batchFirst = false; ///< layout = 1
  Direction direction = Direction::Forward;
  Variant variant;
  OnnxTensor w, r, b; ///< W [D, 3H, I], R [D, 3H, H], B [D, 6H], rows z, r, h

  int64_t numDirections() const { return direction == Direction::Bidirectional ? 2 : 1; }
  llvm::StringRef operand(int index) const {
    return index < node->input_size() ? llvm::StringRef(node->input(index)) : llvm::StringRef();
  }
  llvm::StringRef result(int index) const {
    return index < node->output_size() ? llvm::StringRef(node->output(index)) : llvm::StringRef();
  }
};
enum OnnxOperand { OnnxX, OnnxW, OnnxR, OnnxB, OnnxSequenceLens, OnnxInitialH };
enum OnnxResult { OnnxY, OnnxYh };

/// Reads the node of `gru`. What it says wrongly is its fault; an error is of the whole file.
llvm::Error readGru(OnnxModel &model, OnnxGru &gru);

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_ONNX_ONNXGRU_H
