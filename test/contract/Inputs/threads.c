/*===- threads.c - One result, whoever runs the parts ---------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * threads MODEL.so...: runs every form of every model on one thread, and on 1 to
 * 8 by callers of three kinds; the bits must be the same, nothing may be written
 * beside a buffer, and every caller must have been given several parts.
 */
#include "grucc/model.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define expect(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s: line %d: not true: %s\n", name, __LINE__, #condition);                  \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

static const char *name; /* of the model */

#include "callers.h"

/*===-- Buffers -----------------------------------------------------------===*/

enum { MARGIN = 256, GARBAGE = 0xff };

/* `bytes` of garbage (NaNs), with a margin that must stay garbage. */
static char *buffer(size_t bytes) {
  size_t whole = (bytes + MARGIN + GRUCC_ALIGNMENT - 1) / GRUCC_ALIGNMENT * GRUCC_ALIGNMENT;
  char *memory = aligned_alloc(GRUCC_ALIGNMENT, whole);
  memset(memory, GARBAGE, whole);
  return memory;
}

static void check_margin(const char *memory, size_t bytes) {
  for (size_t i = 0; i < MARGIN; ++i)
    expect((unsigned char)memory[bytes + i] == GARBAGE);
}

static uint64_t state = 1;
static uint64_t draw(uint64_t below) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (state >> 33) % below;
}

static char *random_reals(const grucc_model *model, int64_t count) {
  int wide = (model->flags & GRUCC_MODEL_FLOAT64) != 0;
  char *memory = buffer((size_t)count * (wide ? 8 : 4));
  for (int64_t i = 0; i < count; ++i) {
    double value = (double)draw(2001) / 1000 - 1;
    if (wide)
      ((double *)(void *)memory)[i] = value;
    else
      ((float *)(void *)memory)[i] = (float)value;
  }
  return memory;
}

/*===-- Runs --------------------------------------------------------------===*/

typedef struct result {
  char *output, *h_n;
  size_t output_bytes, state_bytes;
} result;

/* One run with fresh buffers; h_n is h_0's memory when `in_place`. */
static result run(const grucc_model *model, grucc_args args, int64_t rows, int in_place) {
  size_t real = model->flags & GRUCC_MODEL_FLOAT64 ? 8 : 4;
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  size_t wide = (size_t)(directions * model->hidden_size) * real;
  result found = {0};
  found.output_bytes = (size_t)rows * wide;
  found.state_bytes = (size_t)(model->num_layers * args.batch) * wide;
  found.output = buffer(found.output_bytes);
  found.h_n = buffer(found.state_bytes);
  if (in_place) {
    memcpy(found.h_n, args.h_0, found.state_bytes);
    args.h_0 = found.h_n;
  }
  size_t bytes = (size_t)model->workspace_bytes(args.seq_len, args.batch);
  char *workspace = buffer(bytes);
  args.size = sizeof args;
  args.output = found.output;
  args.h_n = found.h_n;
  args.workspace = workspace;
  expect(model->run(&args) == GRUCC_OK);
  check_margin(workspace, bytes);
  check_margin(found.output, found.output_bytes);
  check_margin(found.h_n, found.state_bytes);
  free(workspace);
  return found;
}

static void release(result *found) {
  free(found->output);
  free(found->h_n);
}

static int64_t parts_seen[3]; /* by each kind of caller, the most at a time */

/* The same run by every caller. */
static void compare(const grucc_model *model, const grucc_args *args, int64_t rows, int in_place) {
  static const grucc_parallel_for callers[] = {in_reverse, at_once, together};
  result alone = run(model, *args, rows, in_place);
  for (int kind = 0; kind < 3; ++kind)
    for (int64_t threads = 1; threads <= 8; threads += threads < 4 ? 1 : 2) {
      team own = {.threads = threads};
      grucc_args shared = *args;
      shared.parallel_for = callers[kind];
      shared.parallel_context = &own;
      shared.threads = threads;
      shared.barrier = kind == 2 ? meet : NULL;
      result found = run(model, shared, rows, in_place);
      expect(memcmp(found.output, alone.output, alone.output_bytes) == 0);
      expect(memcmp(found.h_n, alone.h_n, alone.state_bytes) == 0);
      expect(threads > 1 || own.calls == 0);
      if (own.most > parts_seen[kind])
        parts_seen[kind] = own.most;
      release(&found);
    }
  release(&alone);
}

static int descending(const void *a, const void *b) {
  int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
  return x < y ? 1 : x > y ? -1 : 0;
}

static void check_sizes(const grucc_model *model, int64_t steps, int64_t batch) {
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1, rows = steps * batch;
  int64_t lengths[32] = {0}, sizes[64] = {0}, sum = 0;
  for (int64_t b = 0; b < batch; ++b)
    lengths[b] = (int64_t)draw((uint64_t)steps + 1);
  if (batch > 1)
    lengths[1] = steps;
  int64_t sorted[32];
  memcpy(sorted, lengths, sizeof sorted);
  qsort(sorted, (size_t)batch, sizeof *sorted, descending);
  for (int64_t t = 0; t < steps; ++t)
    for (int64_t b = 0; b < batch && sorted[b] > t; ++b, ++sum)
      sizes[t]++;

  char *input = random_reals(model, rows * model->input_size);
  char *h_0 = random_reals(model, directions * model->num_layers * batch * model->hidden_size);
  int64_t mask_bytes = (model->num_layers - 1) * rows * directions * model->hidden_size;
  uint8_t *mask = malloc((size_t)mask_bytes + 1);
  for (int64_t i = 0; i < mask_bytes; ++i)
    mask[i] = (uint8_t)draw(2);

  grucc_args args = {0};
  args.seq_len = steps;
  args.batch = batch;
  args.input = input;
  args.dropout_seed = 77;
  compare(model, &args, rows, 0);
  args.h_0 = h_0;
  compare(model, &args, rows, 1);
  args.lengths = lengths;
  compare(model, &args, rows, 0);
  args.lengths = NULL;
  args.batch_sizes = sizes;
  if (model->flags & GRUCC_MODEL_TRAINING)
    args.dropout_mask = mask;
  compare(model, &args, sum, 1);
  free(mask);
  free(h_0);
  free(input);
}

int main(int count, char **paths) {
  static const int64_t sizes[][2] = {{0, 3}, {4, 0}, {1, 1}, {9, 1}, {7, 2}, {5, 3}, {6, 17}};
  for (int i = 1; i < count; ++i) {
    name = paths[i];
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    expect(library);
    const grucc_model *model = dlsym(library, "grucc_model_entry");
    expect(model && model->abi_version == GRUCC_ABI_VERSION);
    memset(parts_seen, 0, sizeof parts_seen);
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; ++k)
      check_sizes(model, sizes[k][0], sizes[k][1]);
    printf("%s: up to %d, %d and %d parts\n", name, (int)parts_seen[0], (int)parts_seen[1],
           (int)parts_seen[2]);
    dlclose(library);
  }
  return 0;
}
