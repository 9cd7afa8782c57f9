//===- Syntax.cpp - PTX text taken apart ---------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Syntax.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;

namespace grucc::ptxrun {

std::string quotedText(StringRef text) {
  std::string result = "'";
  for (char c : text.take_front(60))
    if (isPrint(c))
      result += c;
    else
      result += "\\x" + toHex(StringRef(&c, 1));
  return result + (text.size() > 60 ? "...'" : "'");
}

std::string describe(const Token &token) {
  if (token.kind == Token::End)
    return "the end of the text";
  return token.kind == Token::String ? "a string" : quotedText(token.text);
}

Lexer::Lexer(StringRef text, Problem &problem) : rest(text), problem(problem) { advance(); }

void Lexer::fail(const Twine &found, const Twine &expected) {
  problem.set(token.line, found, expected);
  rest = "";
  token.kind = Token::End;
}

Token Lexer::next() {
  Token result = token;
  advance();
  return result;
}

bool Lexer::take(char sign) {
  if (!token.is(sign))
    return false;
  advance();
  return true;
}

bool Lexer::expect(char sign, const Twine &where) {
  if (take(sign))
    return true;
  fail(describe(token), "'" + Twine(sign) + "' " + where);
  return false;
}

void Lexer::skipSpace() {
  while (!rest.empty()) {
    if (rest.front() == '\n')
      ++line;
    if (isSpace(rest.front())) {
      rest = rest.drop_front();
    } else if (rest.starts_with("//")) {
      rest = rest.drop_until([](char c) { return c == '\n'; });
    } else if (rest.starts_with("/*")) {
      size_t end = rest.find("*/", 2);
      if (end == StringRef::npos) {
        token.line = line;
        return fail("a comment without an end", "'*/'");
      }
      line += rest.take_front(end).count('\n');
      rest = rest.drop_front(end + 2);
    } else {
      return;
    }
  }
}

static bool isWordStart(char c) { return isAlpha(c) || c == '_' || c == '$' || c == '%'; }
static bool isWordPart(char c) { return isAlnum(c) || c == '_' || c == '$' || c == '%'; }

void Lexer::readNumber() {
  StringRef digits = rest.take_while(isWordPart);
  token.text = digits;
  rest = rest.drop_front(digits.size());
  auto bits = [&](Token::Kind kind, size_t length) {
    token.kind = kind;
    if (digits.size() != length + 2 || digits.drop_front(2).getAsInteger(16, token.value))
      fail(quotedText(token.text), Twine(length) + " hexadecimal digits");
  };
  if (digits.starts_with_insensitive("0f"))
    return bits(Token::Float32, 8);
  if (digits.starts_with_insensitive("0d"))
    return bits(Token::Float64, 16);
  token.kind = Token::Integer;
  digits.consume_back("U");
  if (digits.getAsInteger(0, token.value))
    fail(quotedText(token.text), "a number of 64 bits");
}

void Lexer::advance() {
  skipSpace();
  if (problem)
    return;
  token = Token();
  token.line = line;
  if (rest.empty())
    return;
  char first = rest.front();
  if (isDigit(first))
    return readNumber();
  if (first == '"') {
    size_t end = rest.find_first_of("\"\n", 1);
    if (end == StringRef::npos || rest[end] == '\n')
      return fail("a string without an end", "'\"' on the same line");
    token.kind = Token::String;
    token.text = rest.slice(1, end);
    rest = rest.drop_front(end + 1);
    return;
  }
  size_t length = 0;
  if (isWordStart(first) || (first == '.' && rest.size() > 1 && isWordStart(rest[1]))) {
    token.kind = Token::Word;
    length = 1;
    while (length < rest.size()) {
      // a.b and L1::no_allocate are one word, a: is a label.
      if (isWordPart(rest[length]))
        ++length;
      else if (rest[length] == '.' && length + 1 < rest.size() && isWordPart(rest[length + 1]))
        length += 2;
      else if (rest.substr(length).starts_with("::"))
        length += 2;
      else
        break;
    }
  } else {
    token.kind = Token::Sign;
    length = 1;
  }
  token.text = rest.take_front(length);
  rest = rest.drop_front(length);
}

static SyntaxOperand parseOperand(Lexer &lexer, bool isInside);

/// `3`, `-3`, `0f3F800000`.
static bool parseNumber(Lexer &lexer, SyntaxOperand &operand) {
  bool isMinus = lexer.take('-');
  Token number = lexer.peek();
  if (number.kind != Token::Integer && number.kind != Token::Float32 &&
      number.kind != Token::Float64)
    return false;
  lexer.next();
  operand.kind = number.kind == Token::Integer   ? SyntaxOperand::Integer
                 : number.kind == Token::Float32 ? SyntaxOperand::Float32
                                                 : SyntaxOperand::Float64;
  operand.value = number.value;
  if (isMinus)
    operand.value = number.kind == Token::Integer   ? 0 - number.value
                    : number.kind == Token::Float32 ? number.value ^ (uint64_t(1) << 31)
                                                    : number.value ^ (uint64_t(1) << 63);
  return true;
}

static SyntaxOperand parseAddress(Lexer &lexer) {
  SyntaxOperand address;
  address.kind = SyntaxOperand::Address;
  if (lexer.peek().kind == Token::Word) {
    address.name = lexer.next().text;
    if (lexer.take('+')) {
      SyntaxOperand offset;
      if (!parseNumber(lexer, offset) || offset.kind != SyntaxOperand::Integer)
        lexer.fail(describe(lexer.peek()), "a whole number after '+'");
      address.value = offset.value;
    } else if (lexer.peek().is('-')) {
      SyntaxOperand offset;
      if (!parseNumber(lexer, offset) || offset.kind != SyntaxOperand::Integer)
        lexer.fail(describe(lexer.peek()), "a whole number after '-'");
      address.value = offset.value;
    }
  } else {
    SyntaxOperand absolute;
    if (!parseNumber(lexer, absolute) || absolute.kind != SyntaxOperand::Integer)
      lexer.fail(describe(lexer.peek()), "a register, a variable or a number in an address");
    address.value = absolute.value;
  }
  lexer.expect(']', "at the end of an address");
  return address;
}

static SyntaxOperand parseVector(Lexer &lexer, bool isInside) {
  SyntaxOperand vector;
  vector.kind = SyntaxOperand::Vector;
  if (isInside)
    lexer.fail("a vector in a vector", "registers and numbers");
  do {
    vector.parts.push_back(parseOperand(lexer, /*isInside=*/true));
    if (vector.parts.size() > 16)
      lexer.fail("more than 16 parts of a vector", "at most 16");
  } while (lexer.take(','));
  lexer.expect('}', "at the end of a vector");
  return vector;
}

static SyntaxOperand parseOperand(Lexer &lexer, bool isInside) {
  if (lexer.take('['))
    return parseAddress(lexer);
  if (lexer.take('{'))
    return parseVector(lexer, isInside);
  SyntaxOperand operand;
  if (lexer.peek().is("_")) {
    lexer.next();
    return operand;
  }
  operand.isNegated = lexer.take('!');
  if (lexer.peek().kind == Token::Word) {
    operand.kind = SyntaxOperand::Name;
    operand.name = lexer.next().text;
    if (lexer.peek().is('+')) {
      lexer.next();
      SyntaxOperand offset;
      if (!parseNumber(lexer, offset) || offset.kind != SyntaxOperand::Integer)
        lexer.fail(describe(lexer.peek()), "a whole number after '+'");
      operand.value = offset.value;
    }
  } else if (operand.isNegated || !parseNumber(lexer, operand)) {
    lexer.fail(describe(lexer.peek()), "an operand");
  }
  return operand;
}

SyntaxStatement parseStatement(Lexer &lexer) {
  SyntaxStatement statement;
  statement.line = lexer.peek().line;
  if (lexer.take('@')) {
    statement.isGuardNegated = lexer.take('!');
    if (lexer.peek().kind != Token::Word)
      lexer.fail(describe(lexer.peek()), "a predicate after '@'");
    statement.guard = lexer.next().text;
  }
  if (lexer.peek().kind != Token::Word)
    lexer.fail(describe(lexer.peek()), "an instruction");
  statement.opcode = lexer.next().text;
  statement.opcode.split(statement.modifiers, '.');
  if (!statement.modifiers.empty()) {
    statement.name = statement.modifiers.front();
    statement.modifiers.erase(statement.modifiers.begin());
  }
  if (lexer.take(';'))
    return statement;
  do {
    statement.operands.push_back(parseOperand(lexer, /*isInside=*/false));
    if (lexer.take('|')) {
      SyntaxOperand pair;
      pair.kind = SyntaxOperand::Pair;
      pair.parts.push_back(std::move(statement.operands.back()));
      pair.parts.push_back(parseOperand(lexer, /*isInside=*/true));
      statement.operands.back() = std::move(pair);
    }
    if (statement.operands.size() > 16)
      lexer.fail("more than 16 operands", "at most 16");
  } while (lexer.take(','));
  lexer.expect(';', "at the end of an instruction");
  return statement;
}

} // namespace grucc::ptxrun
