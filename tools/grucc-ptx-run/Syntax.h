//===- Syntax.h - PTX text taken apart -----------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// Tokens, and statements made of them: what stands there, not what it means.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_SYNTAX_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_SYNTAX_H

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include <cstdint>
#include <string>
#include <vector>

namespace grucc::ptxrun {

struct Token {
  enum Kind {
    End,
    Word,    ///< add.s32, %r1, .reg, $L__BB0_1
    Integer, ///< 12, 0x1F, 7U
    Float32, ///< 0f3F800000; value holds the bits
    Float64, ///< 0d3FF0000000000000
    String,  ///< text between the quotes
    Sign     ///< one character
  } kind = End;
  llvm::StringRef text;
  uint64_t value = 0;
  uint32_t line = 1;
  bool is(char sign) const { return kind == Sign && text.front() == sign; }
  bool is(llvm::StringRef word) const { return kind == Word && text == word; }
};

/// The first thing that is wrong with a text; what comes later is not looked at.
struct Problem {
  uint32_t line = 0;
  std::string found, expected;
  explicit operator bool() const { return line != 0; }
  void set(uint32_t at, const llvm::Twine &what, const llvm::Twine &wanted) {
    if (line)
      return;
    line = at;
    found = what.str();
    expected = wanted.str();
  }
};

/// Splits text into tokens, one at a time. At the first problem it ends.
class Lexer {
public:
  Lexer(llvm::StringRef text, Problem &problem);
  const Token &peek() const { return token; }
  Token next();
  bool isLabel() const { return token.kind == Token::Word && rest.ltrim(" \t").starts_with(":"); }
  bool take(char sign);
  /// Takes the sign, or sets the problem.
  bool expect(char sign, const llvm::Twine &where);
  void fail(const llvm::Twine &found, const llvm::Twine &expected);

private:
  void advance();
  void skipSpace();
  void readNumber();
  llvm::StringRef rest;
  uint32_t line = 1;
  Token token;
  Problem &problem;
};

/// `'text'`, shortened, control characters as \xNN.
std::string quotedText(llvm::StringRef text);
/// The token for a message.
std::string describe(const Token &token);

struct SyntaxOperand {
  enum Kind {
    Name,    ///< register, symbol or label; with an offset in an address
    Integer, ///< value
    Float32,
    Float64,
    Address, ///< [name + value], or [value]
    Vector,  ///< {a, b, ...}
    Pair,    ///< a | b
    Sink     ///< _
  } kind = Sink;
  llvm::StringRef name;
  uint64_t value = 0;     ///< number, or offset
  bool isNegated = false; ///< !%p1
  std::vector<SyntaxOperand> parts;
};

struct SyntaxStatement {
  uint32_t line = 0;
  llvm::StringRef guard; ///< %p1 of @%p1; empty: none
  bool isGuardNegated = false;
  llvm::StringRef opcode, name;                    ///< add.s32, add
  llvm::SmallVector<llvm::StringRef, 8> modifiers; ///< s32
  std::vector<SyntaxOperand> operands;
};

/// Reads `@%p1 add.s32 %r1, %r2, 3;`, its first token still to come.
SyntaxStatement parseStatement(Lexer &lexer);

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_SYNTAX_H
