/*===- differential.c - One network, whatever it was compiled with --------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * differential SEED CALLS WEIGHTS: draws calls, makes each in every form of every
 * model in models.h, whose code AddressSanitizer watches, and expects one result.
 * WEIGHTS holds torch's tensors in torch's order. Buffers are as large as the
 * interface says, to the byte, and full of garbage.
 */
#include "grucc/model.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define expect(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s: %s%s: not true: %s\n", name, what, caller, #condition);                 \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

static const char *name = "no model";
static char what[100], caller[40]; /* of the call */

#include "callers.h"

/* MODEL(m0) MODEL(m1) ... */
#define MODEL(prefix) extern const grucc_model prefix##_model;
#include "models.h"
#undef MODEL
#define MODEL(prefix) &prefix##_model,
static const grucc_model *const models[] = {
#include "models.h"
};
enum { MODELS = sizeof models / sizeof *models, MOST_STEPS = 40, MOST_ROWS = 20 };
static void *packed_weights[MODELS];

static uint64_t random_state;
static int64_t draw(int64_t below) {
  random_state = random_state * 6364136223846793005u + 1442695040888963407u;
  return (int64_t)((random_state >> 33) % (uint64_t)below);
}

/* A call, with rows first: input [B, T, I], h_0 [D*L, B, H] or NULL. */
typedef struct request {
  int64_t steps, batch, lengths[MOST_ROWS];
  char *input, *h_0;
  uint64_t seed;
} request;

/* output [B, T, D*H] with zeros behind a row's end, h_n [D*L, B, H]. */
typedef struct result {
  char *output, *h_n;
} result;

/* Of one model. */
typedef struct sizes {
  int64_t real, input, width, hidden, states; /* bytes; of x, y, one state; and D*L */
  int batch_first, streams, training;
} sizes;

static sizes sizes_of(const grucc_model *model) {
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int64_t real = model->flags & GRUCC_MODEL_FLOAT64 ? 8 : 4;
  sizes s = {real,
             model->input_size * real,
             directions * model->hidden_size * real,
             model->hidden_size * real,
             directions * model->num_layers,
             (model->flags & GRUCC_MODEL_BATCH_FIRST) != 0,
             model->step != NULL,
             (model->flags & GRUCC_MODEL_TRAINING) != 0};
  return s;
}

static char *garbage(int64_t bytes) {
  void *memory = NULL;
  expect(bytes >= 0 && posix_memalign(&memory, GRUCC_ALIGNMENT, (size_t)bytes) == 0);
  memset(memory, 0xff, (size_t)bytes);
  return memory;
}

static result new_result(const sizes *s, const request *call) {
  result made = {garbage(call->batch * call->steps * s->width),
                 garbage(s->states * call->batch * s->hidden)};
  memset(made.output, 0, (size_t)(call->batch * call->steps * s->width));
  return made;
}

/*===-- Forms -------------------------------------------------------------===*/

typedef enum form { DENSE, LENGTHS, PACKED, ALONE, STEPS, FORMS } form;
static const char *const form_names[] = {"dense", "lengths", "packed", "rows alone", "steps"};

/* Where a run's data has step t of row b: rows in `order`, `starts` only when packed. */
typedef struct layout {
  int64_t steps, batch, order[MOST_ROWS], starts[MOST_STEPS], sizes[MOST_STEPS], rows;
  int is_packed, batch_first;
} layout;

static int64_t place(const layout *at, int64_t t, int64_t b) {
  if (at->is_packed)
    return at->starts[t] + b;
  return at->batch_first ? b * at->steps + t : t * at->batch + b;
}

/* Rows longest first, those of one length in their order. */
static layout packed_layout(const request *call) {
  layout at = {.batch = call->batch, .is_packed = 1};
  int64_t next = 0;
  for (int64_t length = call->steps; length >= 0; --length)
    for (int64_t b = 0; b < call->batch; ++b)
      if (call->lengths[b] == length)
        at.order[next++] = b;
  for (int64_t t = 0; t < call->steps; ++t) {
    at.starts[t] = at.rows;
    for (int64_t b = 0; b < call->batch; ++b)
      at.sizes[t] += call->lengths[b] > t;
    at.rows += at.sizes[t];
    at.steps += at.sizes[t] > 0;
  }
  return at;
}

