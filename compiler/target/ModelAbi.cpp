//===- ModelAbi.cpp - The identity of a model -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ModelAbi.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/BLAKE3.h"

using namespace llvm;
using namespace grucc;

uint32_t grucc::modelFlags(const rnn::Network &network) {
  uint32_t bits = 0, bit = 1;
  for (bool flag :
       {network.bias, network.batchFirst, network.bidirectional,
        network.dtype == rnn::DType::Float64, network.externalWeights, network.training}) {
    bits |= flag ? bit : 0;
    bit <<= 1;
  }
  return bits;
}

std::array<uint64_t, 2 * 2 * 3> grucc::activationWords(const Variant &variant) {
  const Variant torch;
  std::array<uint64_t, 2 * 2 * 3> words{};
  auto *word = words.begin();
  for (int direction = 0; direction < 2; ++direction)
    for (auto [own, usual] : {std::pair(&variant.gates, &torch.gates),
                              std::pair(&variant.candidate, &torch.candidate)}) {
      word[0] = *own == *usual ? 0 : uint64_t(own->kind) + 1; // GRUCC_ACTIVATION_TORCH is 0
      word[1] = bit_cast<uint64_t>(own->alpha);
      word[2] = bit_cast<uint64_t>(own->beta);
      word += 3;
    }
  return words;
}

grucc::ModelId grucc::hashModel(StringRef provenance, StringRef facts) {
  BLAKE3 hash;
  for (StringRef part : {provenance, StringRef("\n"), facts})
    hash.update(part);
  return hash.final<sizeof(ModelId)>();
}

std::string grucc::idSymbol(StringRef name, ArrayRef<uint8_t> id) {
  return (name + "_id_" + toHex(id.take_front(8), /*LowerCase=*/true)).str();
}
