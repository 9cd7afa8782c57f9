//===- Comparison.h - A model, another engine, and Reference, side by side ===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A compiled model shows its last layer's outputs and all layers' last states,
// but no gates. Those come from Reference in the model's own dtype, whose bits are
// the model's on every target with a fused multiply-add (N4). The judge of both is
// Reference in wider numbers: float64, and for models in float64 long double,
// whose own rounding is 2^-11 of theirs on x86-64.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_RUN_COMPARISON_H
#define GRUCC_TOOLS_GRUCC_RUN_COMPARISON_H

#include "CommandLine.h"
#include "Deviation.h"
#include "RowLayout.h"
#include "dialects/rnn/Cells.h"
#include "dialects/rnn/Network.h"
#include <array>

namespace grucc {

/// The call and the network, as numbers of both precisions are computed from.
struct Setting : rnn::Network {
  std::vector<std::vector<double>> weights; ///< torch's tensors in torch's order
  RowLayout layout;
  const TensorMap *inputs;
  uint64_t seed = 0;

  bool isDouble() const { return dtype == rnn::DType::Float64; }
  const HostTensor *find(const char *name) const;
  /// Only a model for training has p > 0, or has taken a mask.
  bool hasDropped() const { return dropout > 0 || find("dropout_mask"); }
  /// Which outputs of a layer one row keeps: [L-1, steps, D*H]; empty without dropout.
  std::vector<double> keptOf(int64_t b, int64_t steps) const;
  /// One row's input over its first `steps` steps, [steps, I], in some layout of it.
  std::vector<double> inputOf(const RowLayout &layout, int64_t b, int64_t steps) const;
  /// One row's h_0, [D*L, H]; zeros when there is none.
  std::vector<double> stateOf(int64_t b) const;
};

/// What somebody computed: the compiled model, or the engine of --expected.
struct Subject {
  std::string file;
  const HostTensor *output = nullptr, *hN = nullptr; ///< either may be missing, not both
  /// A tensor that has not the model's shape, but one that a usual mistake gives it.
  struct OtherShape {
    std::string tensor;
    std::vector<int64_t> found, expected;
  };
  std::vector<OtherShape> otherShapes;
  bool outputTurned = false, statesTurned = false; ///< the axes of both were swapped back
  bool statesOfSteps = false; ///< h_n has a row for every step: no row of the model is its equal
  Deviation outputs;
  std::vector<Deviation> states; ///< [D*L]
  /// The largest errors with the axes of a square tensor swapped; else they are infinite.
  double outputOtherwise = 0, statesOtherwise = 0;

  /// What `file` holds, or has computed.
  void take(llvm::StringRef file, const TensorMap &tensors);
  bool isBeyond() const;
  double largest() const;
};

/// One of a GRU for each of its gates, and for h'.
template <typename T> using OfGates = std::array<T, Gru::shape.gates + 1>;

/// Errors of one layer and direction.
struct GateErrors {
  OfGates<Deviation> gates;
  std::vector<OfGates<double>> windows; ///< largest errors of `windowSteps` steps each
};

/// A usual mistake that gives a subject's numbers.
struct Finding {
  std::string name, text;
  double leaves; ///< the largest difference that it does not explain
};

struct Findings {
  /// Set when the differences are hardly larger than those of the model's own
  /// precision: then no mistake is looked for.
  std::optional<double> rounding;
  std::vector<Finding> mistakes;          ///< those that explain the numbers, best first
  std::optional<Finding> nearest;         ///< when none does: one that explains most of it
  int64_t tried = 0, rows = 0, steps = 0; ///< how much was tried
};

struct Comparison {
  std::string model, network;
  double bound = 0;
  bool isDouble = false;
  /// Whether the model promises Reference's bits (N4), and where they first differ.
  bool promisesBits = false;
  std::optional<std::pair<std::string, Place>> differentBits;
  int64_t steps = 0, batch = 0, hiddenSize = 0, directions = 1;
  std::vector<Subject> subjects;
  std::vector<GateErrors> gates; ///< [D*L]
  int64_t windowSteps = 1;
  std::vector<Findings> findings; ///< of each subject

  bool isBeyond() const;
  llvm::StringRef dtype() const { return isDouble ? "float64" : "float32"; }
  llvm::StringRef judge() const { return isDouble ? "long double" : "float64"; }
};

/// Which usual mistake in a port gives the numbers of `subject`, which are beyond
/// the bound, and which its shapes show; `allowed` is what rounding may leave.
Findings findMistakes(const Setting &setting, const Subject &subject, double allowed);

void printTable(llvm::raw_ostream &os, const Comparison &comparison);
void printJson(llvm::raw_ostream &os, const Comparison &comparison);
/// One error line for each subject beyond the bound, with what explains it.
void printErrors(llvm::raw_ostream &os, const Comparison &comparison);

/// r, z, n, or `state` for h'.
llvm::StringRef gateName(int64_t gate, llvm::StringRef state);

/// `layer 1 reverse`, of index l*D + d.
std::string layerName(int64_t index, int64_t directions);

/// Runs the model, Reference in both precisions, and compares.
llvm::Expected<Comparison> compareModel(const CommandLine &line, TensorMap inputs);

} // namespace grucc

#endif // GRUCC_TOOLS_GRUCC_RUN_COMPARISON_H
