//===- Neighbours.cpp - Schedules beside the one that was chosen -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Neighbours.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace grucc;

static StringRef valueOf(const ScheduleFields &fields, StringRef name) {
  auto field = find_if(fields, [&](const auto &entry) { return entry.first == name; });
  return field == fields.end() ? "" : StringRef(field->second);
}

static int64_t numberOf(const ScheduleFields &fields, StringRef name) {
  int64_t number = 0;
  valueOf(fields, name).getAsInteger(10, number);
  return number;
}

/// [8,2,1,2] for panels of 4 vectors ==> [8,2,1,4]: a tile never spans panels, and
/// the one of a single row takes a whole one.
static std::string fitTiles(StringRef tiles, int64_t panel) {
  SmallVector<StringRef> numbers;
  tiles.trim("[]").split(numbers, ',');
  std::string fitted;
  ListSeparator comma(",");
  for (auto [i, text] : enumerate(numbers)) {
    int64_t number = 0;
    text.getAsInteger(10, number);
    if (i % 2)
      number = i + 1 == numbers.size() ? panel : std::min(number, panel);
    fitted += (Twine(StringRef(comma)) + Twine(number)).str();
  }
  return "[" + fitted + "]";
}

std::vector<ScheduleFields> grucc::neighbours(const ScheduleFields &chosen,
                                              const ScheduleSubject &subject, int64_t rows) {
  const rnn::Network &network = subject.network;
  int64_t hidden = network.hiddenSize;
  // The longest sum, over k.
  int64_t depth =
      std::max(network.inputSize, network.numLayers > 1 ? network.outputSize() : hidden);
  std::vector<ScheduleFields> found;

  for (int64_t panel : {1, 2, 4}) {
    bool isFilled = panel == 1 || panel / 2 * numberOf(chosen, "lanes") < hidden;
    if (isFilled && panel != numberOf(chosen, "panel"))
      found.push_back(
          {{"panel", std::to_string(panel)}, {"tiles", fitTiles(valueOf(chosen, "tiles"), panel)}});
  }
  // Beyond `most` all numbers are the same.
  auto tryNumbers = [&](StringRef name, int64_t most, std::initializer_list<int64_t> numbers) {
    for (int64_t number : numbers)
      if (number >= 1 && std::min(number, most) != std::min(numberOf(chosen, name), most))
        found.push_back({{name.str(), std::to_string(number)}});
  };
  auto tryFlag = [&](StringRef name) {
    found.push_back({{name.str(), valueOf(chosen, name) == "true" ? "false" : "true"}});
  };
  tryNumbers("unroll", 64, {1, 2, 4});
  tryFlag("late_limits");
  if (numberOf(chosen, "row_lanes"))
    found.push_back({{"row_lanes", "0"}});
  if (numberOf(chosen, "register_k")) {
    found.push_back({{"register_k", "0"}});
    tryNumbers("register_k", hidden, {1, hidden});
  }
  if (depth > numberOf(chosen, "k_block"))
    tryFlag("pair_blocks");
  if (hidden > numberOf(chosen, "lanes") * numberOf(chosen, "panel"))
    tryFlag("zigzag");
  if (depth > numberOf(chosen, "k_chunk"))
    tryFlag("prefetch");
  tryNumbers("k_chunk", depth, {64, 128, 256});
  int64_t chunk = std::min(numberOf(chosen, "chunk_rows"), rows);
  tryNumbers("chunk_rows", rows, {chunk / 2, chunk * 2});
  if (network.numLayers > 1 || network.bidirectional) {
    const char *other = network.bidirectional ? "reverse" : "chunks";
    found.push_back({{"order", valueOf(chosen, "order") == "layers" ? other : "layers"}});
  }
  return found;
}
