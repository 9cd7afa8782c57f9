//===- JsonReport.cpp - What --report=json prints -------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PrintReport.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace grucc {

static void printStepPartsJson(ArrayRef<std::pair<std::string, double>> parts,
                               json::OStream &json) {
  json.attributeObject("step_parts_microseconds", [&] {
    for (const auto &[part, time] : parts)
      json.attribute(part, time);
  });
}

static void printGpuJson(const GpuReport &gpu, json::OStream &json) {
  json.attribute("regime", gpu.regime);
  json.attribute("scan_min_steps", gpu.scanMinSteps);
  json.attribute("scan_max_batch", gpu.scanMaxBatch);
  json.attribute("start_microseconds", gpu.startMicroseconds);
  json.attribute("project_microseconds", gpu.projectMicroseconds);
  printStepPartsJson(gpu.parts, json);
  json.attribute("limit", gpu.limit);
  json.attributeArray("by_batch", [&] {
    for (const GpuReport::Rows &rows : gpu.byBatch)
      json.object([&] {
        json.attribute("batch", rows.batch);
        json.attribute("regime", rows.regime);
        json.attribute("step_microseconds", rows.microseconds);
        printStepPartsJson(rows.parts, json);
        json.attribute("limit", rows.limit);
      });
  });
  json.attributeArray("kernels", [&] {
    for (const GpuReport::Kernel &kernel : gpu.kernels)
      json.object([&] {
        json.attribute("name", kernel.name);
        json.attribute("threads", kernel.threads);
        json.attribute("registers", kernel.registers);
        json.attribute("shared_bytes", kernel.sharedBytes);
        json.attribute("rows", kernel.rows);
        json.attribute("columns", kernel.columns);
      });
  });
  json.attributeObject("constants", [&] {
    for (const auto &[name, value] : gpu.constants)
      json.attribute(name, value);
  });
  json.attributeArray("estimates", [&] {
    for (const GpuReport::Estimate &estimate : gpu.estimates)
      json.object([&] {
        json.attribute("kernel", estimate.kernel);
        json.attribute("batch", estimate.batch);
        json.attribute("seq_len", estimate.seqLen);
        json.attribute("microseconds", estimate.microseconds);
        json.attribute("formula", estimate.formula);
      });
  });
}

static void printTimeJson(StringRef name, const PartReport::Time &time, json::OStream &json) {
  json.attributeObject(name, [&] {
    json.attribute("microseconds", time.microseconds);
    json.attribute("bound", time.bound);
    json.attributeObject("kept_in", [&] {
      for (const auto &[level, bytes] : time.keptIn)
        json.attribute(level, bytes);
    });
  });
}

/// Parts of a network on a CPU, their times, and what these are predicted from.
static void printPartsJson(const Report &report, json::OStream &json) {
  json.attributeObject("run", [&] {
    json.attribute("seq_len", partsSeqLen);
    json.attribute("batch", 1);
    json.attribute("microseconds", report.runMicroseconds);
  });
  json.attributeObject("machine_facts", [&] {
    for (const auto &[name, value] : report.machineFacts)
      json.attribute(name, value);
  });
  json.attributeArray("parts", [&] {
    for (const PartReport &part : report.parts)
      json.object([&] {
        json.attribute("layer", part.layer);
        json.attribute("direction", part.direction);
        json.attribute("part", part.part);
        if (!part.weights.empty()) {
          json.attribute("weights", part.weights);
          json.attribute("storage", part.storage);
          json.attribute("bytes", part.bytes);
          json.attribute("panels", part.panels);
          json.attribute("panel_units", part.panelUnits);
          json.attribute("streams", part.streams);
          json.attribute("tile_rows", part.tileRows);
        }
        printTimeJson("step", part.step, json);
        printTimeJson("run", part.run, json);
      });
  });
}

/// What is another from level to level.
static void printLevelJson(const Report &level, json::OStream &json) {
  json.attribute("target", level.target);
  json.attribute("machine", level.machine);
  json.attribute("code_bytes", level.codeBytes);
  json.attribute("weights_bytes", level.weightsBytes);
  if (!level.weightsOf.empty())
    json.attribute("weights_of", level.weightsOf);
  json.attribute("workspace_bytes", level.workspaceBytes);
  json.attribute("schedule", level.schedule);
  json.attribute("step_microseconds", level.stepMicroseconds);
  json.attribute("limit_microseconds", level.limitMicroseconds);
  printPartsJson(level, json);
}

void printJsonReport(const Report &report, raw_ostream &os) {
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attribute("name", report.name);
    json.attribute("target", report.target);
    json.attribute("machine", report.machine);
    if (!report.standsFor.empty())
      json.attribute("machine_stands_for", report.standsFor);
    json.attribute("input_size", report.network.inputSize);
    json.attribute("hidden_size", report.network.hiddenSize);
    json.attribute("num_layers", report.network.numLayers);
    json.attribute("bias", report.network.bias);
    json.attribute("batch_first", report.network.batchFirst);
    json.attribute("bidirectional", report.network.bidirectional);
    json.attribute("direction", directionOf(report.network));
    const Variant &variant = report.network.variant;
    json.attribute("reset", nameOf(variant.reset));
    json.attribute("gate_activation", textOf(variant.gates));
    json.attribute("candidate_activation", textOf(variant.candidate));
    json.attribute("clip", variant.clip);
    json.attribute("bounded_states", variant.isBounded());
    json.attribute("dtype", rnn::nameOf(report.network.dtype));
    json.attribute("weights_hash", report.weightsHash);
    json.attribute("code_bytes", report.codeBytes);
    json.attribute("weights_bytes", report.weightsBytes);
    json.attributeObject("storage", [&] {
      for (const auto &[matrix, kept] : report.storage)
        json.attribute(matrix, kept);
    });
    json.attribute("state_bytes", report.stateBytes);
    json.attribute("workspace_bytes", report.workspaceBytes);
    if (report.stackBytes)
      json.attribute("stack_bytes", report.stackBytes);
    json.attribute("step_flops", report.network.stepFlops());
    json.attribute("schedule", report.schedule);
    json.attribute("step_microseconds", report.stepMicroseconds);
    if (report.gpu)
      json.attributeObject("gpu", [&] { printGpuJson(*report.gpu, json); });
    else
      json.attribute("limit_microseconds", report.limitMicroseconds);
    if (!report.gpu)
      printPartsJson(report, json);
    if (!report.levels.empty())
      json.attributeArray("levels", [&] {
        for (const Report &level : report.levels)
          json.object([&] { printLevelJson(level, json); });
      });
  });
  os << '\n';
}

} // namespace grucc
