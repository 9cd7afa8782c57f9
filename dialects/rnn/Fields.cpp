//===- Fields.cpp - Attributes that are tables of fields -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::rnn;

FieldTable rnn::scheduleTable() { return ScheduleAttr::getTable(); }
FieldTable rnn::gpuScheduleTable() { return GpuScheduleAttr::getTable(); }

bool FieldRange::contains(int64_t value) const {
  return value >= least && value <= most && value % multipleOf == 0 &&
         (!isPowerOfTwo || (value > 0 && llvm::isPowerOf2_64(value)));
}

const Field *rnn::findField(FieldTable table, StringRef name) {
  const Field *row = llvm::find_if(table, [&](const Field &field) { return field.name == name; });
  return row == table.end() ? nullptr : row;
}

std::string rnn::listWords(ArrayRef<StringRef> words) {
  assert(!words.empty() && "something must be expected");
  std::string list = llvm::join(words.drop_back(), ", ");
  return (list.empty() ? "" : list + " or ") + words.back().str();
}

std::string rnn::listFields(FieldTable table) {
  return listWords(
      llvm::map_to_vector(table, [](const Field &field) -> StringRef { return field.name; }));
}

//===----------------------------------------------------------------------===//
// Settings, as --schedule and the passes' options take them
//===----------------------------------------------------------------------===//

/// [8,1,1,2]
static std::optional<FieldValue> readTiles(StringRef text) {
  FieldValue numbers;
  if (!text.consume_front("[") || !text.consume_back("]"))
    return std::nullopt;
  for (StringRef part : llvm::split(text, ','))
    if (part.trim().getAsInteger(10, numbers.emplace_back()))
      return std::nullopt;
  return numbers;
}

std::optional<FieldValue> Field::read(StringRef text) const {
  int64_t number;
  switch (kind) {
  case FieldKind::Number:
    return text.getAsInteger(10, number) ? std::nullopt : std::optional(FieldValue{number});
  case FieldKind::Flag:
    return text == "true" || text == "false" ? std::optional(FieldValue{text == "true"})
                                             : std::nullopt;
  case FieldKind::Tiles:
    return readTiles(text);
  case FieldKind::Word:
    number = llvm::find(words, text) - words.begin();
    return number == int64_t(words.size()) ? std::nullopt : std::optional(FieldValue{number});
  }
  llvm_unreachable("a kind of field");
}

std::string Field::write(const FieldValue &value) const {
  switch (kind) {
  case FieldKind::Number:
    return std::to_string(value.front());
  case FieldKind::Flag:
    return value.front() ? "true" : "false";
  case FieldKind::Tiles:
    return "[" +
           llvm::join(llvm::map_range(value, [](int64_t n) { return std::to_string(n); }), ",") +
           "]";
  case FieldKind::Word:
    return words[value.front()].str();
  }
  llvm_unreachable("a kind of field");
}

const FieldSetting *rnn::findSetting(const FieldSettings &settings, const Field &field) {
  auto found =
      llvm::find_if(settings, [&](const auto &setting) { return setting.field == &field; });
  return found == settings.end() ? nullptr : &*found;
}

void rnn::overrideSettings(FieldSettings &settings, const FieldSettings &others) {
  for (const FieldSetting &other : others) {
    auto known = llvm::find_if(settings, [&](const auto &own) { return own.field == other.field; });
    if (known == settings.end())
      settings.push_back(other);
    else
      known->value = other.value;
  }
}

LogicalResult rnn::readSettings(function_ref<InFlightDiagnostic()> emitError, FieldTable table,
                                ArrayRef<std::string> texts, FieldSettings &settings) {
  for (StringRef text : texts) {
    auto [name, given] = text.split('=');
    const Field *field = findField(table, name);
    if (!field)
      return emitError() << "schedule: found field '" << name << "', expected "
                         << listFields(table);
    std::optional<FieldValue> value = field->read(given);
    if (!value)
      return emitError() << "schedule: " << name << ": found '" << given << "', expected "
                         << field->form();
    overrideSettings(settings, {{field, *value}});
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Text of an attribute: <lanes = 8, tiles = [8, 1, 1, 2], order = "chunks">
//===----------------------------------------------------------------------===//

static FailureOr<FieldValue> parseValue(AsmParser &parser, const Field &field) {
  FieldValue value;
  SMLoc at = parser.getCurrentLocation();
  if (field.kind == FieldKind::Number) {
    if (parser.parseInteger(value.emplace_back()))
      return failure();
    return value;
  }
  if (field.kind == FieldKind::Tiles) {
    if (parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                       [&] { return parser.parseInteger(value.emplace_back()); }))
      return failure();
    return value;
  }
  std::string word;
  StringRef text;
  if (field.kind == FieldKind::Flag ? parser.parseKeyword(&text) : parser.parseString(&word))
    return failure();
  if (field.kind == FieldKind::Word)
    text = word;
  std::optional<FieldValue> known = field.read(text);
  if (!known)
    return parser.emitError(at) << "schedule: " << field.name << ": found '" << text
                                << "', expected " << field.form();
  return *known;
}

FailureOr<std::vector<FieldValue>> rnn::parseFields(AsmParser &parser, FieldTable table) {
  std::vector<std::optional<FieldValue>> found(table.size());
  auto parseField = [&]() -> ParseResult {
    SMLoc at = parser.getCurrentLocation();
    StringRef name;
    if (parser.parseKeyword(&name) || parser.parseEqual())
      return failure();
    const Field *field = findField(table, name);
    if (!field)
      return parser.emitError(at) << "schedule: found field '" << name << "', expected "
                                  << listFields(table);
    std::optional<FieldValue> &place = found[field - table.begin()];
    if (place)
      return parser.emitError(at) << "schedule: found " << name << " twice, expected it once";
    FailureOr<FieldValue> value = parseValue(parser, *field);
    if (failed(value))
      return failure();
    place = *value;
    return success();
  };
  if (parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, parseField))
    return failure();

  std::vector<FieldValue> values;
  for (auto [field, value] : llvm::zip_equal(table, found)) {
    if (!value && !field.initial)
      return parser.emitError(parser.getNameLoc())
             << "schedule: found no " << field.name << ", expected it";
    values.push_back(value ? *value : FieldValue{*field.initial});
  }
  return values;
}

void rnn::printFields(AsmPrinter &printer, FieldTable table, ArrayRef<FieldValue> values) {
  printer << '<';
  llvm::ListSeparator comma;
  for (auto [field, value] : llvm::zip_equal(table, values)) {
    if (field.initial && value.front() == *field.initial)
      continue;
    printer << StringRef(comma) << field.name << " = ";
    if (field.kind == FieldKind::Tiles) {
      printer << '[';
      llvm::interleaveComma(value, printer);
      printer << ']';
    } else if (field.kind == FieldKind::Word) {
      printer << '"' << field.write(value) << '"';
    } else {
      printer << field.write(value);
    }
  }
  printer << '>';
}

LogicalResult rnn::verifyFields(function_ref<InFlightDiagnostic()> emitError, FieldTable table,
                                ArrayRef<FieldValue> values) {
  for (auto [field, value] : llvm::zip_equal(table, values))
    if (field.kind == FieldKind::Number && !field.range.contains(value.front()))
      return emitError() << "schedule: " << field.name << ": found " << value.front()
                         << ", expected " << field.expected;
  return success();
}

llvm::hash_code rnn::hashValues(ArrayRef<FieldValue> values) {
  llvm::hash_code hash(values.size());
  for (const FieldValue &value : values)
    hash = llvm::hash_combine(hash, llvm::hash_combine_range(value));
  return hash;
}
