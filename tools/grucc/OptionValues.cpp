//===- OptionValues.cpp - Option values, read strictly --------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OptionValues.h"
#include "compiler/target/ModelAbi.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

using namespace llvm;

namespace grucc {

// getAsInteger takes signs and, for base 0, prefixes; decimal digits are all we take.
template <typename T> static bool readDigits(StringRef text, T &value) {
  return !text.empty() && all_of(text, isDigit) && !text.getAsInteger(10, value);
}

Expected<int64_t> readSize(StringRef option, StringRef text, int64_t largest) {
  int64_t value;
  if (!readDigits(text, value) || value < 1 || value > largest)
    return usageError(option, quoted(text), "an integer from 1 to " + Twine(largest));
  return value;
}

Expected<uint64_t> readSeed(StringRef option, StringRef text) {
  uint64_t value;
  if (!readDigits(text, value))
    return usageError(option, quoted(text), "an integer from 0 to " + Twine(UINT64_MAX));
  return value;
}

/// No hexadecimal, no words.
static bool readDecimal(StringRef text, double &value) {
  bool isPlain = !text.empty() && text.find_first_not_of("0123456789.eE+-") == StringRef::npos;
  return isPlain && !text.getAsDouble(value);
}

Expected<double> readClip(StringRef option, StringRef text) {
  double value;
  if (!readDecimal(text, value) || !(value > 0.0) || !std::isfinite(value))
    return usageError(option, quoted(text), "a finite number above 0");
  return value;
}

Expected<Activation> readActivationOption(StringRef option, StringRef text) {
  if (std::optional<Activation> activation = readActivation(text))
    return *activation;
  return usageError(option, quoted(text), listActivations());
}

Expected<double> readProbability(StringRef option, StringRef text) {
  double value;
  if (!readDecimal(text, value) || !(value >= 0.0 && value <= 1.0))
    return usageError(option, quoted(text), "a number from 0 to 1");
  return value == 0.0 ? 0.0 : value; // no -0
}

Error checkName(StringRef option, StringRef name, size_t behind) {
  bool isIdentifier = rnn::isIdentifier(name);
  // grucc_model and grucc_run are the runtime's.
  bool isOurs = name == "grucc" || name.starts_with("grucc_");
  bool isLong = name.size() + behind > longestName;
  if (isIdentifier && !isOurs && !isLong)
    return Error::success();
  std::string expected = !isIdentifier ? "a C identifier"
                         : isOurs
                             ? "a name other than grucc and grucc_*"
                             : "at most " + std::to_string(longestName - behind) + " characters";
  if (option == "--name")
    return usageError(option, quoted(name), expected);
  return usageError("--name", "none, and " + option + "'s stem " + quoted(name),
                    "--name=NAME with " + expected);
}

Error readSchedule(StringRef option, StringRef text, rnn::FieldTable table,
                   rnn::FieldSettings &settings) {
  while (true) {
    size_t depth = 0, end = 0;
    for (; end < text.size() && (depth || text[end] != ','); ++end)
      depth = text[end] == '[' ? depth + 1 : depth - (text[end] == ']' && depth);
    auto [name, value] = text.take_front(end).split('=');
    if (name.empty() || value.empty())
      return usageError(option, quoted(text.take_front(end)), "FIELD=VALUE");
    const rnn::Field *field = rnn::findField(table, name);
    if (!field)
      return usageError(option, "field " + quoted(name), rnn::listFields(table));
    std::optional<rnn::FieldValue> read = field->read(value);
    if (!read)
      return usageError((option + ": " + name).str(), quoted(value), field->form());
    const rnn::FieldSetting *known = rnn::findSetting(settings, *field);
    if (known && known->value != *read)
      return usageError(
          option, name + " as " + quoted(field->write(known->value)) + " and " + quoted(value),
          "one value");
    rnn::overrideSettings(settings, {{field, *read}});
    if (end == text.size())
      return Error::success();
    text = text.drop_front(end + 1);
  }
}

Error wordError(StringRef option, StringRef text, ArrayRef<StringRef> words) {
  return usageError(option, quoted(text), rnn::listWords(words));
}

} // namespace grucc
