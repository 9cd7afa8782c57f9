//===- LayerOperands.cpp - What the function of a layer takes -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/LayerOperands.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

MemRefType cpu::stridedType(Type element, int64_t rank) {
  SmallVector<int64_t> dynamic(rank, ShapedType::kDynamic), strides = dynamic;
  strides.back() = 1;
  return MemRefType::get(
      dynamic, element,
      StridedLayoutAttr::get(element.getContext(), ShapedType::kDynamic, strides));
}

Value cpu::strided(Emitter &e, Value memory, Value offset, ValueRange sizes, ValueRange strides) {
  Type element = cast<MemRefType>(memory.getType()).getElementType();
  auto all = [](ValueRange values) {
    return SmallVector<OpFoldResult>(values.begin(), values.end());
  };
  SmallVector<OpFoldResult> distances = all(strides);
  distances.push_back(e.getIndexAttr(1));
  return memref::ReinterpretCastOp::create(e, stridedType(element, sizes.size()), memory,
                                           OpFoldResult(offset), all(sizes), distances);
}

Value cpu::sizeOf(Emitter &e, Value memory, int64_t dimension) {
  return memref::DimOp::create(e, memory, dimension);
}

Value cpu::part(Emitter &e, Value memory, int64_t dimension, Value offset, Value size) {
  auto type = cast<MemRefType>(memory.getType());
  SmallVector<OpFoldResult> offsets(type.getRank(), e.getIndexAttr(0));
  SmallVector<OpFoldResult> strides(type.getRank(), e.getIndexAttr(1));
  SmallVector<OpFoldResult> sizes = memref::getMixedSizes(e, e.getLoc(), memory);
  offsets[dimension] = offset, sizes[dimension] = size;
  return memref::SubViewOp::create(e, type, memory, offsets, sizes, strides);
}

/// Strided memory as one of one dimension, and where it begins in that.
static std::pair<Value, memref::ExtractStridedMetadataOp> flatten(Emitter &e, Value memory) {
  auto parts = memref::ExtractStridedMetadataOp::create(e, memory);
  Type element = cast<MemRefType>(memory.getType()).getElementType();
  // Kernels index from the start and never ask for the size.
  OpFoldResult size = e.getIndexAttr(INT64_MAX);
  auto flat = MemRefType::get({INT64_MAX}, element);
  Value whole = memref::ReinterpretCastOp::create(
      e, flat, parts.getBaseBuffer(), OpFoldResult(e.getIndexAttr(0)), ArrayRef<OpFoldResult>{size},
      ArrayRef<OpFoldResult>{e.getIndexAttr(1)});
  return {memref::CastOp::create(e, MemRefType::get({ShapedType::kDynamic}, element), whole),
          parts};
}

static MemRefType gatesType(Emitter &e, const KernelPlan &plan) {
  return MemRefType::get({ShapedType::kDynamic, plan.gateElements()}, e.element);
}

Value cpu::asGates(Emitter &e, const KernelPlan &plan, Value memory, Value rows) {
  OpFoldResult elements = e.getIndexAttr(plan.gateElements()), one = e.getIndexAttr(1);
  return memref::ReinterpretCastOp::create(
      e, gatesType(e, plan), memory, OpFoldResult(e.getIndexAttr(0)),
      ArrayRef<OpFoldResult>{rows, elements}, ArrayRef<OpFoldResult>{elements, one});
}

Value cpu::startAbove(Emitter &e, const KernelPlan &plan, Value below) {
  int64_t bytes = plan.numDirections() * plan.layout(plan.outputSize()).bytes;
  return e.add(e.mul(below, bytes), plan.layerStart(1));
}

Value cpu::flatGates(Emitter &e, Value gates) { return flatten(e, gates).first; }

static Steps stepsOf(Emitter &e, Value memory) {
  auto [flat, parts] = flatten(e, memory);
  return {flat, parts.getOffset(), parts.getStrides()[0], parts.getStrides()[1]};
}

static Rows rowsOf(Emitter &e, Value memory) {
  auto [flat, parts] = flatten(e, memory);
  return {flat, parts.getOffset(), parts.getStrides()[0]};
}

SmallVector<Type> LayerOperands::types(Emitter &e, const KernelPlan &plan) {
  Type sequence = stridedType(e.element, 3), rows = stridedType(e.element, 2);
  SmallVector<Type> types{stridedType(e.getI8Type(), 1),
                          e.getI1Type(),
                          e.getIndexType(),
                          sequence,
                          sequence,
                          rows,
                          rows,
                          gatesType(e, plan)};
  types.append(Team::types(e));
  return types;
}

Values LayerOperands::values() const {
  Values everything{weights, upper, reverse, x, y, h0, hn, gates};
  everything.append(team.values());
  return everything;
}

LayerOperands LayerOperands::from(Emitter &e, const KernelPlan &plan, ValueRange v) {
  Value upper = plan.numLayers > 1 ? v[1] : e.truth(false);
  Value reverse = plan.numDirections() > 1 ? v[2] : e.index(plan.reverse);
  return {v[0], upper, reverse, v[3], v[4], v[5], v[6], v[7], Team::from(v.drop_front(8))};
}

SmallVector<Type> RaggedOperands::types(Emitter &e, const KernelPlan &plan) {
  SmallVector<Type> types = LayerOperands::types(e, plan);
  Type index = e.getIndexType();
  types.append({e.memoryType(), e.memoryType(), e.countsType(), e.countsType(), e.countsType(),
                index, e.getI64Type(), e.bytesType(), e.getI1Type(), index, index, index});
  return types;
}

Values RaggedOperands::all() const {
  Values everything = values();
  everything.append({staged, states, sizes, places, order, dropout.below, dropout.seed,
                     dropout.mask, dropout.masked, own.part, own.parts, own.rows});
  return everything;
}

RaggedOperands RaggedOperands::from(Emitter &e, const KernelPlan &plan, ValueRange v) {
  LayerOperands layer = LayerOperands::from(e, plan, v);
  v = v.drop_front(layer.values().size());
  return {layer, v[0], v[1], v[2], v[3], v[4], {v[5], v[6], v[7], v[8]}, {v[9], v[10], v[11]}};
}

LayerView::LayerView(Emitter &e, const KernelPlan &plan, const LayerOperands &layer)
    : x(stepsOf(e, layer.x)), y(stepsOf(e, layer.y)), h0(rowsOf(e, layer.h0)),
      hn(rowsOf(e, layer.hn)), limit(sizeOf(e, layer.gates, 0)), seqLen(sizeOf(e, layer.x, 0)),
      batch(sizeOf(e, layer.x, 1)), depth(sizeOf(e, layer.x, 2)) {
  auto [bytes, parts] = flatten(e, layer.weights);
  Value first = e.index(plan.layout(plan.inputSize).recurrentWeights);
  Value above = e.index(plan.layout(plan.outputSize()).recurrentWeights);
  weights = {bytes, parts.getOffset()};
  recurrent = {bytes, e.add(weights.at, e.select(layer.upper, above, first))};
  gates = flatGates(e, layer.gates);
}
