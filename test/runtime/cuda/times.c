/*===- times.c - The stand-in's clock, and launches that it only times ----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: rm -rf %t && mkdir %t
 * RUN: clang -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror %s -o %t/test
 * RUN: printf "store 1 7 12.5\n\nstore 1 -8 3e1\n  store 1 7 250\nstore 9 5 90\nnarrow 1 5 90\n" \
 * RUN:   > %t/times
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin STANDIN_TIMES=%t/times %t/test run
 *
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin STANDIN_HANG=narrow %t/test hang
 * RUN: not --crash env LD_LIBRARY_PATH=%build/lib/standin STANDIN_KILL=3 %t/test count > %t/out
 * RUN: FileCheck %s --check-prefix=KILLED < %t/out
 * KILLED: {{^}}2 calls{{$}}
 * KILLED-NOT: calls
 *
 * RUN: printf "store 1 7 5\nstore 1 7\n" > %t/few
 * RUN: printf "store 1 7 5 6\n" > %t/many
 * RUN: printf "store -1 7 5\n" > %t/parameter
 * RUN: printf "store 1 x 5\n" > %t/value
 * RUN: printf "store 1 7 -5\n" > %t/negative
 * RUN: printf "store 1 7 inf\n" > %t/infinite
 * RUN: env LD_LIBRARY_PATH=%build/lib/standin %t/test refuse %t/none %t/few %t/many \
 * RUN:   %t/parameter %t/value %t/negative %t/infinite 2>&1 | FileCheck %s
 * CHECK: standin: {{.*}}none: found No such file or directory, expected times
 * CHECK-NEXT: standin: {{.*}}few:2: found "store 1 7", expected KERNEL PARAMETER VALUE MICROSECONDS
 * CHECK-NEXT: standin: {{.*}}many:1: found "store 1 7 5 6", expected
 * CHECK-NEXT: standin: {{.*}}parameter:1: found "store -1 7 5", expected
 * CHECK-NEXT: standin: {{.*}}value:1: found "store 1 x 5", expected
 * CHECK-NEXT: standin: {{.*}}negative:1: found "store 1 7 -5", expected
 * CHECK-NEXT: standin: {{.*}}infinite:1: found "store 1 7 inf", expected
 * CHECK-NOT: standin:
 */
#define _DEFAULT_SOURCE
#include "Inputs/standin.h"
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

/* *to = value, of 64 and of 32 bits. */
static const char kernels[] = ".version 7.1\n.target sm_80\n.address_size 64\n"
                              ".visible .entry store(.param .u64 to, .param .u64 value) {\n"
                              "  .reg .b64 %a, %v;\n"
                              "  ld.param.u64 %a, [to];\n"
                              "  ld.param.u64 %v, [value];\n"
                              "  st.global.u64 [%a], %v;\n"
                              "  ret;\n}\n"
                              ".visible .entry narrow(.param .u64 to, .param .u32 value) {\n"
                              "  .reg .b64 %a;\n"
                              "  .reg .b32 %v;\n"
                              "  ld.param.u64 %a, [to];\n"
                              "  ld.param.u32 %v, [value];\n"
                              "  st.global.u32 [%a], %v;\n"
                              "  ret;\n}\n";

enum { INVALID_VALUE = 1, INVALID_HANDLE = 400, NOT_READY = 600 };

static void *context, *module, *store, *narrow, *stream, *start, *end;
static uint64_t memory;

static void begin(void) {
  expect(standin.init(0) == 0);
  expect(standin.retain(&context, 100) == 0 && standin.push(context) == 0);
  expect(standin.load(&module, kernels, 0, NULL, NULL) == 0);
  expect(standin.function(&store, module, "store") == 0);
  expect(standin.function(&narrow, module, "narrow") == 0);
  expect(standin.make_stream(&stream, 1) == 0);
  expect(standin.make_event(&start, 0) == 0 && standin.make_event(&end, 0) == 0);
  expect(standin.allocate(&memory, 16) == 0);
}

static void close_all(void) {
  expect(standin.free(memory) == 0);
  expect(standin.free_event(start) == 0 && standin.free_event(end) == 0);
  expect(standin.free_stream(stream) == 0 && standin.unload(module) == 0);
  expect(standin.pop(&context) == 0 && standin.release(100) == 0);
  expect(standin.live() == 0);
}

static void launch(void *kernel, int64_t value) {
  void *parameters[] = {&memory, &value};
  expect(standin.launch(kernel, 1, 1, 1, 1, 1, 1, 0, stream, parameters, NULL) == 0);
}

static int64_t stored(void) {
  int64_t value;
  expect(standin.synchronize(stream) == 0);
  expect(standin.copy_out_now(&value, memory, sizeof value) == 0);
  return value;
}

/* From `start`, which has been recorded, to now. */
static float milliseconds(void) {
  float time = -1;
  expect(standin.record(end, stream) == 0 && standin.synchronize_event(end) == 0);
  expect(standin.elapsed(&time, start, end) == 0);
  return time;
}

static void facts(void) {
  const int known[][2] = {{13, 1410000}, {16, 108}, {36, 1215000}, {37, 5120},     {38, 40 << 20},
                          {39, 2048},    {75, 8},   {76, 0},       {97, 163 << 10}};
  int value = 0;
  for (size_t i = 0; i < sizeof known / sizeof *known; ++i)
    expect(standin.attribute(&value, known[i][0], 100) == 0 && value == known[i][1]);
  expect(standin.attribute(&value, 1, 100) == INVALID_VALUE);
  size_t total, in_all, before, after;
  uint64_t more;
  expect(standin.total_memory(&total, 100) == 0 && total == 1 << 30);
  expect(standin.memory(&before, &in_all) == 0 && in_all == total && before < total);
  expect(standin.allocate(&more, 4096) == 0);
  expect(standin.memory(&after, &in_all) == 0 && after == before - 4096);
  expect(standin.free(more) == 0);
  expect(standin.function_attribute(&value, 4, store) == 0 && value > 0);
  expect(standin.function_attribute(&value, 0, store) == INVALID_VALUE);
}

