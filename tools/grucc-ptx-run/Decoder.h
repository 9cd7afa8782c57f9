//===- Decoder.h - One statement becomes one instruction -----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// decode() finds what decodes a statement by its name. Those functions take the
// modifiers that they know and the operands in their order; what is left over is
// refused. The first problem ends the text, so they need not look for problems.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_DECODER_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_DECODER_H

#include "Program.h"
#include "Syntax.h"
#include "llvm/ADT/DenseMap.h"

namespace grucc::ptxrun {

/// What a name in the text stands for.
struct Symbol {
  enum Kind { Constant, Dynamic, Register, Parameter } kind;
  uint64_t value; ///< address (from where dynamic shared memory begins), slot, offset
  unsigned bits;  ///< of a register, of a whole parameter
};

/// The names of a function and what surrounds it.
class Names {
public:
  virtual ~Names() = default;
  virtual std::optional<Symbol> find(llvm::StringRef name, uint32_t line) = 0;
  /// The slot of a label's jump is filled in at the end of the function.
  virtual void jump(llvm::StringRef label, uint32_t instruction, uint32_t line) = 0;
};

class Decoder {
public:
  Decoder(Function &function, Names &names, Problem &problem)
      : function(function), names(names), problem(problem) {}

  /// Appends the instruction of a statement to the function.
  void decode(SyntaxStatement &statement);

  // For the functions that decode.
  Instruction inst;
  llvm::StringRef name() const { return statement->name; }
  size_t numOperands() const { return statement->operands.size(); }
  const SyntaxOperand &operand(size_t i) const { return statement->operands[i]; }
  /// Takes a modifier wherever it stands.
  bool take(llvm::StringRef modifier);
  /// Takes the first modifier that names a type; None: there is none.
  Type takeType();
  Scope takeScope(Scope otherwise);
  Space takeSpace();
  /// Takes .rn, .rz, .rm, .rp.
  Rounding takeRounding();
  /// Takes .ftz and .sat.
  void takeFloatModifiers();
  bool hasModifiers() const { return !statement->modifiers.empty(); }
  /// Takes all modifiers that begin so: hints without a meaning here.
  void ignoreModifiers(llvm::StringRef prefix);
  /// Takes the first that is one of these; its index, or nothing.
  std::optional<unsigned> takeOneOf(llvm::ArrayRef<llvm::StringRef> modifiers);

  bool expectOperands(size_t count) { return expectOperands(count, count); }
  bool expectOperands(size_t least, size_t most);
  void dest(const SyntaxOperand &operand, Type type);
  void dest(size_t i, Type type) { dest(operand(i), type); }
  void source(const SyntaxOperand &operand, Type type);
  void source(size_t i, Type type) { source(operand(i), type); }
  /// All parts of a vector, or one operand.
  void dests(size_t i, Type type, size_t count);
  void sources(size_t i, Type type, size_t count);
  /// A source: the base of an address. Its offset becomes `immediate`.
  void address(size_t i);
  void swapLastSources();
  /// [parameter + offset]; where it stands becomes `immediate`.
  void parameter(size_t i, unsigned bytes);
  /// A number that stands in the text.
  uint64_t number(size_t i, uint64_t most);
  Slot constant(uint64_t value, bool isWide, bool isDynamic = false);

  void branch(size_t i);
  void refuse(); ///< the whole instruction
  void fail(const llvm::Twine &found, const llvm::Twine &expected);
  /// Sets the function that performs it; null refuses it.
  void perform(Handler handler, Work work);
  /// The width of a register, 0 for anything else.
  unsigned registerBits(const SyntaxOperand &operand);

private:
  Slot sourceSlot(const SyntaxOperand &operand, Type type);
  std::optional<Symbol> find(const SyntaxOperand &operand);

  Function &function;
  Names &names;
  Problem &problem;
  SyntaxStatement *statement = nullptr;
  std::vector<Slot> destSlots, sourceSlots;
  llvm::DenseMap<std::pair<uint64_t, unsigned>, Slot> constantSlots;
  Slot sinkSlot = noSlot;
};

using Decode = void (*)(Decoder &);
/// What decodes the instructions of each file; null: another file's.
Decode findArithmetic(llvm::StringRef name);
Decode findInteger(llvm::StringRef name);
Decode findBits(llvm::StringRef name);
Decode findSelection(llvm::StringRef name);
Decode findConversion(llvm::StringRef name);
Decode findSpecial(llvm::StringRef name);
Decode findMove(llvm::StringRef name);
Decode findAccess(llvm::StringRef name);
Decode findAtomic(llvm::StringRef name);
Decode findAsyncCopy(llvm::StringRef name);
Decode findExchange(llvm::StringRef name);
Decode findMatrix(llvm::StringRef name);
Decode findControl(llvm::StringRef name);

/// What is left of an instruction that is dropped.
void runNothing(Warp &warp, const Instruction &inst, uint32_t mask);

/// Space for a register or constant.
Slot newSlot(Function &function, unsigned bits, bool isRegister);

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_DECODER_H
