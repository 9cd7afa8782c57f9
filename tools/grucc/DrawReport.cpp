//===- DrawReport.cpp - A picture of a compiled network -------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DrawReport.h"
#include "ReportText.h"
#include "Svg.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

using namespace llvm;

namespace grucc {

/// Of levels, and of what bounds a time.
static constexpr StringLiteral colours[] = {"L1",         "L2",          "L3",    "memory",
                                            "arithmetic", "sum latency", "loops", "gates"};

namespace {
/// One row: a part of a layer and direction.
struct Row {
  std::string part, shape;  ///< projection, W_ih [768, 256]
  const PartReport *report; ///< or null: of a GPU, or of gates
  double microseconds;
  std::string bound, time, hover;
};

constexpr int width = 960, left = 24, right = width - left, rowHeight = 40;
/// Of the columns.
constexpr int cellAt = left + 12, partAt = 160, panelsAt = 312, weightsAt = 504, barAt = 704;
constexpr int panelsWidth = 168;

class Drawing {
public:
  explicit Drawing(const Report &report) : report(report) {}

  void draw(raw_ostream &os) {
    heading();
    double longest = 0;
    for (LayerRange range : drawnLayers(report.network))
      for (int64_t d = 0; d < report.network.numDirections(); ++d)
        for (const Row &row : rowsOf(range.first, d))
          longest = std::max(longest, row.microseconds);
    for (LayerRange range : drawnLayers(report.network))
      layer(range, longest);
    arrow("output " + std::to_string(report.network.outputSize()));
    if (!report.gpu) {
      caches();
      legend();
    }
    sums();
    std::string title = report.name + ": " + networkText(report) + " on " + report.target;
    svg.write(title, width, y, os);
  }

private:
  const Report &report;
  int y = 0;
  Svg svg;

  void heading() {
    svg.text(left, 34, report.name, right - left, "title");
    svg.text(left, 56, networkText(report), right - left);
    svg.text(left, 74, "for " + report.target + ", machine " + report.machine, right - left,
             "faint");
    y = 92;
    arrow("input " + std::to_string(report.network.inputSize));
  }

  /// What goes into the next box.
  void arrow(StringRef label) {
    double x = cellAt + 20;
    std::string from = std::to_string(int(x)) + " " + std::to_string(y);
    svg.path("arrow", "M" + from + "v22m-5-6l5 6l5-6");
    svg.text(x + 14, y + 15, label, right - x - 14, "faint");
    y += 28;
  }

  std::vector<Row> rowsOf(int64_t layer, int64_t direction) const {
    std::vector<Row> rows;
    if (report.gpu) {
      for (const auto &[part, time] : report.gpu->parts) {
        std::string name = part == "multiply_adds" ? "multiply-adds" : part;
        rows.push_back(
            {name, "", nullptr, time, "other", timeText(time), name + ": " + timeText(time)});
      }
      return rows;
    }
    const rnn::Network &network = report.network;
    int64_t first = 3 * (layer * network.numDirections() + direction);
    for (const PartReport &part : ArrayRef(report.parts).slice(first, 3)) {
      bool isInput = part.part == "projection", isGates = part.weights.empty();
      int64_t depth = isInput ? network.layerInputSize(layer) : network.hiddenSize;
      std::string shape = "W_" + std::string(isInput ? "ih" : "hh") + " [" +
                          std::to_string(network.gateRows()) + ", " + std::to_string(depth) + "]";
      if (isGates)
        shape = std::to_string(network.hiddenSize) + " units";
      rows.push_back({part.part, shape, isGates ? nullptr : &part, part.step.microseconds,
                      part.step.bound, boundText(part, part.step), hoverOf(part)});
    }
    return rows;
  }

  static std::string hoverOf(const PartReport &part) {
    std::string text = part.part + ": " + boundText(part, part.step);
    if (!part.weights.empty())
      text += "; " + part.weights + " as " + part.storage + ", " + std::to_string(part.bytes) +
              " bytes, " + keptText(part.step, part.bytes) + ", " + std::to_string(part.panels) +
              " panels of " + std::to_string(part.panelUnits) + " units, tiles of " +
              std::to_string(part.tileRows) + " rows";
    return text + "; in a run of " + std::to_string(partsSeqLen) + " steps " +
           boundText(part, part.run);
  }

  void layer(LayerRange range, double longest) {
    const rnn::Network &network = report.network;
    size_t rows = rowsOf(range.first, 0).size();
    int cell = rows * rowHeight, box = 26 + network.numDirections() * (cell + 8);
    svg.rect(left, y, right - left, box, "box");
    svg.text(cellAt, y + 18, layerText(range), partAt - cellAt + 100, "name");
    for (int64_t d = 0; d < network.numDirections(); ++d) {
      int top = y + 26 + d * (cell + 8);
      svg.text(cellAt, top + 16, network.isReverse(d) ? "reverse" : "forward", partAt - cellAt);
      svg.text(cellAt, top + 33, "state " + std::to_string(network.hiddenSize), partAt - cellAt,
               "faint");
      for (auto [i, row] : enumerate(rowsOf(range.first, d)))
        part(row, top + int(i) * rowHeight, longest);
    }
    y += box;
    if (range.last + 1 < network.numLayers)
      arrow(std::to_string(network.outputSize()) + " into layer " + std::to_string(range.last + 1));
  }

