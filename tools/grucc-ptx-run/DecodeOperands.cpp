//===- DecodeOperands.cpp - Registers, numbers, addresses and labels ------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Decoder.h"

using namespace llvm;

namespace grucc::ptxrun {

std::optional<Symbol> Decoder::find(const SyntaxOperand &operand) {
  if (std::optional<Symbol> symbol = names.find(operand.name, statement->line))
    return symbol;
  fail(quotedText(operand.name), "a register or variable that is declared");
  return std::nullopt;
}

unsigned Decoder::registerBits(const SyntaxOperand &operand) {
  if (operand.kind != SyntaxOperand::Name)
    return 0;
  std::optional<Symbol> symbol = names.find(operand.name, statement->line);
  return symbol && symbol->kind == Symbol::Register ? symbol->bits : 0;
}

/// 8- and 16-bit values stand in registers of 16 or 32 bits; else widths are equal.
static bool fits(unsigned registerBits, Type type) {
  unsigned bits = bitsOf(type);
  return bits == registerBits ||
         (bits <= 16 && bits > 1 && registerBits > bits && registerBits <= 32);
}

void Decoder::dest(const SyntaxOperand &operand, Type type) {
  if (operand.kind == SyntaxOperand::Sink) {
    if (sinkSlot == noSlot)
      sinkSlot = newSlot(function, 64, /*isRegister=*/false);
    return destSlots.push_back(sinkSlot);
  }
  if (operand.kind != SyntaxOperand::Name || operand.isNegated || operand.value)
    return fail("no register", "one to write to");
  std::optional<Symbol> symbol = find(operand);
  if (!symbol)
    return;
  if (symbol->kind != Symbol::Register || !function.slots[symbol->value].isRegister)
    return fail(quotedText(operand.name), "a register to write to");
  if (!fits(symbol->bits, type))
    return fail("register " + quotedText(operand.name) + " of " + Twine(symbol->bits) + " bits",
                Twine(bitsOf(type)) + " bits");
  destSlots.push_back(static_cast<Slot>(symbol->value));
}

Slot Decoder::constant(uint64_t value, bool isWide, bool isDynamic) {
  auto [place, isNew] = constantSlots.try_emplace({value, isWide + 2 * isDynamic}, noSlot);
  if (isNew) {
    place->second = newSlot(function, isWide ? 64 : 32, /*isRegister=*/false);
    function.constants.push_back({place->second, value, isWide, isDynamic});
  }
  return place->second;
}

Slot Decoder::sourceSlot(const SyntaxOperand &operand, Type type) {
  bool isWide = bitsOf(type) == 64;
  switch (operand.kind) {
  case SyntaxOperand::Integer:
    if (type == Type::F32 || type == Type::F64)
      break;
    if (type == Type::Pred)
      return constant(operand.value ? ~0u : 0, false);
    return constant(isWide ? operand.value : operand.value & 0xffffffff, isWide);
  case SyntaxOperand::Float32:
    if (bitsOf(type) != 32)
      break;
    return constant(operand.value, false);
  case SyntaxOperand::Float64:
    if (bitsOf(type) != 64)
      break;
    return constant(operand.value, true);
  case SyntaxOperand::Name: {
    std::optional<Symbol> symbol = find(operand);
    if (!symbol)
      return 0;
    if (symbol->kind == Symbol::Constant || symbol->kind == Symbol::Dynamic)
      return constant(symbol->value + operand.value, isWide, symbol->kind == Symbol::Dynamic);
    if (symbol->kind != Symbol::Register || operand.value)
      break;
    if (!fits(symbol->bits, type)) {
      fail("register " + quotedText(operand.name) + " of " + Twine(symbol->bits) + " bits",
           Twine(bitsOf(type)) + " bits");
      return 0;
    }
    if (operand.isNegated && type != Type::Pred)
      break;
    inst.isSourceNegated |= operand.isNegated;
    return static_cast<Slot>(symbol->value);
  }
  default:
    break;
  }
  fail("another operand of " + quotedText(statement->opcode), "a register or number of its type");
  return 0;
}

void Decoder::source(const SyntaxOperand &operand, Type type) {
  sourceSlots.push_back(sourceSlot(operand, type));
}

void Decoder::dests(size_t i, Type type, size_t count) {
  const SyntaxOperand &vector = operand(i);
  if (vector.kind != SyntaxOperand::Vector && count == 1)
    return dest(vector, type);
  if (vector.kind != SyntaxOperand::Vector || vector.parts.size() != count)
    return fail("operand " + Twine(i + 1) + " of " + quotedText(statement->opcode),
                "a vector of " + Twine(count));
  for (const SyntaxOperand &part : vector.parts)
    dest(part, type);
}

void Decoder::sources(size_t i, Type type, size_t count) {
  const SyntaxOperand &vector = operand(i);
  if (vector.kind != SyntaxOperand::Vector && count == 1)
    return source(vector, type);
  if (vector.kind != SyntaxOperand::Vector || vector.parts.size() != count)
    return fail("operand " + Twine(i + 1) + " of " + quotedText(statement->opcode),
                "a vector of " + Twine(count));
  for (const SyntaxOperand &part : vector.parts)
    source(part, type);
}

void Decoder::address(size_t i) {
  const SyntaxOperand &address = operand(i);
  if (address.kind != SyntaxOperand::Address)
    return fail("operand " + Twine(i + 1) + " of " + quotedText(statement->opcode), "an address");
  inst.immediate = address.value;
  if (address.name.empty()) {
    inst.isWideAddress = true;
    return sourceSlots.push_back(constant(0, true));
  }
  std::optional<Symbol> symbol = find(address);
  if (!symbol)
    return;
  if (symbol->kind == Symbol::Constant || symbol->kind == Symbol::Dynamic) {
    inst.isWideAddress = true;
    return sourceSlots.push_back(constant(symbol->value, true, symbol->kind == Symbol::Dynamic));
  }
  if (symbol->kind == Symbol::Parameter || symbol->bits < 32)
    return fail(quotedText(address.name), "a register of 32 or 64 bits in an address");
  inst.isWideAddress = symbol->bits == 64;
  sourceSlots.push_back(static_cast<Slot>(symbol->value));
}

void Decoder::swapLastSources() {
  size_t count = sourceSlots.size();
  if (count > 1)
    std::swap(sourceSlots[count - 2], sourceSlots[count - 1]);
}

void Decoder::parameter(size_t i, unsigned bytes) {
  const SyntaxOperand &address = operand(i);
  if (address.kind != SyntaxOperand::Address || address.name.empty())
    return fail("operand " + Twine(i + 1) + " of " + quotedText(statement->opcode),
                "a parameter's address");
  std::optional<Symbol> symbol = find(address);
  if (!symbol)
    return;
  if (symbol->kind != Symbol::Parameter)
    return fail(quotedText(address.name), "a parameter");
  uint64_t size = symbol->bits / 8;
  if (address.value > size || bytes > size - address.value)
    return fail(Twine(bytes) + " bytes from byte " + Twine(address.value) + " of " +
                    quotedText(address.name),
                "at most its " + Twine(size));
  inst.immediate = symbol->value + address.value;
}

uint64_t Decoder::number(size_t i, uint64_t most) {
  const SyntaxOperand &given = operand(i);
  if (given.kind != SyntaxOperand::Integer || given.value > most) {
    fail("operand " + Twine(i + 1) + " of " + quotedText(statement->opcode),
         "a number from 0 to " + Twine(most));
    return 0;
  }
  return given.value;
}

void Decoder::branch(size_t i) {
  const SyntaxOperand &label = operand(i);
  if (label.kind != SyntaxOperand::Name || label.isNegated || label.value)
    return fail("no label", "one to jump to");
  names.jump(label.name, static_cast<uint32_t>(function.code.size()), statement->line);
}

} // namespace grucc::ptxrun
