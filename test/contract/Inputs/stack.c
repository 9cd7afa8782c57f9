/*===- stack.c - Stack and floating-point environment of compiled models ---===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * stack MODEL.so...: every function of each model, in every form of a run, on one thread
 * and on four, runs on a stack that was painted before; what is no longer paint was used (A3: at
 * most 16 KB). The rounding mode and the treatment of subnormals are as before (N7).
 */
#include "grucc/model.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <xmmintrin.h>

enum {
  STEPS = 11,
  MOST_ROWS = 19,
  STACK = 1 << 18,
  PAINT = 0x5a,
  LIMIT = 16 * 1024,
  STATUS_FLAGS = 0x3f
};

static unsigned char stack[STACK] __attribute__((aligned(64)));
static ucontext_t caller, callee;
static void (*call)(void);

static const grucc_model *model;
static int64_t seq_len, batch;
static void *input, *h_0, *output, *h_n, *workspace, *state, *weights;
static const void *tensors[64];
static int failed;

static void check(int status) { failed |= status; }

/* What a run is given beside its tensors. */
static struct {
  int64_t threads;
  const int64_t *lengths, *batch_sizes;
  const void *dropout_mask;
} form;

static int64_t most_parts;

/* All parts on this stack: what each of them needs is needed here, and once. */
static void in_turn(void *context, int64_t count, void (*body)(void *, int64_t),
                    void *body_context) {
  (void)context;
  if (count > most_parts)
    most_parts = count;
  for (int64_t i = 0; i < count; ++i)
    body(body_context, i);
}

static void nothing(void) {}
static void pack(void) { check(model->pack(tensors, weights)); }
static void run(void) {
  grucc_args args = {.size = sizeof args,
                     .seq_len = seq_len,
                     .batch = batch,
                     .input = input,
                     .h_0 = h_0,
                     .lengths = form.lengths,
                     .batch_sizes = form.batch_sizes,
                     .output = output,
                     .h_n = h_n,
                     .workspace = workspace,
                     .weights = weights,
                     .dropout_seed = 5,
                     .dropout_mask = form.dropout_mask,
                     .parallel_for = form.threads > 1 ? in_turn : NULL,
                     .threads = form.threads};
  check(model->run(&args));
}
static void stream(void) {
  check(model->init_state(state, h_0, batch));
  check(model->step(input, output, state, workspace, weights, batch));
  check(model->step(input, output, state, workspace, weights, batch));
  check(model->read_state(state, h_n, batch));
}

static void enter(void) { call(); }

/* Bytes of stack that `function` used. */
static int64_t used(void (*function)(void)) {
  memset(stack, PAINT, sizeof stack);
  getcontext(&callee);
  callee.uc_stack.ss_sp = stack;
  callee.uc_stack.ss_size = sizeof stack;
  callee.uc_link = &caller;
  call = function;
  makecontext(&callee, enter, 0);
  unsigned before = _mm_getcsr() & ~(unsigned)STATUS_FLAGS;
  swapcontext(&caller, &callee);
  if ((_mm_getcsr() & ~(unsigned)STATUS_FLAGS) != before) {
    printf("%s: changed the floating-point environment\n", model->name);
    failed = 1;
  }
  int64_t at = 0;
  while (at < STACK && stack[at] == PAINT)
    ++at;
  return STACK - at;
}

/* At least `bytes`, aligned, all zero: a tensor of zeros, or room. */
static void *room(int64_t bytes) {
  bytes = (bytes / GRUCC_ALIGNMENT + 1) * GRUCC_ALIGNMENT;
  void *memory = aligned_alloc(GRUCC_ALIGNMENT, (size_t)bytes);
  if (!memory)
    exit(2);
  return memset(memory, 0, (size_t)bytes);
}

static int64_t largest(int64_t a, int64_t b) { return a > b ? a : b; }

/* Every form of a run of `rows` rows, and a stream of them. */
static int64_t used_by_forms(int64_t rows) {
  int64_t I = model->input_size, H = model->hidden_size, L = model->num_layers, most = 0;
  int64_t D = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int64_t bytes = model->flags & GRUCC_MODEL_FLOAT64 ? sizeof(double) : sizeof(float);
  int64_t lengths[MOST_ROWS], batch_sizes[STEPS];
  seq_len = STEPS, batch = rows;
  for (int64_t b = 0; b < rows; ++b)
    lengths[b] = (7 * b + STEPS) % (STEPS + 1);
  for (int64_t t = 0; t < STEPS; ++t)
    batch_sizes[t] = rows - t * (rows - 1) / STEPS;
  input = room(seq_len * batch * I * bytes);
  output = room(seq_len * batch * D * H * bytes);
  h_0 = room(D * L * batch * H * bytes);
  h_n = room(D * L * batch * H * bytes);
  workspace = room(model->workspace_bytes(seq_len, batch));
  int drops = (model->flags & GRUCC_MODEL_TRAINING) != 0;
  void *mask = room((L - 1) * seq_len * batch * D * H);
  for (int kind = 0; kind < 3; ++kind)
    for (int masked = 0; masked <= drops; ++masked)
      for (int64_t threads = 1; threads <= 4; threads += 3) {
        form.threads = threads;
        form.lengths = kind == 1 ? lengths : NULL;
        form.batch_sizes = kind == 2 ? batch_sizes : NULL;
        form.dropout_mask = masked ? mask : NULL;
        most = largest(most, used(run));
      }
  if (model->step) {
    state = room(model->state_bytes(batch));
    most = largest(most, used(stream));
    free(state);
  }
  free(input), free(output), free(h_0), free(h_n), free(workspace), free(mask);
  return most;
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; ++i) {
    void *library = dlopen(argv[i], RTLD_NOW);
    model = library ? dlsym(library, "grucc_model_entry") : NULL;
    if (!model) {
      printf("%s: no model\n", argv[i]);
      return 1;
    }
    int64_t I = model->input_size, H = model->hidden_size;
    int64_t idle = used(nothing), most = 0;
    most_parts = 0;
    if (model->pack) {
      weights = room(model->weights_bytes);
      void *zeros = room(3 * H * largest(I, H) * (int64_t)sizeof(float));
      for (int64_t n = 0; n < model->weights_count && n < 64; ++n)
        tensors[n] = zeros;
      most = used(pack);
    } else
      weights = NULL;
    for (int64_t rows = 1; rows <= MOST_ROWS; ++rows)
      most = largest(most, used_by_forms(rows));
    most -= idle;
    printf("%s: %lld bytes of stack, %d parts\n", model->name, (long long)most, (int)most_parts);
    failed |= most > LIMIT;
  }
  return failed;
}
