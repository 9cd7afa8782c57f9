//===- LayerOperands.h - What the function of a layer takes -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Layers are called with strided memory, which knows its own steps and rows. Where a layer
// writes kernels it takes that apart: kernels go by elements of one dimension.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_LAYEROPERANDS_H
#define GRUCC_COMPILER_TARGET_CPU_LAYEROPERANDS_H

#include "compiler/target/cpu/RowKernels.h"

namespace grucc::cpu {

/// memref of `rank` dimensions that may begin anywhere and lie at any distance; elements of
/// the last one side by side.
mlir::MemRefType stridedType(mlir::Type element, int64_t rank);
/// Such a memory over what begins at element `offset` of one dimension.
Value strided(Emitter &e, Value memory, Value offset, ValueRange sizes, ValueRange strides);
/// [offset, offset + size) of one of its dimensions.
Value part(Emitter &e, Value memory, int64_t dimension, Value offset, Value size);
/// Projections [rows, G] over a memory of one dimension, and as that again.
Value asGates(Emitter &e, const KernelPlan &plan, Value memory, Value rows);
Value flatGates(Emitter &e, Value gates);
/// The first byte of the packed weights of the layer above layer `below`, in both directions.
Value startAbove(Emitter &e, const KernelPlan &plan, Value below);
/// How many elements a dimension has.
Value sizeOf(Emitter &e, Value memory, int64_t dimension);

/// One layer in one direction, over rows of one length.
struct LayerOperands {
  Value weights; ///< its packed ones: memref<?xi8> from where they begin
  Value upper;   ///< i1: a layer above layer 0
  Value reverse; ///< index: 1 where the direction is the reverse one (C7)
  Value x, y;    ///< [T, B, K] and [T, B, H], strided
  Value h0, hn;  ///< [B, H], strided; h_0's rows may all be one (C8)
  Value gates;   ///< [rows, G]: of so many rows a chunk, unless one step has more
  Team team;

  static llvm::SmallVector<mlir::Type> types(Emitter &e, const KernelPlan &plan);
  /// Of a network with one layer or one direction they say which.
  static LayerOperands from(Emitter &e, const KernelPlan &plan, ValueRange values);
  Values values() const;
};

/// Dropout on the input of a layer: that of layer `below`.
struct DropoutOperands {
  Value below, seed, mask, masked;
};

/// Of the rows of a run, `rows`: those at part, part + parts, ...
struct RowPart {
  Value part, parts, rows;
};

/// What a layer over rows of several lengths takes beside that. Rows are in
/// descending order of length: row r of a step is the caller's row order[r], and
/// step t has sizes[t] rows and stands at t = places[t] (C10). x and y have all rows of
/// the run.
struct RaggedOperands : LayerOperands {
  Value staged; ///< one chunk of input rows, side by side
  Value states; ///< [2, own rows, H]: a step reads one and writes the other
  Value sizes, places, order;
  DropoutOperands dropout;
  RowPart own;

  static llvm::SmallVector<mlir::Type> types(Emitter &e, const KernelPlan &plan);
  static RaggedOperands from(Emitter &e, const KernelPlan &plan, ValueRange values);
  Values all() const; ///< those of LayerOperands first
};

/// Steps of rows: element (t, b, i) is memory[offset + t * step + b * row + i].
struct Steps {
  Value memory, offset, step, row;
};

/// A layer's operands, taken apart where they are used: of one dimension, and counts.
struct LayerView {
  PackedAt weights, recurrent; ///< recurrent: W_hh
  Steps x, y;
  Rows h0, hn;
  Value gates; ///< the projections of one chunk
  Value limit; ///< rows that a chunk may have, unless one step has more
  Value seqLen, batch, depth;

  LayerView(Emitter &e, const KernelPlan &plan, const LayerOperands &layer);
};

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_LAYEROPERANDS_H
