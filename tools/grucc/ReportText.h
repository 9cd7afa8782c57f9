//===- ReportText.h - Numbers of a report, as people read them ------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_REPORTTEXT_H
#define GRUCC_TOOLS_GRUCC_REPORTTEXT_H

#include "compiler/Compile.h"

namespace grucc {

/// 0.0123 us, 12.3 us, 12345 us.
std::string timeText(double microseconds);
/// 960 bytes, 1.5 KiB, 768 KiB, 12 MiB.
std::string bytesText(int64_t bytes);
/// L2 53%, L3 47%: of `bytes`; in L2, where all are there.
std::string keptText(const PartReport::Time &time, int64_t bytes);
/// projection is limited by arithmetic, gates by nothing else.
std::string boundText(const PartReport &part, const PartReport::Time &time);
/// GRU(2, 3, num_layers=2, bidirectional=True), float32
std::string networkText(const Report &report);
/// Where times come from: not measured, but predicted ... from the facts of zen3
std::string predictionText(const Report &report);

/// The report whose parts are drawn first: that of the last level, which the runtime takes where
/// a CPU has it.
inline const Report &drawnReport(const Report &report) {
  return report.levels.empty() ? report : report.levels.back();
}
const Report &drawnReport(Report &&report) = delete;

/// Layers that are drawn apart: all; or, of many, the first, and those above as one.
struct LayerRange {
  int64_t first, last;
};
std::vector<LayerRange> drawnLayers(const rnn::Network &network);
/// layer 0; layers 1 to 7, each
std::string layerText(LayerRange range);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_REPORTTEXT_H
