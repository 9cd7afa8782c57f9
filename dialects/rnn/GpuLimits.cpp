//===- GpuLimits.cpp - What kernels of a schedule ask a GPU for -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/GpuLimits.h"

#include "dialects/rnn/Fields.h"
#include "llvm/ADT/Twine.h"

using namespace mlir;
using namespace grucc;

using EmitError = function_ref<InFlightDiagnostic()>;

static LogicalResult verifyStorage(EmitError error, const GpuLayouts &layouts, rnn::GpuAttr gpu) {
  const GpuStorage &storage = *layouts.storage;
  if (storage.needs && !(gpu.getRow().*storage.needs))
    return error() << "precision: found '" << storage.name() << "' for " << gpu.getTarget()
                   << ", expected " << rnn::listWords(GpuStorage::precisions(&gpu.getRow()));
  auto expect = [&](bool holds, StringRef field, int64_t value,
                    const Twine &expected) -> LogicalResult {
    if (holds)
      return success();
    return error() << "schedule: " << field << ": found " << value << ", expected " << expected
                   << " for " << storage.name();
  };
  int64_t registerK = layouts.schedule.getScanRegisterK();
  int64_t stepRows = layouts.schedule.getStepRows();
  ProjectLayout project = layouts.project(/*inputSize=*/1); // these rows are of any input
  int64_t threadRows = layouts.schedule.getProjectThreadRows();
  if (failed(expect(registerK % storage.k == 0, "scan_register_k", registerK,
                    "a multiple of " + Twine(storage.k))) ||
      failed(expect(stepRows % storage.rows == 0, "step_rows", stepRows,
                    "at least " + Twine(storage.rows))))
    return failure();
  return expect(project.warpRows() % storage.rows == 0, "project_thread_rows", threadRows,
                "at least " + Twine(storage.rows / ProjectLayout::laneRows));
}

LogicalResult grucc::verifyLimits(EmitError error, const GpuLayouts &layouts,
                                  const rnn::Network &network, rnn::GpuAttr gpu) {
  if (failed(verifyStorage(error, layouts, gpu)))
    return failure();
  auto atMost = [&](StringRef what, int64_t value, int64_t limit) -> LogicalResult {
    if (value <= limit)
      return success();
    return error() << "schedule: found " << value << " " << what << ", expected at most " << limit
                   << " on " << gpu.getTarget();
  };
  constexpr int64_t mostTiles = 65535;
  ScanLayout scan = layouts.scan();
  StepLayout step = layouts.step();
  if (scan.exists() &&
      (failed(atMost("threads of a block of scan", scan.threads(), mostThreads)) ||
       failed(atMost("bytes of shared memory of scan", scan.sharedBytes(), gpu.getSharedBytes()))))
    return failure();
  if (failed(atMost("threads of a block of step", step.threads(), mostThreads)) ||
      failed(atMost("bytes of shared memory of step", step.sharedBytes(), gpu.getSharedBytes())) ||
      failed(atMost("tiles of units of step", step.tiles(), mostTiles)))
    return failure();
  SmallVector<int64_t> depths{network.inputSize};
  if (!network.layersAlike())
    depths.push_back(network.outputSize());
  for (int64_t depth : depths) {
    ProjectLayout project = layouts.project(depth);
    if (failed(atMost("bytes of shared memory of project", project.sharedBytes(),
                      gpu.getSharedBytes())) ||
        failed(atMost("tiles of columns of project", project.tiles(), mostTiles)))
      return failure();
  }
  return success();
}
