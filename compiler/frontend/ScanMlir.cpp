//===- ScanMlir.cpp - What MLIR's parser must not see ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/ScanMlir.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace grucc {

constexpr size_t deepestNesting = 128;
constexpr size_t mostAliases = 128;
constexpr size_t mostExpanded = size_t(1) << 16;
constexpr uint32_t largestAlignment = 4096;

static bool isWordChar(char c) { return isAlnum(c) || c == '_' || c == '$' || c == '.'; }

namespace {

/// `#name = ...` and `!name = ...`, which may name earlier ones many times: each doubles
/// what the one before it stands for when it names it twice.
class Aliases {
public:
  size_t count() const { return sizes.size(); }
  void define(StringRef name) { current = &(sizes[name] = 1); }
  /// From here on names stand for themselves, in no alias.
  void end() { current = &body; }
  /// False when that makes it too many.
  bool use(StringRef name) { return (*current += sizes.lookup(name)) <= mostExpanded; }

private:
  StringMap<size_t> sizes; ///< what each stands for, itself included
  size_t body = 0;         ///< what all stand for outside of aliases
  size_t *current = &body;
};

} // namespace

/// The alignment that a resource asks for, if memory cannot be had with it: a resource is a string
/// of hexadecimal digits, whose first 4 bytes are that, little endian.
static std::optional<uint32_t> badAlignment(StringRef string) {
  std::string bytes;
  if (!string.consume_front("\"0x") || !tryGetFromHex(string.take_front(8), bytes) ||
      bytes.size() != sizeof(uint32_t))
    return std::nullopt; // the parser knows what to say
  uint32_t alignment = support::endian::read32le(bytes.data());
  bool isGood = isPowerOf2_32(alignment) && alignment <= largestAlignment;
  return isGood ? std::nullopt : std::optional(alignment);
}

Error scanMlir(StringRef text, StringRef file) {
  if (text.starts_with("ML\xefR"))
    return inputError(file, "file", "MLIR bytecode", "MLIR text");
  size_t depth = 0;
  Aliases aliases;
  bool isResources = false; // between {-# and #-}
  for (size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    StringRef rest = text.substr(at);
    auto row = [&] { return " at line " + Twine(text.take_front(at).count('\n') + 1).str(); };
    if (c == '\0') // what a damaged file has gigabytes of
      return inputError(file, "file", "a NUL" + row(), "MLIR text");
    if (rest.starts_with("//")) {
      at += rest.take_until([](char c) { return c == '\n'; }).size();
    } else if (c == '"') {
      if (std::optional<uint32_t> alignment = badAlignment(rest); alignment && isResources)
        return inputError(file, "resource", "an alignment of " + Twine(*alignment) + row(),
                          "a power of two up to " + Twine(largestAlignment));
      for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at)
        at += text[at] == '\\';
    } else if (rest.starts_with("->")) {
      ++at;
    } else if (StringRef("([{<").contains(c)) {
      isResources |= rest.starts_with("{-#");
      if (++depth > deepestNesting)
        return inputError(file, "nesting",
                          "more than " + Twine(deepestNesting) + " levels of brackets" + row(),
                          "at most " + Twine(deepestNesting));
    } else if (StringRef(")]}>").contains(c)) {
      depth -= depth > 0;
    } else if (c == '#' || c == '!') {
      isResources &= !rest.starts_with("#-}");
      StringRef name = rest.take_front(1 + rest.drop_front().take_while(isWordChar).size());
      at += name.size() - 1;
      if (text.substr(at + 1).ltrim().starts_with("="))
        aliases.define(name);
      else if (!aliases.use(name))
        return inputError(file, "aliases",
                          "uses that stand for more than " + Twine(mostExpanded) + row(),
                          "at most " + Twine(mostExpanded));
      if (aliases.count() > mostAliases)
        return inputError(file, "aliases", "more than " + Twine(mostAliases) + row(),
                          "at most " + Twine(mostAliases));
    } else if (isWordChar(c)) {
      StringRef word = rest.take_while(isWordChar);
      at += word.size() - 1;
      if (word == "affine_map" || word == "affine_set")
        return inputError(file, "affine", "an affine map" + row(), "none in a network");
      if (depth == 0 && (word == "module" || word == "func.func"))
        aliases.end();
    }
  }
  return Error::success();
}

} // namespace grucc
