//===- ModelAbi.cpp - The identity of a model -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ModelAbi.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/BLAKE3.h"

using namespace llvm;

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

grucc::ModelId grucc::hashModel(StringRef provenance, StringRef facts) {
  BLAKE3 hash;
  for (StringRef part : {provenance, StringRef("\n"), facts})
    hash.update(part);
  return hash.final<sizeof(ModelId)>();
}

std::string grucc::idSymbol(StringRef name, ArrayRef<uint8_t> id) {
  return (name + "_id_" + toHex(id.take_front(8), /*LowerCase=*/true)).str();
}
