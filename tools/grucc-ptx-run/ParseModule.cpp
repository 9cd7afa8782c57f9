//===- ParseModule.cpp - The text of a module ----------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace grucc::ptxrun {
namespace {

/// Of all variables of a module; a text could claim any number of them.
constexpr uint64_t mostVariableBytes = uint64_t(1) << 30;

class ModuleParser {
public:
  ModuleParser(StringRef text, Program &program, PlaceVariable place, Problem &problem)
      : lexer(text, problem), program(program), place(place), problem(problem) {}

  void parse() {
    parseHeader();
    while (!problem && lexer.peek().kind != Token::End)
      parseTop();
  }

private:
  void parseHeader();
  void parseTop();
  void parseVariables(StringRef space);
  void parseEntry();
  std::optional<Symbol> find(StringRef name) const;

  Lexer lexer;
  Program &program;
  PlaceVariable place;
  Problem &problem;
  StringMap<SharedVariable> shared;
  StringSet<> names;
  uint64_t variableBytes = 0;
};

/// `.version 7.1 .target sm_80 .address_size 64`
void ModuleParser::parseHeader() {
  auto expectWord = [&](StringRef word) {
    if (lexer.peek().is(word))
      return lexer.next(), true;
    lexer.fail(describe(lexer.peek()), "'" + word + "'");
    return false;
  };
  if (!expectWord(".version"))
    return;
  while (lexer.peek().kind == Token::Integer || lexer.peek().is('.'))
    lexer.next();
  if (!expectWord(".target"))
    return;
  Token target = lexer.next();
  if (target.kind != Token::Word || !target.text.starts_with("sm_"))
    return lexer.fail(describe(target), "a target such as sm_80");
  program.target = target.text.str();
  while (lexer.take(','))
    lexer.next();
  if (!lexer.peek().is(".address_size"))
    return;
  lexer.next();
  Token size = lexer.next();
  if (size.kind != Token::Integer || size.value != 64)
    lexer.fail(describe(size), "addresses of 64 bits");
}

void ModuleParser::parseVariables(StringRef space) {
  do {
    Declaration given = parseDeclaration(lexer, /*isParameter=*/false);
    if (problem)
      return;
    if (!names.insert(given.name).second)
      return problem.set(given.line, "a second " + quotedText(given.name), "one");
    if (space == ".shared") {
      if (!given.initial.empty())
        return problem.set(given.line, "first values of shared memory", "none");
      shared[given.name] = {given.size, given.align, given.isUnsized};
      continue;
    }
    if (given.isUnsized)
      return problem.set(given.line, quotedText(given.name) + " without a size", "one");
    variableBytes = SaturatingAdd(variableBytes, given.size);
    if (variableBytes > mostVariableBytes)
      return problem.set(given.line, "more than 2^30 bytes of variables",
                         "memory that the host allocates");
    Variable variable = {given.name.str(), given.size, given.align, space == ".const",
                         std::move(given.initial)};
    if (Error error = place(variable))
      return problem.set(given.line, toString(std::move(error)), "memory for the variable");
    program.variables.push_back(std::move(variable));
  } while (lexer.take(','));
  lexer.expect(';', "behind a variable");
}

std::optional<Symbol> ModuleParser::find(StringRef name) const {
  for (const Variable &variable : program.variables)
    if (variable.name == name)
      return Symbol{Symbol::Constant, variable.address, 64};
  return std::nullopt;
}

static uint32_t mostSharedBytes(StringRef target) {
  StringRef digits = target.drop_front(3).take_while(isDigit);
  return 1024 * StringSwitch<uint32_t>(digits)
                    .Cases({"70", "72"}, 96)
                    .Case("75", 64)
                    .Cases({"80", "87"}, 163)
                    .Cases({"86", "89", "120", "121"}, 99)
                    .Default(227);
}

void ModuleParser::parseEntry() {
  Token name = lexer.next();
  if (name.kind != Token::Word)
    return lexer.fail(describe(name), "a kernel's name");
  if (!names.insert(name.text).second)
    return problem.set(name.line, "a second " + quotedText(name.text), "one");
  Function function{};
  function.kernel.name = name.text.str();
  function.kernel.line = name.line;
  function.kernel.index = static_cast<uint32_t>(program.functions.size());
  function.mostSharedBytes = mostSharedBytes(program.target);
  FunctionParser parser(lexer, function, program, problem, shared,
                        [this](StringRef wanted) { return find(wanted); });
  parser.parse();
  program.kernels.push_back(function.kernel);
  program.functions.push_back(std::move(function));
}

void ModuleParser::parseTop() {
  if (lexer.take(';') || skipDirective(lexer))
    return;
  Token word = lexer.next();
  while (word.is(".visible") || word.is(".extern") || word.is(".weak"))
    word = lexer.next();
  if (word.is(".entry"))
    return parseEntry();
  if (word.is(".shared") || word.is(".global") || word.is(".const"))
    return parseVariables(word.text);
  problem.set(word.line, describe(word), "a .entry or a variable");
}

} // namespace

Expected<std::unique_ptr<Program>> parseProgram(StringRef text, PlaceVariable place) {
  auto program = std::make_unique<Program>();
  Problem problem;
  text = text.rtrim('\0');
  if (size_t zero = text.find('\0'); zero != StringRef::npos)
    problem.set(static_cast<uint32_t>(text.take_front(zero).count('\n') + 1), "a NUL byte", "text");
  else
    ModuleParser(text, *program, place, problem).parse();
  if (problem)
    return createStringError("line " + Twine(problem.line) + ": found " + problem.found +
                             ", expected " + problem.expected);
  return program;
}

} // namespace grucc::ptxrun
