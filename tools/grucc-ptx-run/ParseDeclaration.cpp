//===- ParseDeclaration.cpp - Variables, parameters, and what is skipped -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parser.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace llvm;

namespace grucc::ptxrun {

static unsigned elementBytes(StringRef type) {
  return StringSwitch<unsigned>(type)
      .Cases({".b8", ".u8", ".s8"}, 1)
      .Cases({".b16", ".u16", ".s16", ".f16", ".bf16"}, 2)
      .Cases({".b32", ".u32", ".s32", ".f32", ".f16x2", ".bf16x2"}, 4)
      .Cases({".b64", ".u64", ".s64", ".f64"}, 8)
      .Default(0);
}

static uint64_t parseInteger(Lexer &lexer, uint64_t most, const Twine &what) {
  Token number = lexer.peek();
  if (number.kind != Token::Integer || number.value > most) {
    lexer.fail(describe(number), what + " from 0 to " + Twine(most));
    return 0;
  }
  lexer.next();
  return number.value;
}

/// Bytes of `{1, 0f3F800000, -2}` or of one number.
static void parseInitial(Lexer &lexer, Declaration &declaration) {
  bool isList = lexer.take('{');
  unsigned bytes = declaration.elementBytes;
  do {
    bool isMinus = lexer.take('-');
    Token number = lexer.peek();
    bool isNumber = number.kind == Token::Integer ||
                    (number.kind == Token::Float32 && bytes == 4) ||
                    (number.kind == Token::Float64 && bytes == 8);
    if (!isNumber || (isMinus && number.kind != Token::Integer))
      return lexer.fail(describe(number), "a number to begin with");
    lexer.next();
    if (declaration.initial.size() + bytes > declaration.size)
      return lexer.fail("more numbers than " + quotedText(declaration.name) + " has room for",
                        Twine(declaration.size / bytes));
    uint64_t value = isMinus ? 0 - number.value : number.value;
    const char *first = reinterpret_cast<const char *>(&value); // little endian, as the device
    declaration.initial.insert(declaration.initial.end(), first, first + bytes);
  } while (isList && lexer.take(','));
  if (isList)
    lexer.expect('}', "at the end of numbers");
}

Declaration parseDeclaration(Lexer &lexer, bool isParameter) {
  Declaration declaration;
  uint64_t align = 0;
  while (lexer.peek().kind == Token::Word && lexer.peek().text.starts_with(".")) {
    Token word = lexer.next();
    if (word.text == ".align") {
      uint64_t given = parseInteger(lexer, 1 << 16, "an alignment");
      if (!isPowerOf2_64(given))
        lexer.fail(Twine(given), "a power of two");
      // Behind .ptr it is that of what the pointer points to.
      if (!declaration.isPointer)
        align = given;
    } else if (word.text == ".ptr" && isParameter) {
      declaration.isPointer = true;
    } else if (isParameter && declaration.isPointer &&
               (word.text == ".global" || word.text == ".shared" || word.text == ".const" ||
                word.text == ".local")) {
      continue;
    } else if (unsigned bytes = elementBytes(word.text)) {
      declaration.elementBytes = bytes;
    } else {
      lexer.fail(quotedText(word.text), "a type of 8, 16, 32 or 64 bits");
    }
  }
  Token name = lexer.peek();
  declaration.line = name.line;
  if (name.kind != Token::Word || !declaration.elementBytes) {
    lexer.fail(describe(name), declaration.elementBytes ? "a name" : "a type");
    return declaration;
  }
  declaration.name = lexer.next().text;
  declaration.size = declaration.elementBytes;
  declaration.align = std::max<uint64_t>(align, declaration.elementBytes);
  while (lexer.take('[')) {
    declaration.isArray = true;
    if (lexer.take(']')) {
      declaration.isUnsized = true;
      declaration.size = 0;
      continue;
    }
    uint64_t count = parseInteger(lexer, uint64_t(1) << 40, "a size");
    lexer.expect(']', "behind a size");
    declaration.size = SaturatingMultiply(declaration.size, count);
    if (declaration.size > uint64_t(1) << 40)
      lexer.fail("a variable of too many bytes", "at most 2^40");
  }
  if (!isParameter && lexer.take('='))
    parseInitial(lexer, declaration);
  return declaration;
}

std::optional<uint32_t> parsePragma(Lexer &lexer) {
  std::optional<uint32_t> usedBytes;
  lexer.next();
  while (lexer.peek().kind == Token::String || lexer.peek().is(',')) {
    Token token = lexer.next();
    StringRef mask = token.text;
    uint32_t bytes = 0;
    if (token.kind != Token::String || !mask.consume_front("used_bytes_mask"))
      continue;
    if (mask.trim().getAsInteger(0, bytes))
      lexer.fail("a mask of " + quotedText(mask), "a number of 32 bits");
    usedBytes = bytes;
  }
  lexer.expect(';', "behind .pragma");
  return usedBytes;
}

bool skipDirective(Lexer &lexer) {
  StringRef word = lexer.peek().text;
  uint32_t line = lexer.peek().line;
  if (word == ".loc" || word == ".file") {
    while (lexer.peek().kind != Token::End && lexer.peek().line == line)
      lexer.next();
    return true;
  }
  if (word == ".pragma") {
    parsePragma(lexer);
    return true;
  }
  if (word != ".section")
    return false;
  lexer.next();
  while (lexer.peek().kind != Token::End && !lexer.peek().is('{'))
    lexer.next();
  lexer.expect('{', "of a .section");
  while (lexer.peek().kind != Token::End && !lexer.peek().is('}'))
    lexer.next();
  lexer.expect('}', "at the end of a .section");
  return true;
}

} // namespace grucc::ptxrun