  void part(const Row &row, int top, double longest) {
    svg.beginGroup(row.hover);
    svg.text(partAt, top + 14, row.part, panelsAt - partAt);
    if (!row.shape.empty())
      svg.text(partAt, top + 30, row.shape, panelsAt - partAt, "faint");
    if (row.report)
      weights(*row.report, top);
    int at = report.gpu ? panelsAt : barAt, most = right - 12 - at;
    double share = longest > 0 ? row.microseconds / longest : 0;
    svg.rect(at, top + 4, most * share, 12, "", row.bound);
    svg.text(at, top + 30, row.time, most);
    svg.endGroup();
  }

  /// Panels side by side; each is found in the same mix of levels.
  void weights(const PartReport &part, int top) {
    double at = top + 4, height = 12;
    for (const auto &[level, bytes] : part.step.keptIn) {
      double share = height * bytes / part.bytes;
      svg.rect(panelsAt, at, panelsWidth, share, "", level);
      at += share;
    }
    constexpr int64_t mostEdges = 40; // more would hide what is between them
    double step = double(panelsWidth) * part.panelUnits / report.network.hiddenSize;
    if (part.panels > 1 && part.panels <= mostEdges) {
      std::string edges;
      for (int64_t panel = 1; panel < part.panels; ++panel)
        raw_string_ostream(edges) << 'M' << format("%.2f", panelsAt + panel * step) << ' '
                                  << top + 4 << "v12";
      svg.path("edge", edges);
    }
    std::string panels =
        std::to_string(part.panels) + " x " + std::to_string(part.panelUnits) + " units";
    if (part.streams > 1)
      panels += ", " + std::to_string(part.streams) + " streams";
    svg.text(panelsAt, top + 30, panels, weightsAt - panelsAt);
    svg.text(weightsAt, top + 14, bytesText(part.bytes) + " " + part.storage, barAt - weightsAt);
    svg.text(weightsAt, top + 30, keptText(part.step, part.bytes), barAt - weightsAt, "faint");
  }

  int64_t fact(StringRef name) const {
    for (const auto &[known, value] : report.machineFacts)
      if (known == name)
        return value;
    return 0;
  }

  /// A box for every level: its size, its rate, and what of the weights is found there.
  void caches() {
    MapVector<StringRef, int64_t> kept;
    for (const PartReport &part : report.parts)
      for (const auto &[level, bytes] : part.step.keptIn)
        kept[level] += bytes;
    y += 8;
    svg.text(left, y + 14, "where a step finds the weights", right - left, "name");
    y += 22;
    constexpr std::pair<StringLiteral, StringLiteral> rates[] = {
        {"L1", ""}, {"L2", "l2_bandwidth"}, {"L3", "l3_bandwidth"}, {"memory", ""}};
    double step = (right - left + 12) / 4.0, w = step - 12;
    for (auto [i, of] : enumerate(rates)) {
      auto [level, rate] = of;
      double x = left + i * step;
      std::string size = level.lower() + "_bytes", words = level.str();
      int64_t most = fact(size), held = kept.lookup(level);
      if (most > 0)
        words += ", " + bytesText(most);
      svg.rect(x, y, w, 66, "box");
      svg.text(x + 10, y + 18, words, w - 20, "name");
      std::string speed = i == 0   ? std::to_string(fact("loads_per_cycle")) + " loads a cycle"
                          : i == 3 ? "taken to be as fast as L3"
                                   : std::to_string(fact(rate)) + " bytes a cycle";
      svg.text(x + 10, y + 34, speed, w - 20, "faint");
      svg.text(x + 10, y + 50, held > 0 ? "holds " + bytesText(held) : "holds none", w - 20);
      double share = most > 0 ? std::min(1.0, double(held) / most) : held > 0 ? 1 : 0;
      svg.rect(x + 10, y + 55, (w - 20) * share, 6, "", level);
      svg.rect(x + 10, y + 55, w - 20, 6, "track");
    }
    y += 76;
  }

  void legend() {
    svg.text(left, y + 14, "colours: where weights are found, and what a time is bound by",
             right - left, "name");
    double x = left;
    for (StringRef name : colours) {
      svg.rect(x, y + 24, 12, 12, "", name);
      svg.text(x + 18, y + 34, name, 120);
      x += 18 + 7.5 * name.size() + 22;
    }
    y += 48;
  }

  void sums() {
    std::string step = "a step of one row: " + timeText(report.stepMicroseconds);
    if (report.gpu)
      step += ", limited by " + report.gpu->limit;
    else
      step += ", the machine's limit " + timeText(report.limitMicroseconds) + "; a run of " +
              std::to_string(partsSeqLen) + " steps: " + timeText(report.runMicroseconds);
    std::string memory = report.weightsBytes > 0 // not before they are packed
                             ? bytesText(report.weightsBytes) + " of packed weights and biases"
                             : "weights are not packed yet";
    if (!report.gpu && report.stateBytes > 0)
      memory += ", " + bytesText(report.stateBytes) + " of state a stream";
    if (report.gpu)
      memory += report.gpu->regime == "scan" ? "; a block keeps them in registers and shared memory"
                                             : "; read from L2 in every step";
    y += 6;
    std::string times = "times are " + predictionText(report);
    for (const std::string &line : {step, memory, times}) {
      svg.text(left, y + 14, line, right - left);
      y += 18;
    }
    y += 12;
  }
};
} // namespace

void drawReport(const Report &report, raw_ostream &os) { Drawing(report).draw(os); }

} // namespace grucc
