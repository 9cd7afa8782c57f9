//===- Shapes.h - Shapes in inference and in diagnostics -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_DIALECTS_RNN_SHAPES_H
#define GRUCC_DIALECTS_RNN_SHAPES_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Operation.h"
#include <optional>
#include <string>

namespace grucc::rnn {

/// A run-time dimension, printed as `?`.
constexpr int64_t anySize = mlir::ShapedType::kDynamic;

/// The size of one dimension of `value`, anySize when it is dynamic, or when
/// there is no such value or dimension.
int64_t sizeOf(mlir::Value value, unsigned dimension);

/// The first static one of `sizes`, else anySize: what several arguments agree on.
int64_t firstStatic(llvm::ArrayRef<int64_t> sizes);

/// factor * size, anySize when the size is; nothing when it overflows.
std::optional<int64_t> scaled(int64_t factor, int64_t size);

/// A shape as diagnostics print it: [2, ?, 32].
std::string shapeText(llvm::ArrayRef<int64_t> shape);

/// Diagnoses a tensor whose shape or element type is not the expected one:
///   'h_0' has shape [1, 8, 32], expected [2, 8, 32]
///   'weight_ih_l0' has dtype float64, expected float32
/// A dimension that is dynamic on either side fits, and so does a tensor left out.
llvm::LogicalResult expectTensor(mlir::Operation *op, const llvm::Twine &name, mlir::Value tensor,
                                 llvm::ArrayRef<int64_t> shape, mlir::Type dtype);

/// Diagnoses a size below one; a dynamic one fits.
llvm::LogicalResult expectPositive(mlir::Operation *op, const llvm::Twine &name, int64_t size);

} // namespace grucc::rnn

#endif // GRUCC_DIALECTS_RNN_SHAPES_H