/* Some rows of a call, laid out as `at` says, through NAME_run; `lengths` or NULL. */
static void run(int index, const request *call, const layout *at, const int64_t *lengths,
                result *found) {
  const grucc_model *model = models[index];
  sizes s = sizes_of(model);
  char *input = garbage(at->rows * s.input), *output = garbage(at->rows * s.width);
  char *h_0 = call->h_0 ? garbage(s.states * at->batch * s.hidden) : NULL;
  char *h_n = garbage(s.states * at->batch * s.hidden);
  for (int64_t b = 0; b < at->batch; ++b)
    for (int64_t t = 0; t < at->steps && (!at->is_packed || at->sizes[t] > b); ++t)
      memcpy(input + place(at, t, b) * s.input,
             call->input + (at->order[b] * call->steps + t) * s.input, (size_t)s.input);
  for (int64_t i = 0; h_0 && i < s.states * at->batch; ++i)
    memcpy(h_0 + i * s.hidden,
           call->h_0 + (i / at->batch * call->batch + at->order[i % at->batch]) * s.hidden,
           (size_t)s.hidden);
  static const grucc_parallel_for callers[] = {NULL, in_reverse, at_once, together};
  team own = {.threads = 1 + draw(5)};
  int kind = (int)draw(4);
  snprintf(caller, sizeof caller, ", caller %d of %d threads", kind, (int)own.threads);
  int64_t bytes = model->workspace_bytes(at->steps, at->batch);
  char *workspace = garbage(bytes);
  grucc_args args = {.size = sizeof args, .seq_len = at->steps, .batch = at->batch};
  args.input = input;
  args.h_0 = h_0;
  args.lengths = lengths;
  args.batch_sizes = at->is_packed ? at->sizes : NULL;
  args.output = output;
  args.h_n = h_n;
  args.workspace = workspace;
  args.weights = packed_weights[index];
  args.dropout_seed = call->seed;
  args.parallel_for = callers[kind];
  args.parallel_context = &own;
  args.threads = kind ? own.threads : 0;
  args.barrier = kind == 3 ? meet : NULL;
  expect(model->run(&args) == GRUCC_OK);
  for (int64_t b = 0; b < at->batch; ++b)
    for (int64_t t = 0; t < at->steps && (!at->is_packed || at->sizes[t] > b); ++t)
      memcpy(found->output + (at->order[b] * call->steps + t) * s.width,
             output + place(at, t, b) * s.width, (size_t)s.width);
  for (int64_t i = 0; i < s.states * at->batch; ++i)
    memcpy(found->h_n + (i / at->batch * call->batch + at->order[i % at->batch]) * s.hidden,
           h_n + i * s.hidden, (size_t)s.hidden);
  free(workspace);
  free(h_n);
  free(h_0);
  free(output);
  free(input);
}

/* All rows at once, a step at a time; what a row has after its own end is left. */
static void stream(int index, const request *call, result *found) {
  const grucc_model *model = models[index];
  sizes s = sizes_of(model);
  int64_t batch = call->batch, all = s.states * batch;
  char *state = garbage(model->state_bytes(batch)), *h = garbage(all * s.hidden);
  char *x = garbage(batch * s.input), *y = garbage(batch * s.width);
  char *workspace = garbage(model->workspace_bytes(1, batch));
  expect(model->init_state(state, call->h_0, batch) == GRUCC_OK);
  for (int64_t t = 0; t <= call->steps; ++t) {
    expect(model->read_state(state, h, batch) == GRUCC_OK);
    for (int64_t i = 0; i < all; ++i)
      if (call->lengths[i % batch] == t)
        memcpy(found->h_n + i * s.hidden, h + i * s.hidden, (size_t)s.hidden);
    if (t == call->steps)
      break;
    for (int64_t b = 0; b < batch; ++b)
      memcpy(x + b * s.input, call->input + (b * call->steps + t) * s.input, (size_t)s.input);
    expect(model->step(x, y, state, workspace, packed_weights[index], batch) == GRUCC_OK);
    for (int64_t b = 0; b < batch; ++b)
      if (t < call->lengths[b])
        memcpy(found->output + (b * call->steps + t) * s.width, y + b * s.width, (size_t)s.width);
  }
  free(workspace);
  free(y);
  free(x);
  free(h);
  free(state);
}

static void make(int index, const request *call, form kind, result *found) {
  sizes s = sizes_of(models[index]);
  if (kind == STEPS)
    return stream(index, call, found);
  if (kind == PACKED) {
    layout at = packed_layout(call);
    return run(index, call, &at, NULL, found);
  }
  if (kind == ALONE) {
    for (int64_t b = 0; b < call->batch; ++b) {
      layout at = {.steps = call->lengths[b], .batch = 1, .order = {b}, .rows = call->lengths[b]};
      at.batch_first = s.batch_first;
      run(index, call, &at, NULL, found);
    }
    return;
  }
  layout at = {.steps = call->steps, .batch = call->batch, .rows = call->steps * call->batch};
  at.batch_first = s.batch_first;
  for (int64_t b = 0; b < call->batch; ++b)
    at.order[b] = b;
  run(index, call, &at, kind == LENGTHS ? call->lengths : NULL, found);
}

