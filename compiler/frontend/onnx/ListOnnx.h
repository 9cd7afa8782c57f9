//===- ListOnnx.h - What GRUs an ONNX model has, for people ---------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_ONNX_LISTONNX_H
#define GRUCC_COMPILER_FRONTEND_ONNX_LISTONNX_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace grucc {

/// Names every GRU of the model: sizes, direction, variant, where its input, lengths and initial
/// state come from, and who reads what it makes; as text or as JSON.
llvm::Error listOnnx(llvm::StringRef path, bool asJson, llvm::raw_ostream &os);

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_ONNX_LISTONNX_H
