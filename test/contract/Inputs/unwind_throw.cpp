//===- unwind_throw.cpp - An exception passes through a run ---------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// parallel_for throws when it is called for the first, second, ... time, without a
// barrier: the exception arrives at the caller of net_run, and the next run is as
// ever.
//
//===----------------------------------------------------------------------===//

#include "net.h"
#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <vector>

constexpr int T = 3, B = 5;
static int left; // calls before one throws

static void inTurn(void *, int64_t count, void (*body)(void *, int64_t), void *bodyContext) {
  if (left-- == 0)
    throw std::runtime_error("no thread");
  for (int64_t i = 0; i < count; ++i)
    body(bodyContext, i);
}

struct Results {
  float output[T * B * NET_OUTPUT_SIZE], h_n[NET_STATES * B * NET_HIDDEN_SIZE];
};

static void run(Results &results, bool threads) {
  static float input[T * B * NET_INPUT_SIZE] = {1, -1};
  alignas(NET_ALIGNMENT) static char workspace[1 << 20];
  net_args args = {};
  args.size = sizeof args;
  args.seq_len = T;
  args.batch = B;
  args.input = input;
  args.output = results.output;
  args.h_n = results.h_n;
  args.workspace = workspace;
  args.parallel_for = threads ? inTurn : nullptr;
  args.threads = threads ? 4 : 1;
  if (net_workspace_bytes(T, B) > int64_t(sizeof workspace) || net_run(&args))
    throw std::logic_error("not run");
}

int main() {
  Results alone, together;
  run(alone, false);
  int caught = 0;
  for (bool done = false; !done;) {
    left = caught;
    try {
      run(together, true);
      done = true;
    } catch (const std::runtime_error &error) {
      caught += std::strcmp(error.what(), "no thread") == 0;
    }
    left = -1;
    run(together, true);
    if (std::memcmp(&alone, &together, sizeof alone) != 0)
      return 1;
  }
  std::printf("%s caught\n", caught > 1 ? "several" : "too few");
}