/* Masks are drawn for a row by its place (N5), which packing and leaving out rows change. */
static int fits(const sizes *s, const request *call, form kind) {
  int is_dense = 1, is_sorted = 1;
  for (int64_t b = 0; b < call->batch; ++b) {
    is_dense &= call->lengths[b] == call->steps;
    is_sorted &= b == 0 || call->lengths[b] <= call->lengths[b - 1];
  }
  return kind == LENGTHS || (kind == DENSE && is_dense) ||
         (kind == PACKED && (is_sorted || !s->training)) || (kind == ALONE && !s->training) ||
         (kind == STEPS && s->streams);
}

/*===-- Calls -------------------------------------------------------------===*/

static char *random_reals(const sizes *s, int64_t bytes) {
  char *memory = garbage(bytes);
  for (int64_t i = 0; i < bytes; i += s->real) {
    double value = (double)draw(4001) / 1000 - 2;
    float narrow = (float)value;
    memcpy(memory + i, s->real == 8 ? (void *)&value : (void *)&narrow, (size_t)s->real);
  }
  return memory;
}

static request draw_call(const sizes *s) {
  static const int64_t few[] = {0, 1, 2, 3, 5, 8, 9, 17};
  request call = {.steps = draw(3) ? draw(12) : draw(MOST_STEPS), .batch = few[draw(8)]};
  int kind = (int)draw(3); /* one length, any, or any in descending order */
  for (int64_t b = 0; b < call.batch; ++b)
    call.lengths[b] = kind ? draw(call.steps + 1) : call.steps;
  if (kind == 2)
    for (int64_t b = 1; b < call.batch; ++b)
      if (call.lengths[b] > call.lengths[b - 1])
        call.lengths[b] = call.lengths[b - 1];
  call.input = random_reals(s, call.batch * call.steps * s->input);
  call.h_0 = draw(2) ? random_reals(s, s->states * call.batch * s->hidden) : NULL;
  call.seed = (uint64_t)draw(1 << 20);
  return call;
}

/* Models without fused multiply-add have bits of their own (N4). */
static void compare(const request *call) {
  result expected[2] = {{0}};
  sizes s = sizes_of(models[0]);
  for (int index = 0; index < MODELS; ++index)
    for (form kind = DENSE; kind < FORMS; ++kind) {
      s = sizes_of(models[index]);
      if (!fits(&s, call, kind))
        continue;
      name = models[index]->name;
      snprintf(what, sizeof what, "T = %d, B = %d, %s h_0, %s", (int)call->steps, (int)call->batch,
               call->h_0 ? "with" : "without", form_names[kind]);
      caller[0] = '\0';
      result found = new_result(&s, call);
      make(index, call, kind, &found);
      result *first = &expected[(models[index]->cpu_features[0] & GRUCC_CPU_FMA) != 0];
      if (!first->output) {
        *first = found;
        continue;
      }
      expect(memcmp(found.output, first->output, (size_t)(call->batch * call->steps * s.width)) ==
             0);
      expect(memcmp(found.h_n, first->h_n, (size_t)(s.states * call->batch * s.hidden)) == 0);
      free(found.output);
      free(found.h_n);
    }
  for (int i = 0; i < 2; ++i) {
    free(expected[i].output);
    free(expected[i].h_n);
  }
}

/* torch's tensors, packed for those models that take them. */
static void give_weights(const char *path) {
  FILE *file = fopen(path, "rb");
  static char bytes[1 << 22];
  size_t size = fread(bytes, 1, sizeof bytes, file), at = 0;
  fclose(file);
  const grucc_model *model = models[0];
  sizes s = sizes_of(model);
  const void *tensors[64];
  int64_t count = 0, directions = s.width / s.hidden;
  for (int64_t l = 0; l < model->num_layers; ++l)
    for (int64_t d = 0; d < directions; ++d) {
      int64_t columns[] = {l ? s.width : s.input, s.hidden, s.real, s.real};
      for (int i = 0; i < (model->flags & GRUCC_MODEL_BIAS ? 4 : 2); ++i) {
        tensors[count++] = bytes + at;
        at += (size_t)(3 * model->hidden_size * columns[i]);
      }
    }
  snprintf(what, sizeof what, "weights");
  for (int index = 0; index < MODELS; ++index) {
    name = models[index]->name;
    expect(at == size && models[index]->weights_count == count);
    if (!(models[index]->flags & GRUCC_MODEL_EXTERNAL_WEIGHTS))
      continue;
    packed_weights[index] = garbage(models[index]->weights_bytes);
    expect(models[index]->pack(tensors, packed_weights[index]) == GRUCC_OK);
  }
}

int main(int count, char **arguments) {
  (void)count;
  random_state = strtoull(arguments[1], NULL, 10);
  give_weights(arguments[3]);
  sizes s = sizes_of(models[0]);
  for (int calls = atoi(arguments[2]); calls > 0; --calls) {
    request call = draw_call(&s);
    compare(&call);
    free(call.input);
    free(call.h_0);
  }
  for (int index = 0; index < MODELS; ++index)
    free(packed_weights[index]);
  return 0;
}
