//===- PrintReport.cpp - What --report prints -----------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PrintReport.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace grucc {

static void printPartsJson(ArrayRef<std::pair<std::string, double>> parts, json::OStream &json) {
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
  printPartsJson(gpu.parts, json);
  json.attribute("limit", gpu.limit);
  json.attributeArray("by_batch", [&] {
    for (const GpuReport::Rows &rows : gpu.byBatch)
      json.object([&] {
        json.attribute("batch", rows.batch);
        json.attribute("regime", rows.regime);
        json.attribute("step_microseconds", rows.microseconds);
        printPartsJson(rows.parts, json);
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
}

static void printJson(const Report &report, raw_ostream &os) {
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
    json.attribute("step_flops", report.network.stepFlops());
    json.attribute("schedule", report.schedule);
    json.attribute("step_microseconds", report.stepMicroseconds);
    if (report.gpu)
      json.attributeObject("gpu", [&] { printGpuJson(*report.gpu, json); });
    else
      json.attribute("limit_microseconds", report.limitMicroseconds);
    if (!report.levels.empty())
      json.attributeArray("levels", [&] {
        for (const Report &level : report.levels)
          json.object([&] { printLevelJson(level, json); });
      });
  });
  os << '\n';
}

/// Matrices by what they are kept in: `storage    bfloat16: weight_ih_l0, ...`.
static void printStorage(const Report &report, raw_ostream &os) {
  MapVector<StringRef, SmallVector<StringRef>> matrices;
  for (const auto &[matrix, kept] : report.storage)
    matrices[kept].push_back(matrix);
  os << "storage    ";
  ListSeparator next("; ");
  for (const auto &[kept, names] : matrices) {
    os << next << kept << ": ";
    if (names.size() == report.storage.size())
      os << "every weight matrix";
    else
      os << join(names, ", ");
  }
  os << '\n';
}

/// Launches, registers and times; the times are the cost model's.
static void printGpu(const Report &report, raw_ostream &os) {
  const GpuReport &gpu = *report.gpu;
  for (const GpuReport::Kernel &kernel : gpu.kernels)
    os << "kernel     " << kernel.name << ": grid ceil(rows / " << kernel.rows << ") x "
       << kernel.columns << ", " << kernel.threads << " threads, about " << kernel.registers
       << " registers, " << kernel.sharedBytes << " bytes of shared memory\n";
  os << "regime     " << gpu.regime;
  if (gpu.regime == "scan")
    os << " for T >= " << gpu.scanMinSteps << " and B <= " << gpu.scanMaxBatch << ", else step";
  os << "\nstep       " << format("%.0f", report.network.stepFlops()) << " operations, estimated "
     << format("%.3g", report.stepMicroseconds) << " us at B = 1, and once a run and layer "
     << format("%.3g", gpu.startMicroseconds) << " us; projection of a row "
     << format("%.3g", gpu.projectMicroseconds) << " us\nparts      ";
  ListSeparator next;
  for (const auto &[part, time] : gpu.parts)
    os << next << part << " " << format("%.3g", time) << " us";
  os << "; limited by " << gpu.limit << '\n';
}

/// A line each, behind what is the lowest's.
static void printLevels(const Report &report, raw_ostream &os) {
  for (const Report &level : report.levels)
    os << "level      " << level.target << ": " << level.codeBytes << " bytes of code, "
       << (level.weightsOf.empty() ? std::to_string(level.weightsBytes) + " bytes of weights"
                                   : "weights of " + level.weightsOf)
       << ", workspace " << level.workspaceBytes << " bytes, step predicted "
       << format("%.3g", level.stepMicroseconds) << " us, limit "
       << format("%.3g", level.limitMicroseconds) << " us\n";
}

static void printWords(const Report &report, raw_ostream &os) {
  StringRef directions =
      report.network.bidirectional ? "both directions" : directionOf(report.network);
  std::string variant = describeVariant(report.network);
  StringRef layout = report.network.batchFirst ? "[B, T, ...]" : "[T, B, ...]";
  os << "network    " << report.name << ": GRU " << report.network.inputSize << " -> "
     << report.network.outputSize() << ", hidden " << report.network.hiddenSize << ", "
     << report.network.numLayers << (report.network.numLayers == 1 ? " layer, " : " layers, ")
     << directions << ", " << (report.network.bias ? "bias" : "no bias") << ", "
     << rnn::nameOf(report.network.dtype) << ", " << layout << '\n';
  if (!variant.empty())
    os << "variant    " << variant << '\n';
  if (!report.network.variant.isBounded())
    os << "states     without a limit: float16 operands may overflow (--precision)\n";
  os << "target     " << report.target << ", machine " << report.machine
     << (report.standsFor.empty() ? ""
                                  : ", for want of an entry for " + report.standsFor +
                                        " (grucc --probe measures how far it is)")
     << '\n'
     << "schedule   " << report.schedule << '\n'
     << "code       " << report.codeBytes << " bytes\n"
     << "weights    " << report.weightsBytes << " bytes, blake3 "
     << (report.weightsHash.empty() ? "of external weights is not known" : report.weightsHash)
     << '\n';
  printStorage(report, os);
  if (report.gpu)
    return printGpu(report, os);
  os << "state      " << report.stateBytes << " bytes at B = 1\n"
     << "workspace  " << report.workspaceBytes << " bytes at T = 1, B = 1\n"
     << "step       " << format("%.0f", report.network.stepFlops()) << " operations, predicted "
     << format("%.3g", report.stepMicroseconds) << " us, limit "
     << format("%.3g", report.limitMicroseconds) << " us at B = 1\n";
  printLevels(report, os);
}

void printReport(const Report &report, ReportForm form, raw_ostream &os) {
  if (form == ReportForm::Words)
    printWords(report, os);
  else if (form == ReportForm::Json)
    printJson(report, os);
}

} // namespace grucc
