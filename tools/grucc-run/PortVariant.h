//===- PortVariant.h - GRUs that differ from torch's in one way or another ===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a port computes that gets something wrong. In float64 and in plain sums:
// such differences are far larger than the rounding of any engine.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_RUN_PORTVARIANT_H
#define GRUCC_TOOLS_GRUCC_RUN_PORTVARIANT_H

#include "Comparison.h"

namespace grucc {

struct PortVariant {
  /// Which block of rows r, z and n are read from.
  std::array<int, Gru::shape.gates> blocks = {Gru::R, Gru::Z, Gru::N};
  bool otherReset = false; ///< before the product where the network has it after, or after
  /// h' = (1 - z) * h + z * n.
  bool updateReversed = false;
  bool transposedHh = false; ///< each block of weight_hh read by columns
  enum { AllBiases, NoBiases, NoBiasIh, NoBiasHh, NewBiasOutside } biases = AllBiases;
  std::optional<Activation> gates, candidate; ///< in place of the network's
  bool swapsActivations = false;              ///< each takes the other's
  std::optional<double> clip;                 ///< 0: none
  enum {
    RightDirections,
    WeightsSwapped,
    BackwardFirst, ///< concatenated
    BothForward,
    OtherWay,     ///< a single direction runs the other way
    NotTurnedBack ///< outputs of the reverse direction left in its own order
  } directions = RightDirections;
  enum { FromH0, FromZeros, DirectionMajor, EveryStep } start = FromH0;
  enum { OwnLengths, NoLengths, ReverseFromPadding } lengths = OwnLengths;
  bool stateOfLastStep = false; ///< h_n taken from the outputs of step T - 1
  bool swappedAxes = false;     ///< steps taken for rows and rows for steps
  bool outputTurned = false;    ///< steps and rows of output swapped
  bool statesTurned = false;    ///< h_n is [B, D*L, H]
  bool noDropout = false;
  bool anyPadding = false; ///< outputs beyond a row's own length are not 0
  enum { Exact, Float32, Float16, BFloat16 } weights = Exact;
};

/// The network as a variant reads it.
class PortNetwork {
public:
  PortNetwork(const Setting &setting, const PortVariant &variant);

  struct Result {
    int64_t steps;              ///< how many the variant ran
    std::vector<double> output; ///< [steps, D*H]
    std::vector<double> hN;     ///< [D*L, H]
  };
  /// One row, over its first `limit` steps.
  Result run(const RowLayout &layout, int64_t b, int64_t limit) const;

private:
  struct Cell {
    int64_t inputSize;
    std::vector<double> wIh, wHh, bIh, bHh; ///< [G, I], [G, H], [G], [G]
  };
  /// One direction over input [steps, I]: output [steps, H], and h from first to last.
  void runDirection(const Cell &cell, bool isReverse, int64_t steps, const double *input,
                    std::vector<double> &h, std::vector<double> &output) const;
  void step(const Cell &cell, const double *x, std::vector<double> &h) const;

  const Setting &setting;
  const PortVariant &variant;
  Variant equations;       ///< that all cells have
  std::vector<Cell> cells; ///< [D*L]
};

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_RUN_PORTVARIANT_H
