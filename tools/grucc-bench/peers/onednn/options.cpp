//===- options.cpp - The command line of grucc-bench-onednn ---------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "options.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>

void printHelp() {
  std::puts(
      "OVERVIEW: times a GRU of oneDNN (lbr_gru, forward inference, float32)\n"
      "\n"
      "USAGE: grucc-bench-onednn --input-size=I --hidden-size=H [options]\n"
      "\n"
      "  --num-layers=L     Layers (default 1)\n"
      "  --bidirectional    Both directions\n"
      "  --seq-len=T        Time steps of a call (default 1)\n"
      "  --batch=B          Rows (default 1)\n"
      "  --step             One time step a call, with the state fed back;\n"
      "                     --seq-len counts the steps that --result goes through\n"
      "  --form=FORM        stacked: layers of equal sizes are one primitive; layers: each\n"
      "                     is its own (default: the faster one, found by trying)\n"
      "  --threads=N        Threads (default 1)\n"
      "  --seconds=S        How long to repeat the call (default 0.5)\n"
      "  --tensors=FILE     float32: of each layer and direction weight_ih [3H, columns],\n"
      "                     weight_hh [3H, H], bias_ih [3H], bias_hh [3H], as in torch; then\n"
      "                     the input [T, B, I] (default: random)\n"
      "  --result=FILE      Write output [T, B, D * H] and h_n [L * D, B, H] there\n"
      "  --serve            Read lines 'turn SECONDS' and answer each with a line\n"
      "  --help             Print this text\n"
      "\n"
      "Prints JSON lines: what was made, then minimum_us and median_us of one call.\n"
      "DNNL_MAX_CPU_ISA limits the instructions.\n"
      "Exit codes: 0 done, 1 oneDNN or a file refused, 2 the command line is bad");
}

void printError(const std::string &argument, const std::string &found,
                const std::string &expected) {
  std::fprintf(stderr, "grucc-bench-onednn: error: %s: found %s, expected %s\n", argument.c_str(),
               found.c_str(), expected.c_str());
}

/// A whole number from 1 to 10^9, or -1.
static long readCount(const std::string &text) {
  char *end;
  errno = 0;
  long value = std::strtol(text.c_str(), &end, 10);
  bool isCount = !text.empty() && text[0] >= '0' && text[0] <= '9' && !*end && !errno;
  return isCount && value >= 1 && value <= 1000000000 ? value : -1;
}

bool readOptions(int argc, char **argv, Options &read) {
  for (int i = 1; i < argc; ++i) {
    std::string argument = argv[i];
    size_t equals = argument.find('=');
    std::string name = argument.substr(0, equals),
                value = equals == std::string::npos ? "" : argument.substr(equals + 1);
    long count = readCount(value);
    bool needsCount = true;
    if (name == "--input-size")
      read.sizes.inputSize = count;
    else if (name == "--hidden-size")
      read.sizes.hiddenSize = count;
    else if (name == "--num-layers")
      read.sizes.numLayers = count;
    else if (name == "--seq-len")
      read.sizes.seqLen = count;
    else if (name == "--batch")
      read.sizes.batch = count;
    else if (name == "--threads")
      read.threads = static_cast<int>(count);
    else
      needsCount = false;
    if (needsCount) {
      if (count > 0)
        continue;
      printError(name, value.empty() ? "nothing" : value, "a whole number from 1 to 1000000000");
      return false;
    }
    bool hasValue = !value.empty();
    if (argument == "--bidirectional")
      read.sizes.isBidirectional = true;
    else if (argument == "--step")
      read.isStep = true;
    else if (argument == "--serve")
      read.isServing = true;
    else if (argument == "--help" || argument == "-h")
      read.isHelp = true;
    else if (name == "--seconds" && std::atof(value.c_str()) > 0)
      read.seconds = std::atof(value.c_str());
    else if (name == "--form" && (value == "stacked" || value == "layers"))
      read.form = value;
    else if (name == "--tensors" && hasValue)
      read.tensors = value;
    else if (name == "--result" && hasValue)
      read.result = value;
    else {
      printError(argument, "an unknown option or value", "one that --help lists");
      return false;
    }
  }
  if (read.isHelp || (read.sizes.inputSize && read.sizes.hiddenSize)) {
    if (!read.isStep || !read.sizes.isBidirectional)
      return true;
    printError("--step", "--bidirectional too", "one direction");
    return false;
  }
  printError("arguments", "no sizes", "--input-size=I and --hidden-size=H");
  return false;
}
