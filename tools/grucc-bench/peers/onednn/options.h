//===- options.h - The command line of grucc-bench-onednn -----------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef GRUCC_BENCH_ONEDNN_OPTIONS_H
#define GRUCC_BENCH_ONEDNN_OPTIONS_H

#include "network.h"

#include <string>

struct Options {
  Sizes sizes;          // with isStep, seqLen counts the steps of the input
  std::string form;     // "stacked", "layers", or "" for the faster one
  std::string tensors;  // a file of float32, or "" for random ones
  std::string result;   // where the results go as float32, or ""
  double seconds = 0.5; // how long one turn is
  int threads = 1;
  bool isStep = false, isServing = false, isHelp = false;
};

void printHelp();
/// Prints one line on stderr.
void printError(const std::string &argument, const std::string &found, const std::string &expected);
/// False after a line on stderr.
bool readOptions(int argc, char **argv, Options &read);

#endif // GRUCC_BENCH_ONEDNN_OPTIONS_H
