/*===- limit.c - The shortest time that a call could take -----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * Letters: T seq_len, B batch, I the input size of a layer, H hidden_size, D directions.
 * For every layer and direction:
 *
 *   project = 2 B 3H I operations a step          read = bytes of weight_ih
 *   recur   = 2 B 3H H operations a step          kept = bytes of weight_hh
 *   gates   = what a loop of nothing but the gates of float32 units takes for as many vectors of
 *             new state; where it was not measured, 34 cycles for each 64 bytes
 *
 *   run  = sum of T project / peak + T max(recur / peak, traffic(kept)) + T gates
 *   step = max(sum of (project + recur) / peak, traffic(sum of (read + kept))) + sum of gates
 *
 *   traffic(bytes) = bytes / rate of L1                         when bytes <= 5/6 of L1, else
 *                    min(bytes, 9/10 of L2) / rate of L2
 *                    + the rest / the rate at which as many bytes are read over and over,
 *                      from as many places side by side as is fastest, between the sizes that
 *                      were measured; where none was, that of L3, or of memory without one
 *
 * A run projects all its steps at once, so that its input weights are read too rarely to
 * count. A step reads every weight of every layer once. Weights may be kept in fewer bits
 * than they are used in: the descriptor's weights_bytes are shared out among the elements
 * of all matrices, to none more than it has in full, so that padding and biases do not
 * count where nothing is kept narrow.
 */
#include "limit.h"
#include "subject.h"

static double at_most(double a, double b) { return a < b ? a : b; }
static double at_least(double a, double b) { return a > b ? a : b; }

static double real_bytes(const grucc_model *model) {
  return model->flags & GRUCC_MODEL_FLOAT64 ? 8 : 4;
}

static double directions(const grucc_model *model) {
  return model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
}

/* Columns of weight_ih of a layer. */
static double input_size(const grucc_model *model, int64_t layer) {
  return layer == 0 ? (double)model->input_size : directions(model) * (double)model->hidden_size;
}

/* Bytes of one element of a matrix. */
static double weight_bytes(const grucc_model *model) {
  if (is_for_gpu(model)) /* whose matrices are there for each kind of kernel, filled up to tiles */
    return has_exact_weights(model) ? 4 : 2;
  double hidden = (double)model->hidden_size, elements = 0;
  for (int64_t layer = 0; layer < model->num_layers; ++layer)
    elements += directions(model) * 3 * hidden * (input_size(model, layer) + hidden);
  return at_most((double)model->weights_bytes / elements, real_bytes(model));
}

/* Microseconds; 10^9 a second are 10^3 a microsecond. */
static double compute(const grucc_model *model, const probes *measured, double flops) {
  double peak =
      model->flags & GRUCC_MODEL_FLOAT64 ? measured->float64_gflops : measured->float32_gflops;
  return flops / (peak * 1e3);
}

/* Of `bytes` that are beyond L2. */
static double far_rate(const probes *measured, double bytes) {
  const double MiB = 1024 * 1024;
  double last_bytes = 0, last = 0;
  for (int number = 0; number < far_probe_count; ++number) {
    double own = far_probe_mib[number] * MiB, rate = measured->far_gb_s[number];
    if (rate <= 0)
      continue;
    if (bytes <= own)
      return last > 0 ? last + (rate - last) * (bytes - last_bytes) / (own - last_bytes) : rate;
    last_bytes = own;
    last = rate;
  }
  return last > 0 ? last : measured->l3.gb_s > 0 ? measured->l3.gb_s : measured->memory.gb_s;
}

static double traffic(const probes *measured, double bytes) {
  if (bytes <= measured->l1.bytes * 5 / 6)
    return bytes / (measured->l1.gb_s * 1e3);
  double near = at_most(bytes, 0.9 * measured->l2.bytes);
  return near / (measured->l2.gb_s * 1e3) + (bytes - near) / (far_rate(measured, bytes) * 1e3);
}

/* Of B rows, one layer, one direction, one step. */
static double gates(const grucc_model *model, const probes *measured, double batch) {
  double bytes = batch * (double)model->hidden_size * real_bytes(model);
  double cycles = measured->gate_cycles > 0 && measured->vector_bits > 0
                      ? measured->gate_cycles * bytes / (measured->vector_bits / 8)
                      : 34 * bytes / 64;
  return cycles * measured->cycle_ns * 1e-3;
}

call_cost cost_of_run(const grucc_model *model, int64_t seq_len, int64_t batch,
                      const probes *measured) {
  call_cost cost = {0, 0, 0};
  double steps = (double)seq_len, rows = (double)batch, hidden = (double)model->hidden_size;
  double kept = 3 * hidden * hidden * weight_bytes(model), recur = 2 * rows * 3 * hidden * hidden;
  for (int64_t layer = 0; layer < model->num_layers; ++layer) {
    double input = input_size(model, layer), project = 2 * rows * 3 * hidden * input;
    cost.flops += directions(model) * steps * (project + recur);
    cost.weights_bytes +=
        directions(model) * (3 * hidden * input * weight_bytes(model) + steps * kept);
    if (measured)
      cost.limit += directions(model) * steps *
                    (compute(model, measured, project) +
                     at_least(compute(model, measured, recur), traffic(measured, kept)) +
                     gates(model, measured, rows));
  }
  return cost;
}

call_cost cost_of_step(const grucc_model *model, int64_t batch, const probes *measured) {
  call_cost cost = {0, 0, 0};
  double rows = (double)batch, hidden = (double)model->hidden_size;
  for (int64_t layer = 0; layer < model->num_layers; ++layer) {
    double weights = directions(model) * 3 * hidden * (input_size(model, layer) + hidden);
    cost.flops += 2 * rows * weights;
    cost.weights_bytes += weights * weight_bytes(model);
    if (measured)
      cost.limit += directions(model) * gates(model, measured, rows);
  }
  if (measured)
    cost.limit +=
        at_least(compute(model, measured, cost.flops), traffic(measured, cost.weights_bytes));
  return cost;
}
