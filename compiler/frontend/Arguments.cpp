//===- Arguments.cpp - torch.nn.GRU's arguments, and who said them --------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Arguments.h"

#include "dialects/rnn/Fields.h"
#include "support/Diagnostic.h"
#include "support/Json.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

using namespace llvm;

namespace grucc {

std::string valueText(int64_t value) { return std::to_string(value); }
std::string valueText(bool value) { return value ? "true" : "false"; }
std::string valueText(double value) { return formatv("{0}", json::Value(value)); }
std::string valueText(DType value) { return rnn::nameOf(value).str(); }
std::string valueText(Direction value) { return directions[size_t(value)].first.str(); }
std::string valueText(Reset value) { return nameOf(value).str(); }
std::string valueText(const Activation &value) { return textOf(value); }
std::string valueText(const std::string &value) { return quoted(value); }

template <typename T>
Error say(StringRef file, StringRef argument, Said<T> &said, T value, StringRef source) {
  if (said.value && !(*said.value == value))
    return inputError(file, argument, valueText(*said.value) + " (" + said.source + ")",
                      valueText(value) + " (" + source + ")");
  if (!said.value) {
    said.value = std::move(value);
    said.source = source.str();
  }
  return Error::success();
}
template Error say(StringRef, StringRef, Said<int64_t> &, int64_t, StringRef);
template Error say(StringRef, StringRef, Said<bool> &, bool, StringRef);
template Error say(StringRef, StringRef, Said<double> &, double, StringRef);
template Error say(StringRef, StringRef, Said<DType> &, DType, StringRef);
template Error say(StringRef, StringRef, Said<Direction> &, Direction, StringRef);
template Error say(StringRef, StringRef, Said<Reset> &, Reset, StringRef);
template Error say(StringRef, StringRef, Said<Activation> &, Activation, StringRef);

template <typename T> static Said<T> fromFlag(const std::optional<T> &value, StringRef flag) {
  return {value, flag.str()};
}

Arguments::Arguments(const NetworkFlags &flags)
    : inputSize(fromFlag(flags.inputSize, "--input-size")),
      hiddenSize(fromFlag(flags.hiddenSize, "--hidden-size")),
      numLayers(fromFlag(flags.numLayers, "--num-layers")), bias(fromFlag(flags.bias, "--no-bias")),
      batchFirst(fromFlag(flags.batchFirst,
                          flags.batchFirst == false ? "--no-batch-first" : "--batch-first")),
      bidirectional(fromFlag(flags.bidirectional, "--bidirectional")),
      direction(fromFlag(flags.direction, "--direction")),
      dropout(fromFlag(flags.dropout, "--dropout")), reset(fromFlag(flags.reset, "--reset")),
      gateActivation(fromFlag(flags.gateActivation, "--gate-activation")),
      candidateActivation(fromFlag(flags.candidateActivation, "--candidate-activation")),
      clip(fromFlag(flags.clip, "--clip")), dtype(fromFlag(flags.dtype, "--dtype")),
      prefix(fromFlag(flags.prefix, "--prefix")) {}

namespace {

/// One member of NETWORK.json, read by the type of what it is said into.
struct Member {
  StringRef file, key, argument;
  const json::Value &value;

  std::string source() const { return ("\"" + argument + "\" in " + printable(file)).str(); }
  Error wrong(const Twine &expected) const {
    return inputError(file, argument, describe(value), expected);
  }

