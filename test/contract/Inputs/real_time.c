/*===- real_time.c - Runs and steps do arithmetic and nothing else --------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * real_time MODEL.so [--plant=WHAT]: runs and steps of a model, called directly and through
 * the runtime after grucc_reserve, first while watch.c looks for heap and locks, then in a
 * process that the system kills at its first system call but exit. WHAT is done
 * among them, and must be found: malloc, free, lock, map, system-call, or unreserved, a run
 * of the runtime larger than anything was reserved for.
 *
 * Exit code: 0 nothing happened, 3 something did (it is named), 1 the model failed.
 */
#define _GNU_SOURCE
#include "grucc/runtime.h"
#include "watch.h"
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { T = 9, B = 5, ROWS = T * B, BIGGER = 64 };

static grucc_handle *handle;
static const grucc_model *model;
static grucc_state state;
static grucc_call padded, packed;
static grucc_tensor x, y;
/* For direct calls. */
static grucc_args args;
static void *own_state, *own_workspace, *own_weights;
static int64_t lengths[B] = {9, 0, 4, 7, 1}, batch_sizes[T] = {5, 5, 4, 4, 2, 2, 1, 1, 1};
enum { PACKED_ROWS = 25 };
static const char *plant = "";
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void fail(const char *what) {
  fprintf(stderr, "failed: %s\n", what);
  exit(1);
}

static void *zeros(int64_t bytes) {
  size_t rounded = ((size_t)bytes / 64 + 1) * 64;
  void *memory = aligned_alloc(64, rounded);
  if (!memory)
    fail("no memory");
  return memset(memory, 0, rounded);
}

/* A tensor of small numbers that are not all the same. */
static grucc_tensor reals(int rank, int64_t a, int64_t b, int64_t c) {
  int is_double = (model->flags & GRUCC_MODEL_FLOAT64) != 0;
  int64_t count = a * (rank > 1 ? b : 1) * (rank > 2 ? c : 1);
  void *data = zeros(count * 8);
  for (int64_t i = 0; i < count; ++i) {
    double value = (double)(i * 7 % 19) / 19 - 0.5;
    if (is_double)
      ((double *)data)[i] = value;
    else
      ((float *)data)[i] = (float)value;
  }
  return grucc_make_tensor(is_double ? GRUCC_FLOAT64 : GRUCC_FLOAT32, data, rank, a, b, c, 0);
}

static void give_weights(void) {
  grucc_tensor tensors[64];
  const void *pointers[64];
  for (int64_t i = 0; i < model->weights_count; ++i) {
    if (i == 64 || grucc_describe_weight(handle, i, NULL, 0, &tensors[i]))
      fail("weights");
    tensors[i] = reals(tensors[i].rank, tensors[i].shape[0], tensors[i].shape[1], 0);
    pointers[i] = tensors[i].data;
  }
  own_weights = zeros(model->weights_bytes);
  if (grucc_set_weights(handle, tensors, model->weights_count) ||
      model->pack(pointers, own_weights))
    fail("weights");
}

static void prepare(const char *path) {
  char message[GRUCC_MESSAGE_SIZE];
  if (grucc_open_file(path, &handle, message, sizeof message))
    fail(message);
  model = grucc_descriptor(handle);
  if (model->flags & GRUCC_MODEL_EXTERNAL_WEIGHTS)
    give_weights();
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int64_t in = model->input_size, out = directions * model->hidden_size;
  padded.input = reals(3, T, B, in);
  padded.output = reals(3, T, B, out);
  padded.h_0 = reals(3, directions * model->num_layers, B, model->hidden_size);
  padded.h_n = reals(3, directions * model->num_layers, B, model->hidden_size);
  packed = padded;
  packed.input = reals(2, PACKED_ROWS, in, 0);
  packed.output = reals(2, PACKED_ROWS, out, 0);
  packed.batch_sizes = grucc_tensor_of(GRUCC_INT64, batch_sizes, 1, T);
  padded.lengths = grucc_tensor_of(GRUCC_INT64, lengths, 1, B);
  own_workspace = zeros(model->workspace_bytes(T, B));
  args = (grucc_args){.size = sizeof args,
                      .seq_len = T,
                      .batch = B,
                      .input = padded.input.data,
                      .output = padded.output.data,
                      .h_n = padded.h_n.data,
                      .workspace = own_workspace,
                      .weights = own_weights};
  if (model->step) {
    x = reals(2, B, in, 0);
    y = reals(2, B, out, 0);
    own_state = zeros(model->state_bytes(B));
    if (grucc_new_state(handle, B, &state))
      fail("grucc_new_state");
  }
  int is_reserved = strcmp(plant, "unreserved") != 0;
  if (is_reserved && grucc_reserve(handle, T, B))
    fail("grucc_reserve");
}

/* What must be found. Volatile: the compiler knows malloc and free. */
static void do_planted(void) {
  static void *volatile memory;
  if (strcmp(plant, "malloc") == 0)
    memory = malloc(BIGGER);
  else if (strcmp(plant, "free") == 0)
    free(memory);
  else if (strcmp(plant, "lock") == 0)
    pthread_mutex_lock(&lock);
  else if (strcmp(plant, "map") == 0)
    memory = mmap(NULL, BIGGER, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  else if (strcmp(plant, "system-call") == 0)
    syscall(SYS_getppid);
}

/* Everything, twice; the first call that failed, or NULL. */
static const char *run_and_step(void) {
  for (int turn = 0; turn < 2; ++turn) {
    if (model->run(&args))
      return "run";
    if (grucc_run(handle, &padded) || grucc_run(handle, &packed))
      return "grucc_run";
    do_planted();
    if (!model->step)
      continue;
    if (model->init_state(own_state, NULL, B) ||
        model->step(x.data, y.data, own_state, own_workspace, own_weights, B) ||
        model->read_state(own_state, padded.h_n.data, B))
      return "step";
    if (grucc_init_state(handle, &state, &padded.h_0) || grucc_step(handle, &state, &x, &y) ||
        grucc_read_state(handle, &state, &padded.h_n))
      return "grucc_step";
  }
  return NULL;
}

/* In a process that may only read, write and exit; what became of it. */
static int run_without_system_calls(void) {
  pid_t child = fork();
  if (child == 0) {
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
      _exit(2);
    const char *failed = run_and_step();
    /* _exit ends all threads, which is another system call. */
    syscall(SYS_exit, failed ? 1 : 0);
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child)
    fail("fork");
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL) {
    fprintf(stderr, "a system call was made\n");
    return 3;
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    fail(WIFEXITED(status) && WEXITSTATUS(status) == 2 ? "the system has no seccomp"
                                                       : "a call without system calls");
  return 0;
}

int main(int argc, char **argv) {
  const char *option = "--plant=";
  if (argc == 3 && strncmp(argv[2], option, strlen(option)) == 0)
    plant = argv[2] + strlen(option);
  else if (argc != 2)
    fail("found other arguments, expected MODEL.so [--plant=WHAT]");
  prepare(argv[1]);
  is_watching = 1;
  const char *failed = run_and_step();
  is_watching = 0;
  if (failed)
    fail(failed);
  return run_without_system_calls();
}
