//===- ParseFunction.cpp - The body of one .entry ------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parser.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace grucc::ptxrun {

static constexpr uint64_t mostParameterBytes = 32764, mostRegisters = 1 << 20;
static constexpr size_t deepestScope = 64;

bool FunctionParser::declare(StringRef name, uint32_t line, Symbol symbol) {
  bool isNew = scopes.back().names.try_emplace(name, symbol).second;
  if (!isNew)
    problem.set(line, "a second " + quotedText(name), "one");
  return isNew;
}

static Symbol registerOf(Function &function, unsigned bits) {
  return {Symbol::Register, newSlot(function, bits, /*isRegister=*/true), bits};
}

std::optional<Symbol> FunctionParser::findSpecial(StringRef name) {
  static constexpr StringRef names[] = {"%tid.x",       "%tid.y",       "%tid.z",
                                        "%ntid.x",      "%ntid.y",      "%ntid.z",
                                        "%ctaid.x",     "%ctaid.y",     "%ctaid.z",
                                        "%nctaid.x",    "%nctaid.y",    "%nctaid.z",
                                        "%laneid",      "%warpid",      "%nwarpid",
                                        "%lanemask_eq", "%lanemask_le", "%lanemask_lt",
                                        "%lanemask_ge", "%lanemask_gt", "%dynamic_smem_size"};
  if (name == "WARP_SZ")
    return Symbol{Symbol::Constant, warpSize, 32};
  const StringRef *found = llvm::find(names, name);
  if (found == std::end(names))
    return std::nullopt;
  Slot slot = newSlot(function, 32, /*isRegister=*/false);
  function.specials.push_back({static_cast<Special>(found - names), slot});
  Symbol symbol = {Symbol::Register, slot, 32};
  scopes.front().names[name] = symbol;
  return symbol;
}

std::optional<Symbol> FunctionParser::find(StringRef name, uint32_t) {
  StringRef prefix = name.rtrim("0123456789"), digits = name.drop_front(prefix.size());
  uint64_t number = 0;
  bool isNumbered = !digits.empty() && !digits.getAsInteger(10, number) &&
                    (digits == "0" || !digits.starts_with("0"));
  for (ScopeNames &scope : reverse(scopes)) {
    if (auto found = scope.names.find(name); found != scope.names.end())
      return found->second;
    if (!isNumbered)
      continue;
    auto range = scope.ranges.find(prefix);
    if (range != scope.ranges.end() && number < range->second.count)
      return scope.names[name] = registerOf(function, range->second.bits);
  }
  if (auto shared = sharedOutside.find(name); shared != sharedOutside.end()) {
    addShared(name, shared->second, scopes.front());
    return scopes.front().names[name];
  }
  if (std::optional<Symbol> special = findSpecial(name))
    return special;
  return outer(name);
}

void FunctionParser::jump(StringRef label, uint32_t instruction, uint32_t line) {
  jumps.push_back({label, instruction, line});
}

void FunctionParser::addShared(StringRef name, SharedVariable variable, ScopeNames &scope) {
  if (variable.isUnsized) {
    scope.names[name] = {Symbol::Dynamic, 0, 64};
    // Dynamic memory begins at the alignment that any of its names wants.
    function.kernel.sharedBytes = std::max<uint32_t>(function.kernel.sharedBytes, variable.align);
    return;
  }
  sharedBytes = alignTo(sharedBytes, variable.align);
  scope.names[name] = {Symbol::Constant, sharedBase + sharedBytes, 64};
  sharedBytes += variable.size;
  if (sharedBytes > uint64_t(1) << 30)
    lexer.fail("more than 2^30 bytes of shared memory", "what a block can have");
}

