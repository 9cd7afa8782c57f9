//===- Program.h - PTX text, decoded -------------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

//
// What a module is once it is decoded: every instruction knows the function that
// performs it for the lanes of a warp, and registers are places in the warp's
// file. Constants and special registers have places there as well, so that every
// source is read alike.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_PROGRAM_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_PROGRAM_H

#include "Machine.h"
#include "llvm/ADT/StringMap.h"

namespace grucc::ptxrun {

constexpr unsigned warpSize = 32;

/// Calls `f(lane)` for the lanes of a mask.
template <class F> inline void forLanes(uint32_t mask, F f) {
  if (mask == ~0u) {
    for (unsigned lane = 0; lane < warpSize; ++lane)
      f(lane);
    return;
  }
  for (; mask; mask &= mask - 1)
    f(static_cast<unsigned>(llvm::countr_zero(mask)));
}

enum class Type : uint8_t {
  None,
  Pred,
  B8,
  U8,
  S8,
  B16,
  U16,
  S16,
  B32,
  U32,
  S32,
  B64,
  U64,
  S64, // clang-format: one line
  F16,
  BF16,
  F16x2,
  BF16x2,
  F32,
  F64,
  F32x2
};
unsigned bitsOf(Type type);
bool isFloat(Type type);
bool isSigned(Type type);
Type typeOf(llvm::StringRef name); ///< `s32`; None: it is no type

enum class Space : uint8_t { Generic, Global, Shared, Constant, Param };
enum class Scope : uint8_t { Cta, Gpu, Sys };
/// What an access orders; the strong ones are all but Weak.
enum class Order : uint8_t { Weak, Relaxed, Acquire, Release, AcqRel };
enum class Rounding : uint8_t { None, Nearest, Zero, Down, Up };

enum class Flow : uint8_t {
  Next,
  Branch,
  Exit,
  BlockBarrier, ///< all lanes of the warp come together, and then the block's warps
  BlockArrive,  ///< a block barrier that is not waited for
  WarpSync      ///< the lanes of a mask come together
};

struct Warp;
struct Instruction;
using Handler = void (*)(Warp &warp, const Instruction &inst, uint32_t mask);

/// A place in the register file, in pieces of 32 lanes of 32 bits; 64-bit
/// registers take two.
using Slot = uint32_t;
constexpr Slot noSlot = ~Slot(0);

struct Instruction {
  Handler run = nullptr;
  uint32_t line = 0;
  uint32_t operands = 0; ///< the first of its slots in Function::operands
  Slot guard = noSlot;
  uint32_t target = 0;       ///< of a branch: index in Function::code
  uint64_t immediate = 0;    ///< offset of an address, a number that the text gives
  uint64_t sourceOffset = 0; ///< of cp.async's second address
  Flow flow = Flow::Next;
  Work work = Work::Integer;
  uint8_t dests = 0, sources = 0; ///< how many slots of each; dests come first
  uint8_t flops = 0;              ///< of each lane
  uint8_t selector = 0;           ///< comparison, shuffle mode, kind of atomic, ...
  uint8_t combine = 0;            ///< of setp: with a third predicate; of ldmatrix: transposed
  Rounding rounding = Rounding::None;
  bool isGuardNegated = false, isSourceNegated = false; ///< !%p
  bool flushes = false, saturates = false;
  bool hasMemberMask = false; ///< the last source says which lanes come together
  // Memory.
  Space space = Space::Generic;
  Scope scope = Scope::Cta;
  Order order = Order::Weak;
  Type type = Type::None;
  uint8_t bytes = 0, elements = 1; ///< of an element, of a vector
  bool isNoncoherent = false, isWideAddress = false, isWideData = false;
  uint32_t usedBytes = ~uint32_t(0); ///< of a load, a bit each; nobody uses the others
};

/// A bit for each used byte of an element of a load.
inline uint64_t usedBytesOf(const Instruction &inst, size_t element) {
  return uint64_t(inst.usedBytes) >> (element * inst.bytes) & ((uint64_t(1) << inst.bytes) - 1);
}

struct SlotInfo {
  uint8_t bits = 0; ///< 1, 16, 32, 64; 0: the second half of a wide one
  bool isRegister = false;
};

/// Special registers, filled in when a warp begins.
enum class Special : uint8_t {
  TidX,
  TidY,
  TidZ,
  NtidX,
  NtidY,
  NtidZ,
  CtaidX,
  CtaidY,
  CtaidZ,
  NctaidX,
  NctaidY,
  NctaidZ,
  LaneId,
  WarpId,
  NumWarps,
  MaskEq,
  MaskLe,
  MaskLt,
  MaskGe,
  MaskGt,
  DynamicSharedSize
};

struct Constant {
  Slot slot;
  uint64_t value;
  bool isWide;
  bool isDynamic; ///< counts from where dynamic shared memory begins
};

/// What dropping a sync does to its instruction.
struct SyncPlace {
  uint32_t function, instruction;
  bool isDropped;
  Order weakened; ///< when it is not dropped
};

struct Function {
  Kernel kernel;
  std::vector<Instruction> code;
  std::vector<Slot> operands;
  std::vector<SlotInfo> slots;
  std::vector<Constant> constants;
  std::vector<std::pair<Special, Slot>> specials;
  bool meetsOtherBlocks = false; ///< strong accesses outside shared memory
  uint32_t mostSharedBytes = 0;  ///< that a block may have on the target
};

/// A .global or .const variable.
struct Variable {
  std::string name;
  uint64_t size, align;
  bool isConstant;
  std::vector<char> initial; ///< empty: nothing is written to it (.global), or zeros
  Address address = 0;
};

struct Program {
  std::string target;
  std::vector<Function> functions;
  std::vector<Kernel> kernels; ///< of functions, for users
  std::vector<Variable> variables;
  std::vector<Sync> syncs;
  std::vector<SyncPlace> syncPlaces;
};

/// Shared memory begins here, so that address 0 is none of it.
constexpr uint64_t sharedBase = 1024;
/// Where shared memory shows among generic addresses.
constexpr uint64_t sharedWindow = uint64_t(1) << 56;

/// Gives a variable its memory and its first values.
using PlaceVariable = llvm::function_ref<llvm::Error(Variable &)>;
llvm::Expected<std::unique_ptr<Program>> parseProgram(llvm::StringRef text, PlaceVariable place);

/// A register that a load leaves undefined, since used_bytes_mask leaves all of it out,
/// and that may be read all the same.
struct UndefinedRead {
  uint32_t line;    ///< of the load
  unsigned element; ///< of its vector
};
/// Estimates the kernel's registers: those of 32 bits that hold values at once, at most;
/// predicates not counted. Marks elements of vectors that are loaded and never read as
/// unused: LLVM fills gaps between loads, and says so from PTX 8.3 on alone.
std::optional<UndefinedRead> analyseRegisters(Function &function);

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_PROGRAM_H
