//===- TestCells.cpp - Cells that only tests have -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestCells.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::test;

#include "test/dialects/rnn/cells/TestDialect.cpp.inc"

#define GET_OP_CLASSES
#include "test/dialects/rnn/cells/TestOps.cpp.inc"

void TestDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "test/dialects/rnn/cells/TestOps.cpp.inc"
      >();
}

namespace {

/// torch.nn.RNN: h' = tanh(W_ih x + b_ih + W_hh h + b_hh).
struct Rnn {
  static constexpr CellShape shape = {
      "RNN", /*gates=*/1, /*rounds=*/1, /*states=*/1, {{{"h", tanhActivation}}}, {{{0, 1}}}};

  template <typename F> static void update(CellUnit<F> &unit) {
    unit.states[0] = withoutTiny(unit.gates[0]);
  }
};

/// A minimal gated unit, whose one gate f resets and updates:
/// n = tanh(x_n + f (W_hn h + b_hn)), h' = (1 - f) n + f h.
struct Mgu {
  enum : int64_t { F, N };
  static constexpr CellShape shape = {
      "MGU",
      /*gates=*/2,
      /*rounds=*/1,
      /*states=*/1,
      {{{"f", sigmoidActivation}, {"n", tanhActivation, /*under=*/F, /*keepsBias=*/true}}},
      {{{0, 2}}}};

  template <typename Number> static void update(CellUnit<Number> &unit) {
    Number f = unit.gates[F];
    Number rest = f.like(1) - f;
    Number old = f * unit.states[0];
    unit.states[0] = withoutTiny(multiplyAdd(rest, unit.gates[N], old));
  }
};

/// torch.nn.LSTM: c' = f c + i g, h' = o tanh(c').
struct Lstm {
  enum : int64_t { I, F, G, O };
  static constexpr CellShape shape = {"LSTM",
                                      /*gates=*/4,
                                      /*rounds=*/1,
                                      /*states=*/2,
                                      {{{"i", sigmoidActivation},
                                        {"f", sigmoidActivation},
                                        {"g", tanhActivation},
                                        {"o", sigmoidActivation}}},
                                      {{{0, 4}}}};

  template <typename Number> static void update(CellUnit<Number> &unit) {
    Number added = unit.gates[I] * unit.gates[G];
    Number c = withoutTiny(multiplyAdd(unit.gates[F], unit.states[1], added));
    unit.states[0] = withoutTiny(unit.gates[O] * tanh(c));
    unit.states[1] = c;
  }
};

} // namespace

rnn::CellEquations RnnCellOp::getEquations(const Variant &) {
  return rnn::CellEquations::of<Rnn>();
}
rnn::CellEquations MguCellOp::getEquations(const Variant &) {
  return rnn::CellEquations::of<Mgu>();
}
rnn::CellEquations LstmCellOp::getEquations(const Variant &) {
  return rnn::CellEquations::of<Lstm>();
}
rnn::CellEquations GruResetBeforeCellOp::getEquations(const Variant &) {
  return rnn::CellEquations::of<Gru>(gruShape({Reset::Before}));
}
