//===- network.cpp - A GRU network made of oneDNN primitives --------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "network.h"

#include <algorithm>

using dnnl::memory;
using dim = memory::dim;
using tag = memory::format_tag;

namespace {

memory::desc floats(const memory::dims &dims, tag layout) {
  return {dims, memory::data_type::f32, layout};
}

/// oneDNN's gates are update, reset, new: torch's row blocks 1, 0, 2.
constexpr dim torchGate[3] = {1, 0, 2};

/// [3H, columns] rows r, z, n -> [columns, 3, H] gates z, r, n, appended to `to`.
void appendWeights(const std::vector<float> &from, dim columns, dim hidden,
                   std::vector<float> &to) {
  for (dim column = 0; column < columns; ++column)
    for (dim gate : torchGate)
      for (dim row = 0; row < hidden; ++row)
        to.push_back(from[static_cast<size_t>((gate * hidden + row) * columns + column)]);
}

/// b_ih, b_hh [3H] rows r, z, n -> [4, H]: z, r, and the two biases of n.
void appendBias(const Tensors &from, dim hidden, std::vector<float> &to) {
  auto at = [&](dim gate, dim row) { return static_cast<size_t>(gate * hidden + row); };
  for (dim gate : {1, 0})
    for (dim row = 0; row < hidden; ++row)
      to.push_back(from.biasIh[at(gate, row)] + from.biasHh[at(gate, row)]);
  for (dim row = 0; row < hidden; ++row)
    to.push_back(from.biasIh[at(2, row)]);
  for (dim row = 0; row < hidden; ++row)
    to.push_back(from.biasHh[at(2, row)]);
}

/// What version 3 takes in the place of version 2's descriptor of the operation.
dnnl::lbr_gru_forward::primitive_desc
describe(const dnnl::engine &engine, dnnl::rnn_direction direction, const memory::desc &x,
         const memory::desc &h0, const memory::desc &weightIh, const memory::desc &weightHh,
         const memory::desc &bias, const memory::desc &y, const memory::desc &h) {
  constexpr auto inference = dnnl::prop_kind::forward_inference;
#if DNNL_VERSION_MAJOR >= 3
  return {engine, inference, direction, x, h0, weightIh, weightHh, bias, y, h};
#else
  return {{inference, direction, x, h0, weightIh, weightHh, bias, y, h}, engine};
#endif
}

} // namespace

bool Network::canStack(const Sizes &sizes) {
  dim equal = sizes.inputSize == sizes.hiddenSize ? sizes.numLayers : sizes.numLayers - 1;
  return !sizes.isBidirectional && equal > 1;
}

Network::Network(const Sizes &sizes, const std::vector<Tensors> &layers, bool isStacked,
                 bool isStep)
    : alternates(isStep) {
  dim steps = sizes.seqLen * sizes.batch;
  size_t rows = static_cast<size_t>(steps * sizes.directions() * sizes.hiddenSize);
  input.resize(static_cast<size_t>(steps * sizes.inputSize));
  output.resize(rows);
  // Reserved: the primitives keep addresses of what lies in here.
  between.reserve(layers.size());
  groups.reserve(layers.size());
  std::vector<float> *from = &input;
  for (dim first = 0; first < sizes.numLayers;) {
    bool startsStack = sizes.columns(first) == sizes.hiddenSize && canStack(sizes);
    dim count = isStacked && startsStack ? sizes.numLayers - first : 1;
    bool isLast = first + count == sizes.numLayers;
    std::vector<float> *to = isLast ? &output : &between.emplace_back(rows);
    addGroup(sizes, layers, first, count, isStep, *from, *to);
    from = to;
    first += count;
  }
}

