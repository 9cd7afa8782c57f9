//===- ScheduleFile.cpp - A schedule kept in a file -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/ScheduleFile.h"

#include "support/Diagnostic.h"
#include "support/Json.h"

using namespace llvm;
using namespace grucc;

static std::vector<std::pair<StringRef, json::Value>> describeSubject(const ScheduleSubject &s) {
  std::vector<std::pair<StringRef, json::Value>> facts = {
      {"machine", s.machine},
      {"input_size", s.network.inputSize},
      {"hidden_size", s.network.hiddenSize},
      {"num_layers", s.network.numLayers},
      {"bidirectional", s.network.bidirectional},
      {"dtype", rnn::nameOf(s.network.dtype)}};
  if (s.network.variant.reset == Reset::Before) // another network of kernels
    facts.emplace_back("reset", nameOf(s.network.variant.reset));
  return facts;
}

/// A field's value; nothing if it has no such one.
static std::optional<rnn::FieldValue> readValue(const rnn::Field &field, const json::Value &value) {
  auto number = [](const json::Value &value) -> std::optional<int64_t> {
    return value.getAsUINT64() ? value.getAsInteger() : std::nullopt;
  };
  rnn::FieldValue numbers;
  switch (field.kind) {
  case rnn::FieldKind::Number:
    if (std::optional<int64_t> found = number(value))
      return rnn::FieldValue{*found};
    return std::nullopt;
  case rnn::FieldKind::Flag:
    if (std::optional<bool> flag = value.getAsBoolean())
      return rnn::FieldValue{*flag};
    return std::nullopt;
  case rnn::FieldKind::Word:
    if (std::optional<StringRef> word = value.getAsString())
      return field.read(*word);
    return std::nullopt;
  case rnn::FieldKind::Tiles:
    if (!value.getAsArray())
      return std::nullopt;
    for (const json::Value &element : *value.getAsArray()) {
      if (!number(element))
        return std::nullopt;
      numbers.push_back(*number(element));
    }
    return numbers;
  }
  llvm_unreachable("a kind of field");
}

static json::Value writeValue(const rnn::Field &field, const rnn::FieldValue &value) {
  switch (field.kind) {
  case rnn::FieldKind::Number:
    return value.front();
  case rnn::FieldKind::Flag:
    return bool(value.front());
  case rnn::FieldKind::Word:
    return field.write(value);
  case rnn::FieldKind::Tiles:
    return json::Array(value);
  }
  llvm_unreachable("a kind of field");
}

static Expected<rnn::FieldSettings> readFields(StringRef path, const json::Value &value) {
  const json::Object *object = value.getAsObject();
  if (!object)
    return inputError(path, "schedule", describe(value), "an object");
  rnn::FieldSettings settings;
  for (const auto &[name, given] : sortedMembers(*object)) {
    const rnn::Field *field = rnn::findField(rnn::scheduleTable(), name);
    if (!field)
      return inputError(path, "schedule", "field " + quoted(name),
                        rnn::listFields(rnn::scheduleTable()));
    std::optional<rnn::FieldValue> read = readValue(*field, *given);
    if (!read)
      return inputError(path, ("schedule: " + field->name).str(), describe(*given), field->form());
    settings.push_back({field, *read});
  }
  return settings;
}

Expected<rnn::FieldSettings> grucc::readScheduleFile(StringRef path,
                                                     const ScheduleSubject &subject) {
  Expected<json::Object> object = readJsonObject(path);
  if (!object)
    return object.takeError();

  auto facts = describeSubject(subject);
  for (const auto &[key, unused] : sortedMembers(*object)) {
    bool isKnown = key == "schedule" ||
                   any_of(facts, [&, &key = key](const auto &fact) { return fact.first == key; });
    if (!isKnown)
      return inputError(path, key, "an unknown key",
                        "machine, input_size, hidden_size, num_layers, bidirectional, dtype, "
                        "reset or schedule");
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

std::string grucc::writeScheduleFile(const ScheduleSubject &subject,
                                     const rnn::FieldSettings &settings) {
  std::string text;
  raw_string_ostream out(text);
  json::OStream json(out, /*IndentSize=*/2);
  json.object([&] {
    for (const auto &[key, fact] : describeSubject(subject))
      json.attribute(key, fact);
    json.attributeObject("schedule", [&] {
      for (const rnn::FieldSetting &setting : settings)
        json.attribute(setting.field->name, writeValue(*setting.field, setting.value));
    });
  });
  out << '\n';
  return text;
}
