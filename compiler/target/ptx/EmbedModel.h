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

/// What the descriptor of every model says (grucc_model). A GPU has networks of float32, with
/// their own weights, for inference.
struct ModelFacts {
  std::string name;       ///< symbol prefix
  std::string provenance; ///< lines of text
  rnn::Network network;
  ModelId id{};
};

/// A relocatable object without code, for what the target's platform has objects for: kernels,
/// weights and plan as read-only data, and the symbols NAME_model of type grucc_cuda_model
/// (runtime/include/grucc/cuda.h) and NAME_id_....
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
embedModel(const Model &model, const ModelFacts &facts, Visibility visibility);

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_EMBEDMODEL_H