  Error into(Said<int64_t> &said) const {
    std::optional<uint64_t> integer = value.getAsUINT64();
    if (!integer || *integer < 1 || *integer > uint64_t(largestSize))
      return wrong("an integer from 1 to " + Twine(largestSize));
    return say(file, argument, said, static_cast<int64_t>(*integer), source());
  }
  Error into(Said<bool> &said) const {
    std::optional<bool> flag = value.getAsBoolean();
    return flag ? say(file, argument, said, *flag, source()) : wrong("true or false");
  }
  Error into(Said<double> &said) const {
    std::optional<double> number = value.getAsNumber();
    if (!number || !(*number >= 0.0 && *number <= 1.0))
      return wrong("a number from 0 to 1");
    return say(file, argument, said, *number, source());
  }
  Error intoClip(Said<double> &said) const {
    std::optional<double> number = value.getAsNumber();
    if (!number || !(*number > 0.0) || !std::isfinite(*number))
      return wrong("a finite number above 0");
    return say(file, argument, said, *number, source());
  }
  /// A word of a few, or another text that `read` knows.
  template <typename T, typename Read>
  Error text(Said<T> &said, Read read, const Twine &expected) const {
    std::optional<StringRef> word = value.getAsString();
    std::optional<T> known = word ? read(*word) : std::nullopt;
    return known ? say(file, argument, said, *known, source()) : wrong(expected);
  }
  Error into(Said<Direction> &said) const {
    auto read = [](StringRef word) -> std::optional<Direction> {
      for (auto [name, direction] : directions)
        if (name == word)
          return direction;
      return std::nullopt;
    };
    return text(said, read, "\"forward\", \"reverse\" or \"bidirectional\"");
  }
  Error into(Said<Reset> &said) const { return text(said, readReset, "\"after\" or \"before\""); }
  Error into(Said<Activation> &said) const {
    return text(said, readActivation, "one of " + listActivations());
  }
  Error into(Said<DType> &said) const {
    std::optional<StringRef> name = value.getAsString();
    if (!name || (*name != "float32" && *name != "float64"))
      return wrong("\"float32\" or \"float64\"");
    return say(file, argument, said, *name == "float64" ? DType::Float64 : DType::Float32,
               source());
  }
  Error into(Said<std::string> &said) const {
    std::optional<StringRef> text = value.getAsString();
    return text ? say(file, argument, said, text->str(), source()) : wrong("a string");
  }
};

} // namespace

static constexpr StringRef networkKeys[] = {"input_size",
                                            "hidden_size",
                                            "num_layers",
                                            "bias",
                                            "batch_first",
                                            "dropout",
                                            "bidirectional",
                                            "dtype",
                                            "weights",
                                            "prefix",
                                            "direction",
                                            "reset",
                                            "gate_activation",
                                            "candidate_activation",
                                            "clip"};
static bool isNetworkKey(StringRef key) { return is_contained(networkKeys, key); }

Error Arguments::addMember(StringRef file, StringRef key, StringRef argument,
                           const json::Value &value) {
  Member member{file, key, argument, value};
  if (key == "input_size")
    return member.into(inputSize);
  if (key == "hidden_size")
    return member.into(hiddenSize);
  if (key == "num_layers")
    return member.into(numLayers);
  if (key == "bias")
    return member.into(bias);
  if (key == "batch_first")
    return member.into(batchFirst);
  if (key == "bidirectional")
    return member.into(bidirectional);
  if (key == "dropout")
    return member.into(dropout);
  if (key == "dtype")
    return member.into(dtype);
  if (key == "direction")
    return member.into(direction);
  if (key == "reset")
    return member.into(reset);
  if (key == "gate_activation")
    return member.into(gateActivation);
  if (key == "candidate_activation")
    return member.into(candidateActivation);
  if (key == "clip")
    return member.intoClip(clip);
  return member.into(key == "weights" ? weights : prefix);
}

Error Arguments::agreeOnDirection(StringRef file) {
  if (direction.value)
    return say(file, "bidirectional", bidirectional, *direction.value == Direction::Bidirectional,
               direction.source);
  return Error::success();
}

Error Arguments::addJson(StringRef file, const json::Object &object) {
  for (auto [key, value] : sortedMembers(object)) {
    if (!isNetworkKey(key))
      return inputError(file, key, "an unknown key", rnn::listWords(networkKeys));
    if (Error error = addMember(file, key, key, *value))
      return error;
  }
  return agreeOnDirection(file);
}

Error Arguments::addMetadata(StringRef file, const std::map<std::string, std::string> &metadata) {
  for (const auto &[key, text] : metadata) {
    std::string argument = "__metadata__." + key;
    if (!isNetworkKey(key))
      continue;
    if (key == "weights")
      return inputError(file, argument, quoted(text), "no such key: the weights are this file's");
    bool isText = is_contained(ArrayRef<StringRef>{"dtype", "prefix", "direction", "reset",
                                                   "gate_activation", "candidate_activation"},
                               key);
    bool isPlainString = isText && !StringRef(text).starts_with("\"");
    // Python's words for booleans are what people write first: they are named as they stand.
    bool isPythonWord = text == "True" || text == "False" || text == "None";
    Expected<json::Value> value =
        isPlainString || isPythonWord ? json::Value(text) : parseJson(text, file, argument);
    if (!value)
      return value.takeError();
    if (Error error = addMember(file, key, argument, *value))
      return error;
  }
  return agreeOnDirection(file);
}

} // namespace grucc
