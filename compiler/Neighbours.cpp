//===- Neighbours.cpp - Schedules beside the one that was chosen -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Neighbours.h"

#include "dialects/rnn/Rnn.h"

using namespace grucc;
using Attr = rnn::ScheduleAttr;

static rnn::FieldSetting set(Attr::Id id, rnn::FieldValue value) {
  return {&Attr::getField(id), std::move(value)};
}

/// [8, 2, 1, 2] for panels of 4 vectors ==> [8, 2, 1, 4]: a tile never spans panels, and
/// the one of a single row takes a whole one.
static rnn::FieldValue fitTiles(llvm::ArrayRef<int64_t> tiles, int64_t panel) {
  rnn::FieldValue fitted(tiles.begin(), tiles.end());
  for (size_t i = 1; i < fitted.size(); i += 2)
    fitted[i] = i + 1 == fitted.size() ? panel : std::min(fitted[i], panel);
  return fitted;
}

std::vector<rnn::FieldSettings> grucc::neighbours(const rnn::FieldSettings &chosen,
                                                  const ScheduleSubject &subject, int64_t seqLen,
                                                  int64_t batch) {
  rnn::Schedule schedule;
  rnn::applySettings(rnn::scheduleTable(), chosen, schedule);
  const rnn::Tiling &tiling = schedule.tiling;
  const rnn::Network &network = subject.network;
  int64_t hidden = network.hiddenSize;
  // The longest sum, over k.
  int64_t depth =
      std::max(network.inputSize, network.numLayers > 1 ? network.outputSize() : hidden);
  std::vector<rnn::FieldSettings> found;

  for (int64_t panel : Attr::getField(Attr::Panel).tries) {
    bool isFilled = panel == 1 || panel / 2 * tiling.lanes < hidden;
    if (isFilled && panel != tiling.panel)
      found.push_back({set(Attr::Panel, {panel}), set(Attr::Tiles, fitTiles(tiling.tiles, panel))});
  }
  std::vector<rnn::FieldValue> values = rnn::valuesOf(schedule);
  // Beyond `most` all numbers are the same.
  auto tryNumbers = [&](Attr::Id id, int64_t most, llvm::ArrayRef<int64_t> numbers) {
    for (int64_t number : numbers)
      if (Attr::getField(id).range.contains(number) &&
          std::min(number, most) != std::min(values[id].front(), most))
        found.push_back({set(id, {number})});
  };
  auto tryAll = [&](Attr::Id id, int64_t most) { tryNumbers(id, most, Attr::getField(id).tries); };
  auto tryFlag = [&](Attr::Id id) { found.push_back({set(id, {!values[id].front()})}); };
  tryAll(Attr::Unroll, Attr::getField(Attr::Unroll).range.most);
  tryFlag(Attr::LateLimits);
  if (tiling.rowLanes)
    tryAll(Attr::RowLanes, tiling.lanes);
  if (tiling.registerK) {
    tryAll(Attr::RegisterK, hidden);
    tryNumbers(Attr::RegisterK, hidden, {hidden});
  }
  if (depth > tiling.kBlock)
    tryFlag(Attr::PairBlocks);
  if (hidden > tiling.lanes * tiling.panel)
    tryFlag(Attr::Zigzag);
  tryAll(Attr::Streams, hidden / (tiling.lanes * tiling.panel)); // whole panels
  if (batch > 1 && schedule.traversal.streams > 1)
    tryNumbers(Attr::StreamRows, batch, {1, batch});
  if (depth > tiling.kChunk)
    tryFlag(Attr::Prefetch);
  tryAll(Attr::KChunk, depth);
  int64_t rows = seqLen * batch, chunk = std::min(schedule.traversal.chunkRows, rows);
  tryNumbers(Attr::ChunkRows, rows, {chunk / 2, chunk * 2});
  if (network.bidirectional || (network.numLayers > 1 && !network.reverse)) {
    rnn::Order other = network.bidirectional ? rnn::Order::Reverse : rnn::Order::Chunks;
    bool isFirst = schedule.traversal.order == rnn::Order::Layers;
    found.push_back({set(Attr::Order, rnn::valueOf(isFirst ? other : rnn::Order::Layers))});
  }
  return found;
}
