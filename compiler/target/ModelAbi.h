//===- ModelAbi.h - What every descriptor begins with -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_MODELABI_H
#define GRUCC_COMPILER_TARGET_MODELABI_H

#include <cstdint>

namespace grucc {

/// GRUCC_ABI_VERSION and sizeof(grucc_model) of runtime/include/grucc/model.h.
inline constexpr uint32_t abiVersion = 3, modelBytes = 152;

} // namespace grucc

#endif // GRUCC_COMPILER_TARGET_MODELABI_H
