/*===- unwind_walk.c - Walks from inside a run to main -------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * As a profiler or a crash reporter would: from parallel_for, and from a signal before each single
 * instruction of a run and a step, the callers are found by unwind tables alone.
 */
#define _GNU_SOURCE /* REG_RIP */
#include "net.h"
#include <signal.h>
#include <stdio.h>
#include <ucontext.h>
#include <unwind.h>

enum { T = 2, B = 3 };

int main(void);

static uintptr_t entered; /* net_run or net_step */
static int walks, through, lost;

/* One walk, which counts from the instruction `from`: the handler's own frames come before. */
typedef struct walk {
  uintptr_t from;
  int frames, in_main, entered_seen, main_seen;
} walk;

static _Unwind_Reason_Code visit(struct _Unwind_Context *context, void *data) {
  walk *seen = data;
  uintptr_t function = _Unwind_GetRegionStart(context);
  if (seen->frames == 0 && seen->from && _Unwind_GetIP(context) != seen->from)
    return _URC_NO_REASON;
  if (seen->frames++ == 0)
    seen->in_main = function == (uintptr_t)main;
  seen->entered_seen |= function == entered;
  seen->main_seen |= function == (uintptr_t)main;
  return _URC_NO_REASON;
}

static void look(uintptr_t from) {
  walk seen = {.from = from};
  _Unwind_Backtrace(visit, &seen);
  ++walks;
  through += seen.entered_seen;
  lost += !seen.main_seen || !(seen.entered_seen || seen.in_main);
}

static void on_trap(int number, siginfo_t *info, void *context) {
  (void)number, (void)info;
  look((uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP]);
}

static void in_turn(void *context, int64_t count, void (*body)(void *, int64_t),
                    void *body_context) {
  (void)context;
  look(0);
  for (int64_t i = 0; i < count; ++i)
    body(body_context, i);
}

/* The processor's trap flag: a signal before every instruction from here on, or none. */
#define SINGLE_STEPS(on)                                                                           \
  __asm__ volatile("pushfq\n\tandq $-0x101, (%%rsp)\n\torq %0, (%%rsp)\n\tpopfq"                   \
                   :                                                                               \
                   : "r"((uint64_t)(on) << 8)                                                      \
                   : "memory", "cc")

/* LLVM moves an instruction of the stack pointer away from its table's line here and there: one in
 * a thousand may get lost, of those that call nothing. */
static int report(const char *what) {
  int bad = lost > walks / 1000 || through == 0;
  printf("%s: %d walks, %d through it, %s lost\n", what, walks, through, bad ? "too many" : "few");
  walks = through = lost = 0;
  return bad;
}

int main(void) {
  static float input[T * B * NET_INPUT_SIZE] = {1, -1}, output[T * B * NET_OUTPUT_SIZE],
                             h_n[NET_STATES * B * NET_HIDDEN_SIZE];
  static _Alignas(NET_ALIGNMENT) char state[NET_STATE_BYTES(B)], workspace[1 << 20];
  net_args args = {.size = sizeof args,
                   .seq_len = T,
                   .batch = B,
                   .input = input,
                   .output = output,
                   .h_n = h_n,
                   .workspace = workspace,
                   .parallel_for = in_turn,
                   .threads = 4};
  entered = (uintptr_t)net_run;
  if (net_workspace_bytes(T, B) > (int64_t)sizeof workspace || net_run(&args))
    return 2;
  int bad = report("parallel_for");

  struct sigaction action = {.sa_sigaction = on_trap, .sa_flags = SA_SIGINFO};
  sigaction(SIGTRAP, &action, NULL);
  args.parallel_for = NULL;
  SINGLE_STEPS(1);
  int status = net_run(&args);
  SINGLE_STEPS(0);
  bad |= report("run");
  net_init_state(state, NULL, B);
  entered = (uintptr_t)net_step;
  SINGLE_STEPS(1);
  status |= net_step(input, output, state, workspace, NULL, B);
  SINGLE_STEPS(0);
  bad |= report("step");
  return bad || status;
}
