//===- CompileForGpu.cpp - One compilation, for a GPU -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compilation.h"
#include "compiler/schedule/GpuCostModel.h"
#include "compiler/schedule/Gpus.h"
#include "compiler/target/ptx/Codegen.h"
#include "compiler/target/ptx/EmbedModel.h"
#include "compiler/write/Artifact.h"
#include "compiler/write/GpuHeader.h"
#include "dialects/rnn/Cells.h"
#include "llvm/Support/Path.h"

using namespace mlir;
using namespace grucc;
using llvm::Error;
using llvm::Expected;
using llvm::Twine;

Error Compilation::runGpuPipeline(Stage last) {
  rnn::GpuAttr gpu = lookupGpu(&context, options.target);
  if (!gpu)
    return usageError("--target", quoted(options.target),
                      llvm::join(rnn::targetNames(rnn::TargetKind::Gpu), ", "));
  if (report.network.dtype != rnn::DType::Float32)
    return inputError(where(), "dtype",
                      rnn::nameOf(report.network.dtype) + " for " + Twine(options.target),
                      "float32");
  report.target = gpu.getTarget().str();
  report.machine = gpu.getCard().str();

  // Narrow storage is a matter of CPUs so far.
  PipelineOptions pipeline;
  pipeline.machine = options.target;
  pipeline.target = &gpu.getRow();
  pipeline.narrowWeights = false;
  pipeline.schedule = options.schedule;
  pipeline.precision = options.precision;
  if (Error error = runStages(pipeline, last))
    return error;
  if (last >= Stage::Schedule)
    describeGpu(gpu);
  return Error::success();
}

void Compilation::describeGpu(rnn::GpuAttr gpu) {
  auto schedule = fact<rnn::GpuScheduleAttr>();
  llvm::raw_string_ostream(report.schedule) << schedule;
  const rnn::Network &network = report.network;
  int64_t hidden = network.hiddenSize;
  const GpuStorage &storage = *GpuStorage::find(options.precision);
  GpuLayouts layouts{schedule, hidden, Gru::shape.gates, &storage};
  ProjectLayout input = layouts.project(network.inputSize);
  ProjectLayout above = layouts.project(network.outputSize());
  ScanLayout scan = layouts.scan();
  StepLayout step = layouts.step();
  for (auto &[matrix, kept] : report.storage)
    kept = storage.name().str();
  GpuReport &facts = report.gpu.emplace();
  auto add = [&](const Twine &name, const auto &layout, int64_t registers, int64_t columns) {
    facts.kernels.push_back({(report.name + "_" + name).str(), layout.threads(), registers,
                             layout.sharedBytes(), layout.rows(), columns});
  };
  add("project_input", input, projectRegisters(input, gpu), input.tiles());
  bool hasAbove = !network.layersAlike();
  if (hasAbove)
    add("project_above", above, projectRegisters(above, gpu), above.tiles());
  if (scan.exists())
    add("scan", scan, scanRegisters(scan, gpu), 1);
  add("step", step, stepRegisters(step, gpu), step.tiles());

  ScanRange range = scanRange(scan, step, gpu);
  facts.scanMinSteps = range.minSteps;
  facts.scanMaxBatch = range.maxBatch;
  bool scans = range.maxBatch > 0;
  facts.regime = scans ? "scan" : "step";
  facts.startMicroseconds = scans ? scanStartTime(scan, gpu).value() : 0;
  facts.projectMicroseconds = projectTime(input, gpu, /*rows=*/1).value();
  auto describe = [&](int64_t batch) -> GpuReport::Rows {
    bool isScan = batch <= range.maxBatch;
    GpuStepTime time = isScan ? scanStepTime(scan, gpu, batch) : stepTime(step, gpu, batch);
    return {batch,
            isScan ? "scan" : "step",
            time.total().value(),
            {{"launch", time.launch.value()},
             {"multiply_adds", time.sums.value()},
             {"weights", time.weights.value()},
             {"gates", time.gates.value()},
             {"barriers", time.barriers.value()}},
            time.limit().str()};
  };
  auto estimate = [&](const Twine &name, int64_t batch, int64_t steps, const GpuEstimate &time) {
    facts.estimates.push_back(
        {(report.name + "_" + name).str(), batch, steps, time.value(), time.formula()});
  };
  constexpr int64_t steps = 100; // of the sequence that is estimated
  for (int64_t batch : {1, 8, 16, 32, 128}) {
    facts.byBatch.push_back(describe(batch));
    estimate("project_input", batch, steps, projectTime(input, gpu, steps * batch));
    if (hasAbove)
      estimate("project_above", batch, steps, projectTime(above, gpu, steps * batch));
    if (scan.exists())
      estimate("scan", batch, steps,
               scanStartTime(scan, gpu) + steps * scanStepTime(scan, gpu, batch).total());
    estimate("step", batch, /*steps=*/1, stepTime(step, gpu, batch).total());
  }
  for (const GpuSymbol &symbol : gpuSymbols(gpu))
    facts.constants.push_back({symbol.name.str(), symbol.value});
  const GpuReport::Rows &one = facts.byBatch.front();
  facts.parts = one.parts;
  facts.limit = one.limit;
  report.stepMicroseconds = one.microseconds * network.numCells();
}

