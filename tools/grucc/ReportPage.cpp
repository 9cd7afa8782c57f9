//===- ReportPage.cpp - A page about a compiled network -----------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReportPage.h"
#include "DrawReport.h"
#include "ReportText.h"
#include "Svg.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace grucc {

static constexpr StringLiteral style = R"css(
  :root { color-scheme: light dark; --back: #ffffff; --ink: #1a1d21; --line: #c6ccd4 }
  @media (prefers-color-scheme: dark) { :root { --back: #14171c; --ink: #eef1f5; --line: #3c434d } }
  body { background: var(--back); color: var(--ink); margin: 24px auto; max-width: 1120px;
    padding: 0 24px; font: 15px/1.5 system-ui, sans-serif }
  svg { max-width: 100%; height: auto }
  h1 { font-size: 24px }
  h1, td, th, code { overflow-wrap: anywhere }
  .wide { overflow-x: auto }
  table { border-collapse: collapse; margin: 8px 0 24px; font-size: 13px }
  td, th { border-bottom: 1px solid var(--line); padding: 3px 12px 3px 0; text-align: left;
    vertical-align: top }
  .parts td, .parts th { white-space: nowrap; overflow-wrap: normal }
  td.number, th.number { text-align: right }
)css";

namespace {
class Page {
public:
  explicit Page(raw_ostream &os) : os(os) {}

  void write(const Report &report) {
    os << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
       << "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>"
       << escaped(report.name) << ": grucc's report</title>\n<style>" << style
       << "</style>\n</head>\n<body>\n<h1>" << escaped(report.name) << "</h1>\n";
    if (report.levels.empty())
      level(report);
    else
      for (const Report &one : reverse(report.levels)) {
        os << "<h2>" << escaped(one.target) << "</h2>\n";
        level(one);
      }
    network(report);
    os << "</body>\n</html>\n";
  }

private:
  raw_ostream &os;

  void cell(StringRef text, StringRef tag = "td", bool isNumber = false) {
    os << '<' << tag << (isNumber ? " class=\"number\">" : ">") << escaped(text) << "</" << tag
       << '>';
  }
  void fact(StringRef name, StringRef value) {
    os << "<tr>";
    cell(name, "th");
    cell(value);
    os << "</tr>\n";
  }
  void fact(StringRef name, int64_t value) { fact(name, std::to_string(value)); }

  void table(StringRef title, function_ref<void()> rows, StringRef kind = "facts") {
    os << "<h3>" << title << "</h3>\n<div class=\"wide\"><table class=\"" << kind << "\">\n";
    rows();
    os << "</table></div>\n";
  }
  void head(ArrayRef<StringRef> columns) {
    os << "<tr>";
    for (StringRef column : columns)
      cell(column, "th");
    os << "</tr>\n";
  }

  void level(const Report &report) {
    drawReport(report, os);
    if (report.gpu)
      kernels(*report.gpu);
    else
      parts(report);
    if (!report.schedule.empty())
      os << "<h3>Schedule</h3>\n<p><code>" << escaped(report.schedule) << "</code></p>\n";
    if (!report.machineFacts.empty())
      table("Machine", [&] {
        fact("name", report.machine);
        for (const auto &[name, value] : report.machineFacts)
          fact(name, value);
      });
  }

  void parts(const Report &report) {
    auto rows = [&] {
      head({"layer", "part", "weights", "kept as", "bytes", "panels x units", "streams",
            "tile rows", "found", "step", "run of " + std::to_string(partsSeqLen) + " steps"});
      for (LayerRange range : drawnLayers(report.network))
        for (const PartReport &part : report.parts)
          if (part.layer == range.first)
            row(part, range);
      os << "<tr>";
      for (StringRef text : {"", "all", "", "", "", "", "", "", ""})
        cell(text, "th");
      cell(timeText(report.stepMicroseconds), "th");
      cell(timeText(report.runMicroseconds), "th");
      os << "</tr>\n";
    };
    table("Parts", rows, "parts");
  }

  void row(const PartReport &part, LayerRange range) {
    os << "<tr>";
    std::string layers = std::to_string(range.first);
    if (range.last > range.first)
      layers += " to " + std::to_string(range.last) + ", each";
    cell(layers + " " + part.direction);
    cell(part.part);
    cell(part.weights);
    cell(part.storage);
    if (part.weights.empty()) {
      for (int i = 0; i < 5; ++i)
        cell("");
    } else {
      cell(std::to_string(part.bytes), "td", true);
      cell(std::to_string(part.panels) + " x " + std::to_string(part.panelUnits));
      cell(std::to_string(part.streams), "td", true);
      cell(std::to_string(part.tileRows), "td", true);
      cell(keptText(part.step, part.bytes));
    }
    cell(boundText(part, part.step));
    cell(boundText(part, part.run));
    os << "</tr>\n";
  }

  void kernels(const GpuReport &gpu) {
    auto rows = [&] {
      head({"kernel", "threads", "registers, about", "bytes of shared memory", "rows a block",
            "columns of blocks"});
      for (const GpuReport::Kernel &kernel : gpu.kernels) {
        os << "<tr>";
        cell(kernel.name);
        for (int64_t number :
             {kernel.threads, kernel.registers, kernel.sharedBytes, kernel.rows, kernel.columns})
          cell(std::to_string(number), "td", true);
        os << "</tr>\n";
      }
    };
    table("Kernels", rows, "parts");
    auto batches = [&] {
      head({"rows", "kernel", "a step of one layer and direction", "the longest part"});
      for (const GpuReport::Rows &at : gpu.byBatch) {
        os << "<tr>";
        cell(std::to_string(at.batch), "td", true);
        cell(at.regime);
        cell(timeText(at.microseconds), "td", true);
        cell(at.limit);
        os << "</tr>\n";
      }
    };
    table("Estimates by batch", batches, "parts");
  }

  void network(const Report &report) {
    const rnn::Network &network = report.network;
    auto flag = [](bool value) -> StringRef { return value ? "true" : "false"; };
    table("Network", [&] {
      fact("input_size", network.inputSize);
      fact("hidden_size", network.hiddenSize);
      fact("num_layers", network.numLayers);
      fact("direction", directionOf(network));
      fact("bias", flag(network.bias));
      fact("batch_first", flag(network.batchFirst));
      fact("dtype", nameOf(network.dtype));
      if (std::string variant = describeVariant(network); !variant.empty())
        fact("variant", variant);
      fact("operations of a step", int64_t(network.stepFlops()));
      fact("target", report.target);
      if (report.codeBytes > 0) // what is compiled to its end
        fact("code", bytesText(report.codeBytes));
      if (report.weightsBytes > 0)
        fact("weights", bytesText(report.weightsBytes));
      fact("weights' blake3", report.weightsHash.empty() ? "external weights: not known"
                                                         : StringRef(report.weightsHash));
      if (!report.gpu && report.workspaceBytes > 0) {
        fact("state at B = 1", bytesText(report.stateBytes));
        fact("workspace at T = 1, B = 1", bytesText(report.workspaceBytes));
        if (report.stackBytes)
          fact(rnn::findTarget(report.target)->softFloat ? "stack, but for the compiler's library"
                                                         : "stack at the most",
               bytesText(report.stackBytes));
      }
    });
  }
};
} // namespace

void writePage(const Report &report, raw_ostream &os) { Page(os).write(report); }

} // namespace grucc