static void contexts(void) {
  void *now;
  expect(standin.current(&now) == 0 && now == context);
  expect(standin.set_current(NULL) == 0);
  expect(standin.current(&now) == 0 && now == NULL);
  expect(standin.set_current(context) == 0 && standin.set_current(context) == 0);
  expect(standin.current(&now) == 0 && now == context);
}

static void events_have_been_reached(void) {
  float time;
  void *untimed;
  expect(standin.elapsed(&time, start, end) == INVALID_HANDLE); /* never recorded */
  expect(standin.record(start, stream) == 0);
  expect(standin.elapsed(&time, start, end) == INVALID_HANDLE);
  expect(standin.record(end, stream) == 0);
  expect(standin.elapsed(&time, start, end) == NOT_READY);
  expect(standin.synchronize_event(start) == 0);
  expect(standin.elapsed(&time, start, end) == NOT_READY);
  expect(standin.synchronize_event(end) == 0);
  expect(standin.elapsed(&time, start, end) == 0 && time == 0);
  expect(standin.record(start, stream) == 0); /* once more */
  expect(standin.elapsed(&time, start, end) == NOT_READY);
  expect(standin.synchronize(stream) == 0);
  expect(standin.elapsed(&time, start, end) == 0 && time == 0);
  expect(standin.make_event(&untimed, 2) == 0); /* CU_EVENT_DISABLE_TIMING */
  expect(standin.record(untimed, stream) == 0 && standin.synchronize(stream) == 0);
  expect(standin.elapsed(&time, start, untimed) == INVALID_HANDLE);
  expect(standin.elapsed(&time, untimed, end) == INVALID_HANDLE);
  expect(standin.free_event(untimed) == 0);
  expect(standin.elapsed(&time, start, untimed) == INVALID_HANDLE);
}

/* Launches take a microsecond; copies and fills nothing. */
static void performed(void) {
  uint64_t words = 0;
  expect(standin.record(start, stream) == 0);
  expect(standin.copy_out_now(&words, memory, sizeof words) == INVALID_VALUE);
  expect(standin.fill_words(memory, 0x01020304, 2, stream) == 0);
  expect(stored() == 0x0102030401020304);
  expect(standin.copy_out_now(&words, memory + 8, sizeof words) == INVALID_VALUE);
  words = 42;
  expect(standin.copy_in_now(memory, &words, sizeof words) == 0 && stored() == 42);
  expect(milliseconds() == 0);
  launch(store, 5); /* no parameter 9, and no 5 in another place */
  expect(stored() == 5);
  launch(narrow, 5); /* of 32 bits */
  launch(store, 8);
  expect(stored() == 8);
  expect(milliseconds() == 3e-3f);
}

static void recorded(void) {
  uint64_t words;
  expect(standin.record(start, stream) == 0);
  launch(store, 7);
  expect(milliseconds() == 250e-3f); /* the last line */
  launch(store, -8);
  expect(milliseconds() == 280e-3f);
  expect(stored() == 8); /* neither was performed */
  launch(store, 6);
  expect(stored() == 6 && milliseconds() == 281e-3f);
  float time;
  expect(standin.elapsed(&time, end, start) == 0 && time == -281e-3f);
  /* What one of them might have written. */
  expect(standin.copy_out_now(&words, memory + 8, sizeof words) == 0);
  expect(standin.copy_out_now(&words, memory + 9, sizeof words) == INVALID_VALUE);
}

static void hangs(int number) {
  (void)number;
  _exit(0);
}

/* A launch before it ends; then only the clock ends the process. */
static void hang(void) {
  launch(store, 5);
  expect(stored() == 5);
  launch(narrow, 5);
  const struct itimerval soon = {{0, 0}, {0, 100000}};
  signal(SIGALRM, hangs);
  expect(setitimer(ITIMER_REAL, &soon, NULL) == 0);
  standin.synchronize(stream);
  expect(!"the kernel hangs");
}

/* Each of the files is refused, and what comes after them is asked again. */
static void refuse(char **files) {
  for (; *files; ++files) {
    expect(setenv("STANDIN_TIMES", *files, 1) == 0);
    expect(standin.init(0) == INVALID_VALUE);
  }
  expect(unsetenv("STANDIN_TIMES") == 0 && standin.init(0) == 0);
}

int main(int count, char **arguments) {
  expect(count > 1);
  find_standin();
  if (strcmp(arguments[1], "refuse") == 0) {
    refuse(arguments + 2);
    return 0;
  }
  if (strcmp(arguments[1], "count") == 0) {
    int value;
    expect(standin.init(0) == 0 && standin.attribute(&value, 75, 100) == 0);
    printf("%ld calls\n", standin.calls());
    fflush(stdout);
    expect(standin.attribute(&value, 75, 100) == 0);
    printf("%ld calls\n", standin.calls());
    return 0;
  }
  begin();
  if (strcmp(arguments[1], "hang") == 0)
    hang();
  facts();
  contexts();
  events_have_been_reached();
  performed();
  recorded();
  close_all();
}
