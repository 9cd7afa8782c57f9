//===- RunModel.h - One run of a model on named tensors -------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_RUN_RUNMODEL_H
#define GRUCC_TOOLS_GRUCC_RUN_RUNMODEL_H

#include "CommandLine.h"
#include "Tensors.h"

namespace grucc {

/// What a run gives: the tensors, and how long each repetition took.
struct RunResult {
  TensorMap tensors;
  std::vector<double> microseconds;
};

struct CloseHandle {
  void operator()(grucc_handle *handle) const { grucc_close(handle); }
};
using OpenModel = std::unique_ptr<grucc_handle, CloseHandle>;

/// Opens MODEL.so.
llvm::Expected<OpenModel> openModel(const CommandLine &line);

/// Runs MODEL.so on the tensors of the input file.
llvm::Expected<RunResult> runModel(const CommandLine &line, TensorMap inputs);

/// Runs an open model; errors of the tensors name the input file.
llvm::Expected<RunResult> runHandle(const CommandLine &line, grucc_handle *handle,
                                    const TensorMap &inputs);

/// Evaluates NETWORK.json or WEIGHTS.safetensors in plain loops.
llvm::Expected<RunResult> runReference(const CommandLine &line, TensorMap inputs);

/// Evaluates the one function of an .mlir file, of any stage before kernels.
llvm::Expected<RunResult> interpretFunction(const CommandLine &line, TensorMap inputs);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_RUN_RUNMODEL_H
