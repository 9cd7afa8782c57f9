//===- c10_work.c - One run over rows of given lengths --------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   c10_work whole|stepped padded|packed T LENGTH...
//
// Runs net_model once over the rows, the packed ones in descending order. Stepped, the processor
// stops after each instruction, and their number is printed: slow, and for any level.
//
//===----------------------------------------------------------------------===//

#include "grucc/model.h"
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

extern const grucc_model net_model;

static void *allocate(int64_t bytes) {
  void *memory = aligned_alloc(64, (size_t)(bytes / 64 + 1) * 64);
  if (!memory)
    exit(1);
  return memory;
}

static float *numbers(int64_t count) {
  float *values = allocate(count * 4);
  for (int64_t i = 0; i < count; ++i)
    values[i] = (float)((i * 7919) % 2001 - 1000) * 1e-3f;
  return values;
}

static volatile int64_t instructions;
static void count_one(int signal) { instructions += signal == SIGTRAP; }

// While the trap flag is set each instruction ends in SIGTRAP; the handler runs without it.
static int run_stepped(const grucc_args *args) {
  struct sigaction action = {.sa_handler = count_one};
  if (sigaction(SIGTRAP, &action, NULL))
    exit(1);
  const unsigned long long trap = 1 << 8, flags = __readeflags();
  __writeeflags(flags | trap);
  int status = net_model.run(args);
  __writeeflags(flags);
  printf("%" PRId64 "\n", instructions);
  return status;
}

int main(int argc, char **argv) {
  if (argc < 5)
    return 2;
  int stepped = strcmp(argv[1], "stepped") == 0, packed = strcmp(argv[2], "packed") == 0;
  int64_t steps = atoll(argv[3]), batch = argc - 4, rows = 0;
  int64_t *lengths = allocate(batch * 8), *sizes = allocate(steps * 8);
  memset(sizes, 0, (size_t)steps * 8);
  for (int64_t b = 0; b < batch; ++b) {
    lengths[b] = atoll(argv[4 + b]);
    for (int64_t t = 0; t < lengths[b]; ++t, ++rows)
      ++sizes[t];
  }
  int64_t directions = net_model.flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int64_t width = directions * net_model.hidden_size;
  int64_t all = packed ? rows : steps * batch, states = width * net_model.num_layers * batch;
  grucc_args args = {.size = sizeof args, .seq_len = steps, .batch = batch};
  args.input = numbers(all * net_model.input_size);
  args.output = numbers(all * width);
  args.h_n = numbers(states);
  args.lengths = packed ? NULL : lengths;
  args.batch_sizes = packed ? sizes : NULL;
  args.workspace = allocate(net_model.workspace_bytes(steps, batch));
  int status = stepped ? run_stepped(&args) : net_model.run(&args);
  if (status)
    fprintf(stderr, "net_run: status %d\n", status);
  return status;
}
