//===- ScheduleFile.cpp - A schedule kept in a file -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/ScheduleFile.h"

#include "dialects/rnn/Rnn.h"
#include "support/Diagnostic.h"
#include "support/Json.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace grucc;

ScheduleFields grucc::listFields(rnn::ScheduleAttr s) {
  auto flag = [](bool value) { return value ? "true" : "false"; };
  std::string tiles;
  ListSeparator comma(",");
  for (int64_t number : s.getTiles())
    tiles += (Twine(StringRef(comma)) + Twine(number)).str();
  return {{"lanes", std::to_string(s.getLanes())},
          {"row_lanes", std::to_string(s.getRowLanes())},
          {"panel", std::to_string(s.getPanel())},
          {"tiles", "[" + tiles + "]"},
          {"k_block", std::to_string(s.getKBlock())},
          {"pair_blocks", flag(s.getPairBlocks())},
          {"k_chunk", std::to_string(s.getKChunk())},
          {"group_rows", std::to_string(s.getGroupRows())},
          {"prefetch", flag(s.getPrefetch())},
          {"chunk_rows", std::to_string(s.getChunkRows())},
          {"zigzag", flag(s.getZigzag())},
          {"fuse_step", flag(s.getFuseStep())},
          {"unroll", std::to_string(s.getUnroll())},
          {"register_k", std::to_string(s.getRegisterK())},
          {"late_limits", flag(s.getLateLimits())},
          {"order", s.getOrder().str()},
          {"split", s.getSplit().str()},
          {"split_units", std::to_string(s.getSplitUnits())},
          {"split_rows", std::to_string(s.getSplitRows())},
          {"turn_rows", std::to_string(s.getTurnRows())},
          {"split_turns", std::to_string(s.getSplitTurns())},
          {"split_from", std::to_string(s.getSplitFrom())}};
}

void grucc::overrideFields(ScheduleFields &fields, const ScheduleFields &others) {
  for (const auto &other : others) {
    auto known = find_if(fields, [&](const auto &field) { return field.first == other.first; });
    if (known == fields.end())
      fields.push_back(other);
    else
      known->second = other.second;
  }
}

static std::vector<std::pair<StringRef, json::Value>> describeSubject(const ScheduleSubject &s) {
  return {{"machine", s.machine},
          {"input_size", s.inputSize},
          {"hidden_size", s.hiddenSize},
          {"num_layers", s.numLayers},
          {"bidirectional", s.bidirectional},
          {"dtype", s.dtype}};
}

/// Fields whose values are words.
static bool isWord(StringRef field) { return field == "order" || field == "split"; }

/// A value as --schedule takes it; nothing if no field has such a one.
static std::optional<std::string> fieldText(StringRef name, const json::Value &value) {
  if (std::optional<StringRef> word = value.getAsString())
    return isWord(name) && all_of(*word, isAlpha) ? std::optional(word->str()) : std::nullopt;
  if (isWord(name))
    return std::nullopt;
  if (std::optional<bool> flag = value.getAsBoolean())
    return *flag ? "true" : "false";
  if (std::optional<uint64_t> number = value.getAsUINT64())
    return std::to_string(*number);
  const json::Array *numbers = value.getAsArray();
  if (!numbers)
    return std::nullopt;
  std::string list;
  ListSeparator comma(",");
  for (const json::Value &number : *numbers) {
    if (!number.getAsUINT64())
      return std::nullopt;
    list += (Twine(StringRef(comma)) + Twine(*number.getAsUINT64())).str();
  }
  return "[" + list + "]";
}

static Expected<ScheduleFields> readFields(StringRef path, const json::Value &value) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return inputError(path, "schedule", describe(value), "an object");
  ScheduleFields fields;
  for (const auto &[name, field] : sortedMembers(*object)) {
    if (!all_of(name, [](char c) { return isLower(c) || c == '_'; }))
      return inputError(path, "schedule", "field " + quoted(name), "a field of #rnn.schedule");
    std::optional<std::string> text = fieldText(name, *field);
    if (!text)
      return inputError(path, ("schedule: " + name).str(), describe(*field),
                        "a whole number, true or false, [rows,vectors,...] of tiles, or a word "
                        "of order or split");
    fields.emplace_back(name.str(), *text);
  }
  return fields;
}

Expected<ScheduleFields> grucc::readScheduleFile(StringRef path, const ScheduleSubject &subject) {
  Expected<json::Object> object = readJsonObject(path);
  if (!object)
    return object.takeError();

  auto facts = describeSubject(subject);
  for (const auto &[key, unused] : sortedMembers(*object)) {
    bool isKnown = key == "schedule" ||
                   any_of(facts, [&, &key = key](const auto &fact) { return fact.first == key; });
    if (!isKnown)
      return inputError(path, key, "an unknown key",
                        "machine, input_size, hidden_size, num_layers, bidirectional, dtype or "
                        "schedule");
  }
  for (const auto &[key, expected] : facts) {
    const json::Value *found = object->get(key);
    if (!found)
      return inputError(path, key, "no such key", describe(expected));
    // 10.0 equals 10, and is another thing to say.
    if (*found != expected || describe(*found) != describe(expected))
      return inputError(path, key, describe(*found), describe(expected));
  }
  const json::Value *schedule = object->get("schedule");
  if (!schedule)
    return inputError(path, "schedule", "no such key", "an object");
  return readFields(path, *schedule);
}

std::string grucc::writeScheduleFile(const ScheduleSubject &subject, const ScheduleFields &fields) {
  std::string text;
  raw_string_ostream out(text);
  json::OStream json(out, /*IndentSize=*/2);
  json.object([&] {
    for (const auto &[key, fact] : describeSubject(subject))
      json.attribute(key, fact);
    json.attributeObject("schedule", [&] {
      for (const auto &[name, value] : fields) {
        json.attributeBegin(name);
        if (isWord(name))
          json.value(value);
        else // numbers, truth values and lists of numbers are written as in JSON
          json.rawValue(value);
        json.attributeEnd();
      }
    });
  });
  out << '\n';
  return text;
}
