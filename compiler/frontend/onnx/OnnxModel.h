//===- OnnxModel.h - An ONNX file, and what its names stand for -----------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Read through ONNX's own schema, onnx-ml.proto. A graph's names are looked up in it and
// in the graphs around it.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_ONNX_ONNXMODEL_H
#define GRUCC_COMPILER_FRONTEND_ONNX_ONNXMODEL_H

#include "onnx-ml.pb.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace grucc {

/// A graph, and who makes and reads its values.
struct OnnxScope {
  const onnx::GraphProto *graph;
  const OnnxScope *outer; ///< null for the model's own graph
  std::string where;      ///< "", or " in the body of Loop loop_1"
  llvm::StringMap<const onnx::TensorProto *> initializers;
  llvm::StringMap<const onnx::NodeProto *> producers;
  llvm::StringMap<llvm::SmallVector<const onnx::NodeProto *, 2>> readers;
  llvm::StringMap<bool> inputs, outputs; ///< of the graph

  /// The scope of `name`, which is this one or one around it; null when nobody makes it.
  const OnnxScope *find(llvm::StringRef name) const;
  const onnx::NodeProto *producer(llvm::StringRef name) const;
};

/// A constant's numbers as they lie in the file, row-major.
struct OnnxTensor {
  std::string name;
  std::string dtype; ///< F32, F64, F16, BF16, I64, or ONNX's own word for another
  std::vector<int64_t> shape;
  llvm::ArrayRef<char> data;
};

class OnnxModel {
public:
  /// Reads and checks the file as far as it is the same for every graph.
  static llvm::Expected<std::unique_ptr<OnnxModel>> read(llvm::StringRef path);

  const std::string &getPath() const { return path; }
  const onnx::ModelProto &getProto() const { return proto; }
  int64_t getOpset() const { return opset; }
  /// The model's own graph first, then those inside of nodes.
  const std::vector<std::unique_ptr<OnnxScope>> &getScopes() const { return scopes; }

  /// The tensor that a name stands for, through Constant and Identity; nothing where it is
  /// computed. Its bytes live as long as the model.
  llvm::Expected<std::optional<OnnxTensor>> constant(const OnnxScope &scope, llvm::StringRef name);

private:
  std::string path;
  onnx::ModelProto proto;
  int64_t opset = 0;
  std::vector<std::unique_ptr<OnnxScope>> scopes;
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> beside; ///< files of external data
  std::vector<std::unique_ptr<std::vector<char>>> spread;      ///< bytes that the file has not so

  llvm::Error addScope(const onnx::GraphProto &graph, const OnnxScope *outer, std::string where,
                       unsigned depth);
  llvm::Expected<OnnxTensor> tensor(const onnx::TensorProto &proto);
  llvm::Expected<llvm::ArrayRef<char>> external(const onnx::TensorProto &proto);
};

/// Whether a node is an operation of ONNX itself.
bool isOp(const onnx::NodeProto &node, llvm::StringRef op);

/// An attribute, or null.
const onnx::AttributeProto *findAttribute(const onnx::NodeProto &node, llvm::StringRef name);

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_ONNX_ONNXMODEL_H