void Network::addGroup(const Sizes &sizes, const std::vector<Tensors> &layers, dim first, dim count,
                       bool isStep, std::vector<float> &from, std::vector<float> &to) {
  dim steps = sizes.seqLen, batch = sizes.batch, hidden = sizes.hiddenSize,
      columns = sizes.columns(first), directions = sizes.directions();
  auto x = floats({steps, batch, columns}, tag::tnc);
  auto y = floats({steps, batch, directions * hidden}, tag::tnc);
  auto h = floats({count, directions, batch, hidden}, tag::ldnc);
  memory::dims shapeIh = {count, directions, columns, 3, hidden},
               shapeHh = {count, directions, hidden, 3, hidden};
  auto bias = floats({count, directions, 4, hidden}, tag::ldgo);
  auto direction = sizes.isBidirectional ? dnnl::rnn_direction::bidirectional_concat
                                         : dnnl::rnn_direction::unidirectional_left2right;
  auto made = describe(engine, direction, x, isStep ? h : memory::desc(), floats(shapeIh, tag::any),
                       floats(shapeHh, tag::any), bias, y, h);

  std::vector<float> valuesIh, valuesHh, valuesBias;
  for (dim index = first * directions; index < (first + count) * directions; ++index) {
    const Tensors &layer = layers[static_cast<size_t>(index)];
    appendWeights(layer.weightIh, columns, hidden, valuesIh);
    appendWeights(layer.weightHh, hidden, hidden, valuesHh);
    appendBias(layer, hidden, valuesBias);
  }
  // To the layout that the primitive asks for, once.
  auto reorder = [&](std::vector<float> &values, const memory::desc &given,
                     const memory::desc &wanted) {
    memory source(given, engine, values.data()), target(wanted, engine);
    dnnl::reorder(source, target).execute(stream, source, target);
    stream.wait();
    return target;
  };
  Group group;
  group.primitive = dnnl::lbr_gru_forward(made);
  for (auto &state : group.states)
    state.resize(static_cast<size_t>(count * directions * batch * hidden));
  auto keep = [&](memory kept) {
    group.memories.push_back(kept);
    return kept.get();
  };
  auto here = [&](const memory::desc &shape, std::vector<float> &values) {
    return keep(memory(shape, engine, values.data()));
  };
  std::vector<dnnl_exec_arg_t> same = {
      {DNNL_ARG_SRC_LAYER, here(x, from)},
      {DNNL_ARG_WEIGHTS_LAYER,
       keep(reorder(valuesIh, floats(shapeIh, tag::ldigo), made.weights_layer_desc()))},
      {DNNL_ARG_WEIGHTS_ITER,
       keep(reorder(valuesHh, floats(shapeHh, tag::ldigo), made.weights_iter_desc()))},
      {DNNL_ARG_BIAS, keep(reorder(valuesBias, bias, made.bias_desc()))},
      {DNNL_ARG_DST_LAYER, here(y, to)}};
  dnnl_memory_t states[2] = {here(h, group.states[0]), here(h, group.states[1])};
  for (int parity : {0, 1}) {
    group.calls[parity] = same;
    if (isStep)
      group.calls[parity].push_back({DNNL_ARG_SRC_ITER, states[parity]});
    group.calls[parity].push_back({DNNL_ARG_DST_ITER, states[1 - parity]});
  }
  groups.push_back(std::move(group));
}

void Network::call() {
  for (Group &group : groups) {
    const std::vector<dnnl_exec_arg_t> &arguments = group.calls[next];
    dnnl::error::wrap_c_api(dnnl_primitive_execute(group.primitive.get(), stream.get(),
                                                   static_cast<int>(arguments.size()),
                                                   arguments.data()),
                            "a GRU that could not be executed");
  }
  stream.wait();
  if (alternates)
    next = 1 - next;
}

void Network::resetState() {
  for (Group &group : groups)
    for (std::vector<float> &state : group.states)
      std::fill(state.begin(), state.end(), 0.0f);
}

std::vector<float> Network::lastState() const {
  std::vector<float> all;
  // Without alternation every call writes to states[1].
  int written = alternates ? next : 1;
  for (const Group &group : groups)
    all.insert(all.end(), group.states[written].begin(), group.states[written].end());
  return all;
}
