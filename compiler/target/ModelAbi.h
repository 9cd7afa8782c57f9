//===- ModelAbi.h - What every descriptor begins with -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_MODELABI_H
#define GRUCC_COMPILER_TARGET_MODELABI_H

#include "dialects/rnn/Network.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MathExtras.h"
#include <array>
#include <cstdint>
#include <string>

namespace grucc {

// What runtime/include/grucc/model.h says in C; dialects/rnn/CStructs.h has its structs, and
// dialects/rnn/Targets.h what depends on the target.

/// GRUCC_ABI_VERSION.
inline constexpr uint32_t abiVersion = 4;

/// grucc_status, as far as generated code returns it.
enum Status : int64_t {
  Ok = 0,
  ErrorArgsSize = 1,
  ErrorShape = 2,
  ErrorNull = 3,
  ErrorAlignment = 4,
  ErrorUnsupported = 5,
  ErrorCpu = 8
};

/// A stream's state: the next step's parity in as many bytes as a buffer is aligned to
/// (Target::bufferAlignment), then this many buffers [L, B, H], each of a multiple of them; a step
/// reads one and writes the other.
inline constexpr int64_t stateBuffers = 2;
/// Bytes of a state of one row, of which one buffer holds `rowBytes`.
inline int64_t stateBytes(int64_t rowBytes, int64_t alignment) {
  return alignment + stateBuffers * llvm::alignTo(rowBytes, alignment);
}
using rnn::longestName; // of NAME

/// grucc_model.flags of a network: GRUCC_MODEL_BIAS, ...
uint32_t modelFlags(const rnn::Network &network);

/// grucc_model.activations of a variant, [direction][gates, candidate], as 64-bit words: the kind
/// (and a reserved half), alpha and beta, as the bits of doubles.
std::array<uint64_t, 2 * 2 * 3> activationWords(const Variant &variant);

/// Who sees the symbols of an object: those of a hidden one end in the program or library
/// that it is linked into, so that two of them may have a model of the same name.
enum class Visibility { Hidden, Exported };

/// grucc_model.id: the same for an object and the header that belongs to it.
using ModelId = std::array<uint8_t, 32>;
/// Of what decides about both: the lines of provenance, and further facts.
ModelId hashModel(llvm::StringRef provenance, llvm::StringRef facts);
/// NAME_id_0123456789abcdef: defined by the object, named by its header.
std::string idSymbol(llvm::StringRef name, llvm::ArrayRef<uint8_t> id);

} // namespace grucc

#endif // GRUCC_COMPILER_TARGET_MODELABI_H
