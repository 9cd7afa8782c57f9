//===- Decoder.cpp - One statement becomes one instruction ---------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decoder.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;

namespace grucc::ptxrun {

Slot newSlot(Function &function, unsigned bits, bool isRegister) {
  Slot slot = static_cast<Slot>(function.slots.size());
  function.slots.push_back({static_cast<uint8_t>(bits), isRegister});
  if (bits == 64)
    function.slots.push_back({});
  return slot;
}

void Decoder::fail(const Twine &found, const Twine &expected) {
  problem.set(statement->line, found, expected);
}

void Decoder::refuse() {
  fail(quotedText(statement->opcode), "an instruction that this machine implements");
}

bool Decoder::take(StringRef modifier) {
  auto *found = llvm::find(statement->modifiers, modifier);
  if (found == statement->modifiers.end())
    return false;
  statement->modifiers.erase(found);
  return true;
}

Type Decoder::takeType() {
  for (StringRef *it = statement->modifiers.begin(); it != statement->modifiers.end(); ++it)
    if (Type type = typeOf(*it); type != Type::None) {
      statement->modifiers.erase(it);
      return type;
    }
  return Type::None;
}

std::optional<unsigned> Decoder::takeOneOf(ArrayRef<StringRef> modifiers) {
  for (StringRef *it = statement->modifiers.begin(); it != statement->modifiers.end(); ++it)
    if (const StringRef *found = llvm::find(modifiers, *it); found != modifiers.end()) {
      statement->modifiers.erase(it);
      return found - modifiers.begin();
    }
  return std::nullopt;
}

Scope Decoder::takeScope(Scope otherwise) {
  std::optional<unsigned> scope = takeOneOf({"cta", "gpu", "sys"});
  return scope ? static_cast<Scope>(*scope) : otherwise;
}

Space Decoder::takeSpace() {
  if (take("shared::cta"))
    return Space::Shared;
  if (take("param::entry"))
    return Space::Param;
  return static_cast<Space>(
      takeOneOf({"generic", "global", "shared", "const", "param"}).value_or(0));
}

Rounding Decoder::takeRounding() {
  std::optional<unsigned> rounding = takeOneOf({"rn", "rz", "rm", "rp"});
  return rounding ? static_cast<Rounding>(*rounding + 1) : Rounding::None;
}

void Decoder::takeFloatModifiers() {
  inst.flushes = take("ftz");
  inst.saturates = take("sat");
}

void Decoder::ignoreModifiers(StringRef prefix) {
  llvm::erase_if(statement->modifiers, [&](StringRef it) { return it.starts_with(prefix); });
}

bool Decoder::expectOperands(size_t least, size_t most) {
  size_t count = numOperands();
  if (count >= least && count <= most)
    return true;
  fail(Twine(count) + " operands of " + quotedText(statement->opcode),
       least == most ? Twine(least) : Twine(least) + " to " + Twine(most));
  // So that the operands can be asked for.
  statement->operands.resize(std::max(most, count));
  return false;
}

void Decoder::perform(Handler handler, Work work) {
  inst.run = handler;
  inst.work = work;
  if (!handler)
    refuse();
}

void Decoder::decode(SyntaxStatement &given) {
  statement = &given;
  inst = Instruction();
  inst.line = given.line;
  destSlots.clear();
  sourceSlots.clear();
  if (!given.guard.empty()) {
    SyntaxOperand guard;
    guard.kind = SyntaxOperand::Name;
    guard.name = given.guard;
    inst.guard = sourceSlot(guard, Type::Pred);
    inst.isGuardNegated = given.isGuardNegated;
  }
  static constexpr Decode (*finders[])(StringRef) = {
      findArithmetic, findInteger, findBits,   findSelection, findConversion,
      findSpecial,    findMove,    findAccess, findAtomic,    findAsyncCopy,
      findExchange,   findMatrix,  findControl};
  Decode found = nullptr;
  for (auto *finder : finders)
    if (!found)
      found = finder(given.name);
  if (!found)
    return refuse();
  found(*this);
  if (hasModifiers())
    refuse();
  inst.operands = static_cast<uint32_t>(function.operands.size());
  inst.dests = static_cast<uint8_t>(destSlots.size());
  inst.sources = static_cast<uint8_t>(sourceSlots.size());
  llvm::append_range(function.operands, destSlots);
  llvm::append_range(function.operands, sourceSlots);
  function.code.push_back(inst);
}

} // namespace grucc::ptxrun
