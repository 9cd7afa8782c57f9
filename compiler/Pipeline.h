//===- Pipeline.h - The stages, in order -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_PIPELINE_H
#define GRUCC_COMPILER_PIPELINE_H

#include "compiler/Compile.h"
#include "dialects/rnn/Targets.h"
#include "mlir/Pass/PassManager.h"

namespace grucc {

/// What the pipeline needs to know beside the module.
struct PipelineOptions {
  std::string machine;                 ///< entry of the machine table, or of that of GPUs
  const rnn::Target *target = nullptr; ///< that machine's
  bool narrowWeights = true;           ///< narrow storage where it holds all bits
  rnn::FieldSettings schedule;         ///< fields set by hand
  std::string precision = "exact";     ///< of a GPU: or float16, bfloat16
  std::vector<std::string> functions;  ///< of a CPU: those of C that stay; empty: all
  bool size = false;                   ///< of a CPU: the schedule with the shortest code
  std::string weightsSection;          ///< of a CPU; empty: as constants are
};

/// The last stage of a module of modules, one for every level, which have come through all others.
void buildTargetOfLevels(mlir::OpPassManager &passes);

/// Appends the passes of one stage.
void buildStage(mlir::OpPassManager &passes, const PipelineOptions &options, Stage stage);

/// Registers every pass of ours with grucc-opt.
void registerPasses();

} // namespace grucc

#endif // GRUCC_COMPILER_PIPELINE_H