void FunctionParser::parseParameters() {
  if (!lexer.take('('))
    return;
  uint64_t offset = 0;
  while (!lexer.take(')')) {
    if (!lexer.peek().is(".param"))
      return lexer.fail(describe(lexer.peek()), "'.param'");
    lexer.next();
    Declaration given = parseDeclaration(lexer, /*isParameter=*/true);
    if (problem)
      return;
    offset = alignTo(offset, given.align);
    if (given.isUnsized || given.size == 0 || given.size > mostParameterBytes ||
        offset + given.size > mostParameterBytes)
      return lexer.fail("parameter " + quotedText(given.name) + " of " + Twine(given.size) +
                            " bytes",
                        "1 to " + Twine(mostParameterBytes) + " bytes in all");
    if (!declare(given.name, given.line,
                 {Symbol::Parameter, offset, static_cast<unsigned>(given.size * 8)}))
      return;
    function.kernel.parameters.push_back({given.name.str(), static_cast<uint32_t>(offset),
                                          static_cast<uint32_t>(given.size),
                                          static_cast<uint32_t>(given.align), given.isPointer});
    offset += given.size;
    if (!lexer.take(',') && !lexer.peek().is(')'))
      return lexer.fail(describe(lexer.peek()), "',' or ')' behind a parameter");
  }
  function.kernel.parameterBytes = static_cast<uint32_t>(offset);
}

void FunctionParser::parseExtent(Extent &extent, size_t &count) {
  uint64_t *sides[] = {&extent.x, &extent.y, &extent.z};
  count = 0;
  do {
    Token number = lexer.next();
    if (number.kind != Token::Integer || number.value == 0 || number.value > 65535 || count == 3)
      return lexer.fail(describe(number), "up to 3 numbers from 1 to 65535");
    *sides[count++] = number.value;
  } while (lexer.take(','));
}

void FunctionParser::parseAttributes() {
  Kernel &kernel = function.kernel;
  kernel.requiredBlock = {0, 0, 0};
  while (lexer.peek().kind == Token::Word) {
    StringRef word = lexer.peek().text;
    if (skipDirective(lexer))
      continue;
    if (word != ".maxntid" && word != ".reqntid" && word != ".minnctapersm" && word != ".maxnreg")
      return lexer.fail(quotedText(word), "an attribute of kernels that this machine implements");
    lexer.next();
    Extent extent;
    size_t count = 0;
    parseExtent(extent, count);
    if (word == ".maxntid")
      kernel.maxThreads = static_cast<uint32_t>(std::min<uint64_t>(extent.count(), 1024));
    if (word == ".reqntid")
      kernel.requiredBlock = extent;
  }
}

void FunctionParser::parseRegisters() {
  Token type = lexer.next();
  unsigned bits = StringSwitch<unsigned>(type.text)
                      .Case(".pred", 1)
                      .Cases({".b16", ".u16", ".s16", ".f16", ".bf16"}, 16)
                      .Cases({".b32", ".u32", ".s32", ".f32", ".f16x2", ".bf16x2"}, 32)
                      .Cases({".b64", ".u64", ".s64", ".f64"}, 64)
                      .Default(0);
  if (!bits)
    return lexer.fail("registers of type " + describe(type), "pred, or 16, 32 or 64 bits");
  do {
    Token name = lexer.next();
    if (name.kind != Token::Word)
      return lexer.fail(describe(name), "a register's name");
    if (!lexer.take('<')) {
      if (declare(name.text, name.line, registerOf(function, bits)))
        continue;
      return;
    }
    Token count = lexer.next();
    if (count.kind != Token::Integer || count.value > mostRegisters)
      return lexer.fail(describe(count), "at most " + Twine(mostRegisters) + " registers");
    lexer.expect('>', "behind a number of registers");
    if (!scopes.back().ranges.try_emplace(name.text, Range{bits, count.value}).second)
      return lexer.fail("a second " + quotedText(name.text), "one");
  } while (lexer.take(','));
  lexer.expect(';', "behind registers");
}

void FunctionParser::parseShared() {
  do {
    Declaration given = parseDeclaration(lexer, /*isParameter=*/false);
    if (!problem && !given.initial.empty())
      return lexer.fail("first values of shared memory", "none");
    if (problem || !declare(given.name, given.line, {Symbol::Constant, 0, 64}))
      return;
    addShared(given.name, {given.size, given.align, given.isUnsized}, scopes.back());
  } while (lexer.take(','));
  lexer.expect(';', "behind a variable");
}

