//===- EmbedModel.h - A model for a GPU as an object of data -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_EMBEDMODEL_H
#define GRUCC_COMPILER_TARGET_PTX_EMBEDMODEL_H

#include "compiler/target/ModelAbi.h"
#include "compiler/target/ptx/Model.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace grucc::ptx {

/// What the descriptor of every model says (grucc_model), as far as a model for
/// a GPU has it: float32, with its own weights, for inference.
struct NetworkFacts {
  std::string name;       ///< symbol prefix
  std::string provenance; ///< lines of text
  int64_t inputSize = 0, hiddenSize = 0, numLayers = 0;
  bool bias = true, batchFirst = false, bidirectional = false;
  double dropout = 0;
  ModelId id{};
};

/// A relocatable object without code, for what the target's platform has objects for: kernels,
/// weights and plan as read-only data, and the symbols NAME_model of type grucc_cuda_model
/// (runtime/include/grucc/cuda.h) and NAME_id_....
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
embedModel(const Model &model, const NetworkFacts &facts, Visibility visibility);

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_EMBEDMODEL_H
