//===- ScanMlir.cpp - What MLIR's parser must not see ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/ScanMlir.h"
#include "compiler/frontend/Diagnostic.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace grucc {

constexpr size_t deepestNesting = 128;
constexpr size_t mostAliases = 128;

static bool isWordChar(char c) { return isAlnum(c) || c == '_' || c == '$' || c == '.'; }

Error scanMlir(StringRef text, StringRef file) {
  if (text.starts_with("ML\xefR"))
    return inputError(file, "file", "MLIR bytecode", "MLIR text");
  size_t depth = 0, aliases = 0;
  for (size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    StringRef rest = text.substr(at);
    auto row = [&] { return " at line " + Twine(text.take_front(at).count('\n') + 1).str(); };
    if (rest.starts_with("//")) {
      at += rest.take_until([](char c) { return c == '\n'; }).size();
    } else if (c == '"') {
      for (++at; at < text.size() && text[at] != '"' && text[at] != '\n'; ++at)
        at += text[at] == '\\';
    } else if (rest.starts_with("->")) {
      ++at;
    } else if (StringRef("([{<").contains(c)) {
      if (++depth > deepestNesting)
        return inputError(file, "nesting",
                          "more than " + Twine(deepestNesting) + " levels of brackets" + row(),
                          "at most " + Twine(deepestNesting));
    } else if (StringRef(")]}>").contains(c)) {
      depth -= depth > 0;
    } else if (isWordChar(c) || c == '#' || c == '!') {
      StringRef word = rest.drop_front().take_while(isWordChar);
      at += word.size();
      bool isAlias = (c == '#' || c == '!') && text.substr(at + 1).ltrim().starts_with("=");
      if (isAlias && ++aliases > mostAliases)
        return inputError(file, "aliases", "more than " + Twine(mostAliases) + row(),
                          "at most " + Twine(mostAliases));
      if (c == 'a' && (word == "ffine_map" || word == "ffine_set"))
        return inputError(file, "affine", "an affine map" + row(), "none in a network");
    }
  }
  return Error::success();
}

} // namespace grucc
