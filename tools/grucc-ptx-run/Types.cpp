//===- Types.cpp - The types that PTX names ------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Program.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;

namespace grucc::ptxrun {

unsigned bitsOf(Type type) {
  switch (type) {
  case Type::None:
    return 0;
  case Type::Pred:
    return 1;
  case Type::B8:
  case Type::U8:
  case Type::S8:
    return 8;
  case Type::B16:
  case Type::U16:
  case Type::S16:
  case Type::F16:
  case Type::BF16:
    return 16;
  case Type::B64:
  case Type::U64:
  case Type::S64:
  case Type::F64:
  case Type::F32x2:
    return 64;
  default:
    return 32;
  }
}

bool isFloat(Type type) { return type >= Type::F16; }
bool isSigned(Type type) {
  return type == Type::S8 || type == Type::S16 || type == Type::S32 || type == Type::S64;
}

Type typeOf(StringRef name) {
  return StringSwitch<Type>(name)
      .Case("pred", Type::Pred)
      .Case("b8", Type::B8)
      .Case("u8", Type::U8)
      .Case("s8", Type::S8)
      .Case("b16", Type::B16)
      .Case("u16", Type::U16)
      .Case("s16", Type::S16)
      .Case("b32", Type::B32)
      .Case("u32", Type::U32)
      .Case("s32", Type::S32)
      .Case("b64", Type::B64)
      .Case("u64", Type::U64)
      .Case("s64", Type::S64)
      .Case("f16", Type::F16)
      .Case("bf16", Type::BF16)
      .Case("f16x2", Type::F16x2)
      .Case("bf16x2", Type::BF16x2)
      .Case("f32", Type::F32)
      .Case("f64", Type::F64)
      .Case("f32x2", Type::F32x2)
      .Default(Type::None);
}

} // namespace grucc::ptxrun
