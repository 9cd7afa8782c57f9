//===- VariantText.h - Variants in words -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_VARIANTTEXT_H
#define GRUCC_DIALECTS_RNN_VARIANTTEXT_H

#include "dialects/rnn/Variant.h"
#include "llvm/ADT/Hashing.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace grucc {

llvm::hash_code hash_value(const Variant &variant);

llvm::StringRef nameOf(Reset reset); ///< after, before
std::optional<Reset> readReset(llvm::StringRef text);

/// hard_sigmoid(0.2, 0.5): what there is beside the name only where it is not as ONNX has it.
std::string textOf(const Activation &activation);
/// Reads that text; nothing when it is none. Numbers must be finite.
std::optional<Activation> readActivation(llvm::StringRef text);
/// What diagnostics expect of one: tanh, ..., scaled_tanh(alpha, beta), ...
std::string listActivations();

/// As few digits as give the number back.
std::string shortest(double number);

} // namespace grucc

#endif // GRUCC_DIALECTS_RNN_VARIANTTEXT_H
