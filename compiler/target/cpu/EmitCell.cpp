//===- EmitCell.cpp - The equations of a cell -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/EmitCell.h"

#include "dialects/rnn/Rnn.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// |x|, by its sign bit: math.absf would be a library's function on a GPU.
static Value magnitude(Emitter &e, Value x) {
  Type bits = e.getIntegerType(getElementTypeOrSelf(x).getIntOrFloatBitWidth());
  auto mask = e.getIntegerAttr(bits, APInt::getSignedMaxValue(bits.getIntOrFloatBitWidth()));
  TypedAttr all = mask;
  if (auto vector = dyn_cast<VectorType>(x.getType())) {
    bits = vector.cloneWith({}, bits);
    all = DenseElementsAttr::get(cast<ShapedType>(bits), Attribute(mask));
  }
  Value kept = arith::AndIOp::create(e, arith::BitcastOp::create(e, bits, x),
                                     arith::ConstantOp::create(e, all));
  return arith::BitcastOp::create(e, x.getType(), kept);
}

Value cpu::emitCell(Emitter &e, ArrayRef<Value> gates, ArrayRef<Value> sums, Value biasN, Value h) {
  auto add = [&](Value a, Value b) { return Value(arith::AddFOp::create(e, a, b)); };
  auto vector = dyn_cast<VectorType>(h.getType());
  int64_t lanes = vector ? vector.getNumElements() : 0;
  Value r = rnn::SigmoidOp::create(e, add(gates[0], sums[0]));
  Value z = rnn::SigmoidOp::create(e, add(gates[1], sums[1]));
  Value reset = biasN ? add(sums[2], biasN) : sums[2];
  Value n = rnn::TanhOp::create(e, e.multiplyAdd(r, reset, gates[2]));
  // n, which comes last, meets one operation.
  Value rest = arith::SubFOp::create(e, e.constant(1.0, lanes), z);
  Value next = e.multiplyAdd(rest, n, arith::MulFOp::create(e, z, h));
  // N7: a state of magnitude below 2^-64 is stored as 0; NaN is kept.
  Value tiny = arith::CmpFOp::create(e, arith::CmpFPredicate::OLT, magnitude(e, next),
                                     e.constant(0x1p-64, lanes));
  return e.select(tiny, e.zeros(lanes), next);
}
