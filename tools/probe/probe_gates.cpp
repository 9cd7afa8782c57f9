//===- probe_gates.cpp - The gates of a GRU, and nothing else -------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What gates take where everything that they are of is in L1: torch's cell (Cells.h, with the
// steps of Activations.h), on vectors of GRUCC_PROBE_BYTES. Compiled once for each width, with
// the features that models of the width have.
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Cells.h"
extern "C" {
#include "tools/probe/probe_loops.h"
}

#if defined(__x86_64__)
namespace {
using Floats = float __attribute__((vector_size(GRUCC_PROBE_BYTES)));
using Bits = int32_t __attribute__((vector_size(GRUCC_PROBE_BYTES)));

/// F of Activations.h.
struct Lanes {
  Floats value;

  Lanes like(float constant) const { return {Floats{} + constant}; }
  static Bits bits(Floats x) { return reinterpret_cast<Bits>(x); }
  static Lanes of(Bits x) { return {reinterpret_cast<Floats>(x)}; }
  friend Lanes operator+(Lanes a, Lanes b) { return {a.value + b.value}; }
  friend Lanes operator-(Lanes a, Lanes b) { return {a.value - b.value}; }
  friend Lanes operator*(Lanes a, Lanes b) { return {a.value * b.value}; }
  friend Lanes operator/(Lanes a, Lanes b) { return {a.value / b.value}; }
  friend Lanes operator-(Lanes a) { return {-a.value}; }
  friend Bits operator<(Lanes a, Lanes b) { return a.value < b.value; }
  friend Bits operator==(Lanes a, Lanes b) { return a.value == b.value; }
  friend Lanes select(Bits condition, Lanes a, Lanes b) { return {condition ? a.value : b.value}; }
  friend Lanes multiplyAdd(Lanes a, Lanes b, Lanes c) { return {a.value * b.value + c.value}; }
  friend Lanes magnitude(Lanes x) { return of(bits(x.value) & INT32_MAX); }
  friend Lanes withSign(Lanes y, Lanes x) {
    return of(bits(y.value) | (bits(x.value) & INT32_MIN));
  }
  friend Lanes power(Lanes t) { return of(bits(t.value) << 23); }
  friend Lanes sigmoid(Lanes x) { return grucc::activations::sigmoidSteps(x); }
  friend Lanes tanh(Lanes x) { return grucc::activations::tanhSteps(x); }
  friend Lanes expm1(Lanes x) { return grucc::activations::expm1Steps(x); }
  friend Lanes softplus(Lanes x) { return grucc::activations::softplusSteps(x); }
};

/// In L1: input parts and sums of three gates, and a state, of as many vectors as a turn takes.
constexpr int vectors = probe_gates;
Floats inputs[3][vectors], sums[3][vectors], states[vectors];
} // namespace

#define GRUCC_PROBE_NAME(bytes) GRUCC_PROBE_JOIN(grucc_gates_by_, bytes)
#define GRUCC_PROBE_JOIN(name, bytes) name##bytes

extern "C" void GRUCC_PROBE_NAME(GRUCC_PROBE_BYTES)(int64_t turns) {
  for (int64_t turn = 0; turn < turns; ++turn) {
    for (int at = 0; at < vectors; ++at) {
      grucc::CellUnit<Lanes> unit;
      for (int gate = 0; gate < 3; ++gate) {
        unit.inputs[gate] = {inputs[gate][at]};
        unit.sums[gate] = {sums[gate][at]};
      }
      unit.states[0] = {states[at]};
      grucc::activateRound(grucc::Gru::shape, /*round=*/0, unit);
      grucc::Gru::update(unit);
      states[at] = unit.states[0].value;
    }
    // The compiler must not know what is in memory.
    __asm__ volatile("" : : "r"(inputs), "r"(sums), "r"(states) : "memory");
  }
}
#endif