void FunctionParser::parseDirective() {
  if (lexer.peek().is(".pragma")) {
    if (std::optional<uint32_t> mask = parsePragma(lexer))
      usedBytes = mask;
    return;
  }
  if (skipDirective(lexer))
    return;
  Token word = lexer.next();
  if (word.text == ".reg")
    return parseRegisters();
  if (word.text == ".shared")
    return parseShared();
  problem.set(word.line, quotedText(word.text), ".reg, .shared or an instruction");
  lexer.fail("", "");
}

void FunctionParser::noteSync(const SyntaxStatement &statement) {
  const Instruction &inst = function.code.back();
  bool isAccess = statement.name == "ld" || statement.name == "st";
  bool isDropped = inst.work == Work::Sync && statement.name != "nanosleep";
  bool isOrdering = inst.order > Order::Relaxed;
  if (!isDropped && !isOrdering && (!isAccess || inst.order == Order::Weak))
    return;
  Order weakened = isOrdering ? Order::Relaxed : Order::Weak;
  program.syncPlaces.push_back({static_cast<uint32_t>(program.functions.size()),
                                static_cast<uint32_t>(function.code.size() - 1), isDropped,
                                weakened});
  program.syncs.push_back(
      {function.kernel.name, statement.opcode.str(), statement.line, isDropped,
       isDropped ? "nothing" : statement.name.str() + (isOrdering ? ".relaxed" : ".weak")});
}

void FunctionParser::parseBody() {
  if (!lexer.expect('{', "at the beginning of a kernel"))
    return;
  size_t outside = scopes.size();
  scopes.emplace_back();
  while (!problem && scopes.size() > outside) {
    const Token &token = lexer.peek();
    if (token.is('{') && scopes.size() < deepestScope) {
      lexer.next();
      scopes.emplace_back();
    } else if (lexer.take('}')) {
      scopes.pop_back();
    } else if (lexer.take(';')) {
      continue;
    } else if (token.kind == Token::Word && token.text.starts_with(".")) {
      parseDirective();
    } else if (token.is('@') || token.kind == Token::Word) {
      if (lexer.isLabel()) {
        StringRef label = lexer.next().text;
        lexer.expect(':', "behind a label");
        if (!labels.try_emplace(label, static_cast<uint32_t>(function.code.size())).second)
          lexer.fail("a second label " + quotedText(label), "one");
        continue;
      }
      SyntaxStatement statement = parseStatement(lexer);
      if (problem)
        return;
      decoder.decode(statement);
      if (problem)
        return;
      if (usedBytes && statement.name == "ld")
        function.code.back().usedBytes = *usedBytes;
      usedBytes.reset();
      noteSync(statement);
    } else {
      lexer.fail(describe(token), "an instruction or '}'");
    }
  }
}

void FunctionParser::finish() {
  for (const Jump &jump : jumps) {
    auto found = labels.find(jump.label);
    if (found == labels.end())
      return problem.set(jump.line, quotedText(jump.label), "a label of the kernel");
    function.code[jump.instruction].target = found->second;
  }
  // The end of the text is an end of the kernel.
  Instruction end;
  end.run = runNothing;
  end.flow = Flow::Exit;
  end.work = Work::Branch;
  end.line = function.code.empty() ? function.kernel.line : function.code.back().line;
  function.code.push_back(end);
  uint64_t dynamicAlign = std::max<uint64_t>(function.kernel.sharedBytes, 1);
  function.kernel.sharedBytes = static_cast<uint32_t>(alignTo(sharedBytes, dynamicAlign));
  for (Constant &constant : function.constants)
    if (constant.isDynamic)
      constant.value += sharedBase + function.kernel.sharedBytes;
  for (const Instruction &inst : function.code)
    function.meetsOtherBlocks |= inst.order != Order::Weak && inst.space != Space::Shared;
  if (std::optional<UndefinedRead> read = analyseRegisters(function))
    problem.set(read->line, "element " + Twine(read->element) + " of a load, which is read later",
                "it unread, as used_bytes_mask says");
}

void FunctionParser::parse() {
  scopes.emplace_back();
  parseParameters();
  if (!problem)
    parseAttributes();
  if (!problem)
    parseBody();
  if (!problem)
    finish();
}

} // namespace grucc::ptxrun
