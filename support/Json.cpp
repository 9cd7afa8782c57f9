//===- Json.cpp - JSON, strictly ------------------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "support/Json.h"
#include "support/Diagnostic.h"
#include "support/ForeignFile.h"
#include "support/RegularFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace grucc {
namespace {

constexpr size_t deepestNesting = 16;
constexpr size_t mostValues = size_t(1) << 22;
// A few keys each; more would take memory and time before the first is found unknown.
constexpr uint64_t largestJson = 1 << 20;

/// One pass over the text, before the parser sees it. Text that is not JSON is
/// left to the parser to complain about.
class Scan {
public:
  Scan(StringRef text, StringRef file, StringRef argument)
      : text(text), file(file), argument(argument) {}
  Error run();

private:
  struct Level {
    bool isObject;
    StringSet<> keys;
  };
  StringRef text, file, argument;
  size_t at = 0;
  std::vector<Level> levels;

  Error error(const Twine &found, const Twine &expected) {
    size_t row = text.take_front(at).count('\n') + 1;
    return inputError(file, argument, found + " at line " + Twine(row), expected);
  }
  Error string();
  Error number();
};

/// -?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?
bool isJsonNumber(StringRef token) {
  auto digits = [&] {
    StringRef run = token.take_while(isDigit);
    token = token.drop_front(run.size());
    return run;
  };
  token.consume_front("-");
  StringRef whole = digits();
  if (whole.empty() || (whole.size() > 1 && whole.front() == '0'))
    return false;
  if (token.consume_front(".") && digits().empty())
    return false;
  if (token.consume_front("e") || token.consume_front("E")) {
    if (!token.consume_front("+"))
      token.consume_front("-");
    if (digits().empty())
      return false;
  }
  return token.empty();
}

// A string is a key when a ':' follows it inside an object.
Error Scan::string() {
  size_t begin = at++;
  while (at < text.size() && text[at] != '"')
    at += text[at] == '\\' ? 2 : 1;
  at = std::min(at + 1, text.size());
  size_t next = text.find_first_not_of(" \t\r\n", at);
  if (levels.empty() || !levels.back().isObject || next == StringRef::npos || text[next] != ':')
    return Error::success();

  StringRef token = text.slice(begin, at);
  std::string key = token.drop_front().drop_back().str();
  if (token.contains('\\')) { // "a" and "\u0061" are the same key
    Expected<json::Value> decoded = json::parse(token);
    if (!decoded) {
      consumeError(decoded.takeError());
      return Error::success();
    }
    key = decoded->getAsString()->str();
  }
  if (!levels.back().keys.insert(key).second)
    return error("the key " + quoted(key) + " twice", "each key once");
  return Error::success();
}

Error Scan::number() {
  StringRef token = text.substr(at).take_while(
      [](char c) { return isDigit(c) || StringRef("+-.eE").contains(c); });
  if (!isJsonNumber(token))
    return error(quoted(token), "a JSON number");
  at += token.size();
  return Error::success();
}

Error Scan::run() {
  size_t values = 0;
  while (at < text.size()) {
    char c = text[at];
    if (c == '"') {
      if (Error e = string())
        return e;
      continue;
    }
    if (isDigit(c) || c == '-' || c == '+' || c == '.') {
      if (Error e = number())
        return e;
      continue;
    }
    if (c == '{' || c == '[') {
      if (levels.size() == deepestNesting)
        return error("nesting deeper than " + Twine(deepestNesting),
                     "at most " + Twine(deepestNesting) + " levels");
      levels.push_back({c == '{', {}});
    } else if ((c == '}' || c == ']') && !levels.empty()) {
      levels.pop_back();
    }
    if (StringRef("{[,").contains(c) && ++values > mostValues)
      return error("more than " + Twine(mostValues) + " values", "at most " + Twine(mostValues));
    ++at;
  }
  return Error::success();
}

} // namespace

Expected<json::Value> parseJson(StringRef text, StringRef file, StringRef argument) {
  if (Error e = Scan(text, file, argument).run())
    return std::move(e);
  Expected<json::Value> value = json::parse(text);
  if (value)
    return value;
  return inputError(file, argument, "invalid text (" + toString(value.takeError()) + ")", "JSON");
}

Expected<json::Object> readJsonObject(StringRef path) {
  Expected<std::unique_ptr<MemoryBuffer>> buffer = readRegularFile(path, largestJson);
  if (!buffer)
    return buffer.takeError();
  if (Error error = refuseForeign((*buffer)->getBuffer(), path, "file", "JSON"))
    return std::move(error);
  Expected<json::Value> value = parseJson((*buffer)->getBuffer(), path, "JSON");
  if (!value)
    return value.takeError();
  if (json::Object *object = value->getAsObject())
    return std::move(*object);
  return inputError(path, "JSON", describe(*value), "an object");
}

std::vector<std::pair<StringRef, const json::Value *>> sortedMembers(const json::Object &object) {
  std::vector<std::pair<StringRef, const json::Value *>> members;
  for (const auto &[key, value] : object)
    members.emplace_back(key, &value);
  llvm::sort(members, llvm::less_first());
  return members;
}

std::string describe(const json::Value &value) {
  switch (value.kind()) {
  case json::Value::Null:
    return "null";
  case json::Value::Boolean:
    return *value.getAsBoolean() ? "true" : "false";
  case json::Value::Number: {
    // getAsInteger takes 2^63 as a double for an int64_t.
    std::optional<int64_t> integer;
    if (*value.getAsNumber() < 0x1p63)
      integer = value.getAsInteger();
    if (!value.getAsUINT64() && !integer)
      return formatv("the number {0}", value);
    std::string text = formatv("{0}", value);
    // The parser keeps 10.0 as a double: say so, where an integer is wanted.
    bool isDouble = !value.getAsUINT64() && *integer >= 0;
    return isDouble ? "the number " + text + ".0" : text;
  }
  case json::Value::String:
    return "the string \"" + printable(*value.getAsString()) + "\"";
  case json::Value::Array:
    return "an array";
  case json::Value::Object:
    return "an object";
  }
  llvm_unreachable("all kinds are listed");
}

} // namespace grucc
