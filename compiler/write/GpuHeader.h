//===- GpuHeader.h - The C and C++ header of a model's kernels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_WRITE_GPUHEADER_H
#define GRUCC_COMPILER_WRITE_GPUHEADER_H

#include "dialects/rnn/Network.h"
#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace grucc {

/// What the header of a model for a GPU is written from; fields as in
/// runtime/include/grucc/cuda.h.
struct GpuHeaderFacts {
  struct Kernel {
    std::string name; ///< empty: the model has none
    int64_t threads = 0, sharedBytes = 0, rows = 0, columns = 0;
  };
  std::string name, provenance, weightsFile;
  std::string idSymbol; ///< what the object defines, and the header asks for
  rnn::Network network;
  int64_t weightsBytes = 0;
  int64_t scanMinSteps = 0, scanMaxBatch = 0;
  Kernel projectInput, projectAbove, scan, step;
  std::vector<std::array<int64_t, 5>> layers; ///< w_ih, bias, w_hh, w_hh_step, b_hn
};

/// A header that documents the kernels, their parameters, how they are launched and
/// where weights stand, for a CUDA program that loads the text itself.
std::string writeGpuHeader(const GpuHeaderFacts &facts);

/// The header of an object or a library that holds all of that as data, for
/// grucc's runtime.
std::string writeGpuModelHeader(const GpuHeaderFacts &facts);

} // namespace grucc

#endif // GRUCC_COMPILER_WRITE_GPUHEADER_H
