//===- PrintReport.cpp - What --report prints -----------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PrintReport.h"
#include "DrawReport.h"
#include "ReportPage.h"
#include "ReportText.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace grucc {

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

/// Where a step finds its weights and what it takes, layer by layer; directions are alike.
static void printParts(const Report &report, raw_ostream &os) {
  if (report.parts.empty()) // not scheduled yet
    return;
  MapVector<StringRef, int64_t> kept;
  for (const PartReport &part : report.parts)
    for (const auto &[level, bytes] : part.step.keptIn)
      kept[level] += bytes;
  os << "found      by every step: ";
  ListSeparator next;
  for (const auto &[level, bytes] : kept)
    os << next << bytes << " bytes of weights in " << level;
  os << '\n';
  for (LayerRange range : drawnLayers(report.network)) {
    os << "parts      " << layerText(range)
       << (report.network.bidirectional ? ", each direction: " : ": ");
    ListSeparator next;
    int64_t first = 3 * range.first * report.network.numDirections();
    for (const PartReport &part : ArrayRef(report.parts).slice(first, 3))
      os << next << part.part << " " << timeText(part.step.microseconds)
         << (part.weights.empty() ? "" : " by " + part.step.bound);
    os << '\n';
  }
  os << "run        " << partsSeqLen << " steps at B = 1, predicted "
     << timeText(report.runMicroseconds) << '\n';
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
     << "workspace  " << report.workspaceBytes << " bytes at T = 1, B = 1\n";
  if (report.stackBytes)
    os << "stack      " << report.stackBytes << " bytes at the most"
       << (rnn::findTarget(report.target)->softFloat ? ", but for the compiler's library" : "")
       << "\n";
  os << "step       " << format("%.0f", report.network.stepFlops()) << " operations, predicted "
     << format("%.3g", report.stepMicroseconds) << " us, limit "
     << format("%.3g", report.limitMicroseconds) << " us at B = 1\n";
  printParts(report, os);
  printLevels(report, os);
}

void printReport(const Report &report, ReportForm form, raw_ostream &os) {
  if (form == ReportForm::Words)
    printWords(report, os);
  else if (form == ReportForm::Json)
    printJsonReport(report, os);
  else if (form == ReportForm::Svg)
    drawReport(drawnReport(report), os);
  else if (form == ReportForm::Html)
    writePage(report, os);
}

} // namespace grucc