std::string Compilation::gpuProvenance() {
  return provenance() + "target: " + report.target + " (" + report.machine +
         ")\nschedule: " + report.schedule + "\n";
}

Expected<std::unique_ptr<llvm::MemoryBuffer>> Compilation::gpuObject(const ptx::Model &model) {
  ptx::ModelFacts facts;
  facts.name = report.name;
  facts.provenance = gpuProvenance();
  facts.network = report.network;
  facts.id = gpuId(model);
  return ptx::embedModel(model, facts, visibility());
}

ModelId Compilation::gpuId(const ptx::Model &model) {
  return hashModel(gpuProvenance(), model.kernels);
}

Error Compilation::gpuOutputs(Outputs &outputs) {
  Expected<ptx::Model> model = ptx::generateModel(*module, report.name);
  if (!model)
    return model.takeError();
  model->scanMinSteps = report.gpu->scanMinSteps;
  model->scanMaxBatch = report.gpu->scanMaxBatch;
  if (!options.ptxas.empty()) {
    auto cubin = assembleKernels(model->kernels, report.target, options.ptxas);
    if (!cubin)
      return cubin.takeError();
    model->kernels = (*cubin)->getBuffer().str();
    model->isText = false;
  }
  report.codeBytes = model->kernels.size();
  report.weightsBytes = model->weights.size();
  bool isAlone = writesKernels(options.emit);
  if (isAlone) {
    outputs.add(options.output, model->kernels);
    outputs.add(weightsPath(options), std::string(model->weights.begin(), model->weights.end()));
  } else {
    auto object = gpuObject(*model);
    if (!object)
      return object.takeError();
    auto bytes = packageObject(std::move(*object));
    if (!bytes)
      return bytes.takeError();
    outputs.add(options.output, std::move(*bytes));
  }
  if (options.header.empty())
    return Error::success();
  GpuHeaderFacts header;
  header.name = report.name;
  header.provenance = gpuProvenance();
  header.idSymbol = idSymbol(report.name, gpuId(*model));
  if (isAlone)
    header.weightsFile = llvm::sys::path::filename(weightsPath(options)).str();
  header.network = report.network;
  header.weightsBytes = report.weightsBytes;
  header.scanMinSteps = model->scanMinSteps;
  header.scanMaxBatch = model->scanMaxBatch;
  auto kernel = [](const ptx::Kernel &k) {
    return GpuHeaderFacts::Kernel{k.name, k.threads, k.sharedBytes, k.rows, k.columns};
  };
  header.projectInput = kernel(model->projectInput);
  header.projectAbove = kernel(model->projectAbove);
  header.scan = kernel(model->scan);
  header.step = kernel(model->step);
  for (const ptx::LayerWeights &l : model->layers)
    header.layers.push_back({l.wIh, l.bias, l.wHh, l.wHhStep, l.bHn});
  outputs.add(options.header, isAlone ? writeGpuHeader(header) : writeGpuModelHeader(header));
  return Error::success();
}
