//===- Model.h - A network compiled for a GPU -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the kernels' text, the packed weights and the launch plan are until they
// are written; runtime/include/grucc/cuda.h says what each field means, and what
// parameters the kernels have.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_PTX_MODEL_H
#define GRUCC_COMPILER_TARGET_PTX_MODEL_H

#include "dialects/rnn/Targets.h"
#include <cstdint>
#include <string>
#include <vector>

namespace grucc::ptx {

/// grucc_cuda_kernel.
struct Kernel {
  std::string name; ///< empty: none
  int32_t threads = 0, sharedBytes = 0, rows = 0, columns = 0;
};

/// grucc_cuda_layer: bytes from the start of the weights, -1 for none.
struct LayerWeights {
  int64_t wIh = -1, bias = -1, wHh = -1, wHhStep = -1, bHn = -1;
};

/// grucc_cuda_model, but for what every model has.
struct Model {
  std::string kernels; ///< PTX text, or a cubin
  bool isText = true;
  std::vector<char> weights;
  const rnn::Target *target = nullptr;
  int32_t precision = 0; ///< grucc_cuda_precision
  int64_t scanMinSteps = 0, scanMaxBatch = 0;
  Kernel projectInput, projectAbove, scan, step;
  std::vector<LayerWeights> layers; ///< index l*D + d
};

} // namespace grucc::ptx

#endif // GRUCC_COMPILER_TARGET_PTX_MODEL_H
