//===- network.h - A GRU network made of oneDNN primitives ----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
// Letters: T seq_len, B batch, I input_size, H hidden_size, L num_layers,
// D directions, G = 3 gates.
#ifndef GRUCC_BENCH_ONEDNN_NETWORK_H
#define GRUCC_BENCH_ONEDNN_NETWORK_H

#include <oneapi/dnnl/dnnl.hpp>
#include <vector>

struct Sizes {
  dnnl::memory::dim seqLen = 1, batch = 1, inputSize = 0, hiddenSize = 0, numLayers = 1;
  bool isBidirectional = false;

  dnnl::memory::dim directions() const { return isBidirectional ? 2 : 1; }
  /// The input size of a layer.
  dnnl::memory::dim columns(dnnl::memory::dim layer) const {
    return layer == 0 ? inputSize : directions() * hiddenSize;
  }
};

/// The tensors of one layer and direction as torch keeps them, rows r, z, n.
struct Tensors {
  std::vector<float> weightIh; // [3H, columns]
  std::vector<float> weightHh; // [3H, H]
  std::vector<float> biasIh;   // [3H]
  std::vector<float> biasHh;   // [3H]
};

class Network {
public:
  /// `layers` is layer-major: index l * D + d. With `isStacked`, layers of equal
  /// sizes become one primitive; without, every layer is a primitive of its own.
  /// With `isStep`, the state that a call leaves is what the next one begins with;
  /// without, every call begins with zeros.
  Network(const Sizes &sizes, const std::vector<Tensors> &layers, bool isStacked, bool isStep);

  /// Whether `isStacked` makes any difference for these sizes.
  static bool canStack(const Sizes &sizes);

  void call();
  /// Sets the state of the next step to zero.
  void resetState();

  std::vector<float> input;  // [T, B, I]
  std::vector<float> output; // [T, B, D * H]
  /// [L * D, B, H], of the last call.
  std::vector<float> lastState() const;

private:
  /// One primitive over some layers. The arguments of `calls[1]` have its two
  /// states exchanged, so that steps alternate between both and copy nothing.
  struct Group {
    dnnl::primitive primitive;
    std::vector<dnnl::memory> memories;
    std::vector<dnnl_exec_arg_t> calls[2];
    std::vector<float> states[2]; // [layers of the group * D, B, H]
  };

  void addGroup(const Sizes &sizes, const std::vector<Tensors> &layers, dnnl::memory::dim first,
                dnnl::memory::dim count, bool isStep, std::vector<float> &from,
                std::vector<float> &to);

  dnnl::engine engine{dnnl::engine::kind::cpu, 0};
  dnnl::stream stream{engine};
  std::vector<std::vector<float>> between; // [T, B, D * H] each
  std::vector<Group> groups;
  int next = 0; // which of a group's `calls` comes next
  bool alternates;
};

#endif // GRUCC_BENCH_ONEDNN_NETWORK_H
