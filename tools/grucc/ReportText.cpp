//===- ReportText.cpp - Numbers of a report, as people read them ----------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReportText.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace grucc {

static std::string formatted(const char *form, double value) {
  std::string text;
  raw_string_ostream(text) << format(form, value);
  return text;
}

std::string timeText(double microseconds) {
  return formatted(microseconds < 1000 ? "%.3g us" : "%.0f us", microseconds);
}

std::string bytesText(int64_t bytes) {
  if (bytes < 1024)
    return std::to_string(bytes) + " bytes";
  bool isLarge = bytes >= 1 << 20;
  double units = double(bytes) / (isLarge ? 1 << 20 : 1 << 10);
  return formatted(units < 1000 ? "%.3g" : "%.0f", units) + (isLarge ? " MiB" : " KiB");
}

std::string keptText(const PartReport::Time &time, int64_t bytes) {
  if (time.keptIn.size() == 1)
    return "in " + time.keptIn.front().first;
  std::string text;
  ListSeparator next;
  raw_string_ostream out(text);
  for (const auto &[level, some] : time.keptIn)
    if (200 * some >= bytes) // what is not 0 %
      out << next << level << ' ' << format("%.0f", 100.0 * some / bytes) << '%';
  return text;
}

std::string boundText(const PartReport &part, const PartReport::Time &time) {
  return timeText(time.microseconds) + (part.weights.empty() ? "" : ", by " + time.bound);
}

std::string networkText(const Report &report) {
  const rnn::Network &network = report.network;
  std::string text, variant = describeVariant(network);
  raw_string_ostream out(text);
  out << "GRU(" << network.inputSize << ", " << network.hiddenSize;
  if (network.numLayers > 1)
    out << ", num_layers=" << network.numLayers;
  if (!network.bias)
    out << ", bias=False";
  if (network.bidirectional)
    out << ", bidirectional=True";
  out << ')' << (variant.empty() ? "" : ", ") << variant << ", " << nameOf(network.dtype);
  return text;
}

std::string predictionText(const Report &report) {
  return std::string("not measured, but predicted ") +
         (report.gpu ? "" : "for one row alone, on one thread, ") + "from the facts of " +
         report.machine;
}

std::vector<LayerRange> drawnLayers(const rnn::Network &network) {
  constexpr int64_t most = 8;
  std::vector<LayerRange> ranges{{0, 0}};
  if (network.numLayers > most)
    ranges.push_back({1, network.numLayers - 1});
  else
    for (int64_t layer = 1; layer < network.numLayers; ++layer)
      ranges.push_back({layer, layer});
  return ranges;
}

std::string layerText(LayerRange range) {
  if (range.first == range.last)
    return "layer " + std::to_string(range.first);
  return "layers " + std::to_string(range.first) + " to " + std::to_string(range.last) + ", each";
}

} // namespace grucc
