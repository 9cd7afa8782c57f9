//===- GpuHeader.cpp - The C and C++ header of a model's kernels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/GpuHeader.h"

#include "dialects/rnn/Cells.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace grucc;

namespace {
class GpuHeaderWriter {
public:
  explicit GpuHeaderWriter(const GpuHeaderFacts &facts) : facts(facts), out(text) {}

  std::string write() {
    preamble();
    sizes();
    kernels();
    layers();
    out << "\n#endif /* GRUCC_KERNELS_OF_" << facts.name << "_H */\n";
    return text;
  }

private:
  const GpuHeaderFacts &facts;
  std::string text;
  raw_string_ostream out;

  void preamble() {
    out << "/* " << facts.name
        << ".h - the kernels of a GRU network compiled by grucc; do not edit.\n";
    SmallVector<StringRef> lines;
    StringRef(facts.provenance).split(lines, '\n', -1, /*KeepEmpty=*/false);
    for (StringRef line : lines)
      out << " *   " << line << "\n";
    out << " *\n"
           " * For a CUDA program that loads the text itself: put all of "
        << facts.weightsFile
        << "\n"
           " * into device memory, 256-byte aligned, and for each layer launch the projection of\n"
           " * every direction, then its scan, or its step for one t after the other.\n"
           " *\n"
           " * Letters: T steps (seq_len), B batch, both chosen at run time. Every parameter is "
           "64\n"
           " * bits wide: a device pointer or an int64_t. Tensors are float32 in device memory,\n"
           " * element-aligned; gates is 16-byte aligned. Sequence b at step t is row\n"
           " *   (offsets ? offsets[t] : t * step_rows) + b * batch_rows\n"
           " * of inputs, gates and outputs: [T, B, ...] has step_rows = B and batch_rows = 1,\n"
           " * [B, T, ...] step_rows = 1 and batch_rows = T, packed rows batch_rows = 1 and\n"
           " * offsets[t] = the sum of batch_sizes before t.\n"
           " *\n"
           " * A kernel is launched with a grid of (ceil(n / ROWS), COLUMNS, 1) blocks, n rows of\n"
           " * the sequence (projections) or of the batch (scan, step), and (THREADS, 1, 1)\n"
           " * threads each, with SHARED_BYTES of dynamic shared memory. */\n"
        << "#ifndef GRUCC_KERNELS_OF_" << facts.name << "_H\n#define GRUCC_KERNELS_OF_"
        << facts.name << "_H\n\n";
  }

  void define(const Twine &what, const Twine &value, StringRef comment) {
    out << "#define " << StringRef(facts.name).upper() << "_" << what << " " << value;
    if (!comment.empty())
      out << " /* " << comment << " */";
    out << "\n";
  }

  void sizes() {
    define("INPUT_SIZE", Twine(facts.network.inputSize), "I");
    define("HIDDEN_SIZE", Twine(facts.network.hiddenSize), "H");
    define("NUM_LAYERS", Twine(facts.network.numLayers), "L");
    define("OUTPUT_SIZE", Twine(facts.network.outputSize()), "floats in one output row");
    define("GATES_SIZE", Twine(facts.network.gateRows()), "floats in one row of gates");
    define("STATES", Twine(facts.network.numCells()),
           "rows of h_0 and h_n: layers times directions");
    define("WEIGHTS_BYTES", Twine(facts.weightsBytes), facts.weightsFile);
  }

  void kernel(StringRef what, const GpuHeaderFacts::Kernel &kernel) {
    define(what, "\"" + kernel.name + "\"", "");
    define(what + "_THREADS", Twine(kernel.threads), "");
    define(what + "_SHARED_BYTES", Twine(kernel.sharedBytes), "");
    define(what + "_ROWS", Twine(kernel.rows), "");
    define(what + "_COLUMNS", Twine(kernel.columns), "");
  }

  void kernels() {
    out << "\n/* The input part of the gates, for all rows: x [rows, K], K = I in layer 0, D*H\n"
           " * above; w_ih; bias or 0; gates [rows, 3H], written; rows; lengths [B] or 0; inner;\n"
           " * inner_is_step: with lengths and no offsets, row = outer * inner + i, and i is the\n"
           " * step where inner_is_step is 1, else the sequence. */\n";
    kernel("PROJECT_INPUT", facts.projectInput);
    kernel("PROJECT_ABOVE", facts.projectAbove);
    out << "\n/* All steps of one layer and direction, and one of them: gates [rows, 3H]; w_hh or\n"
           " * w_hh_step; b_hn or 0; h_0 [B, H] or 0: zeros; output: element 0 of the direction's\n"
           " * part of row 0, written; output_stride: floats between rows (D*H); h_n [B, H],\n"
           " * written, not h_0; lengths [B] or 0: seq_len everywhere; offsets [T] or 0; seq_len;\n"
           " * batch; step_rows; batch_rows; reverse: 1 for the reverse direction; and, of the\n"
           " * step alone, t: T launches, in descending order with reverse, T > 0. */\n";
    if (facts.network.cellShape().rounds > 1)
      out << "\n/* The reset gate applies before the product: a step is two launches, with 2 t "
             "and\n"
             " * then 2 t + 1 for t. The first leaves r and z in `gates`. */\n";
    if (!facts.scan.name.empty()) {
      kernel("SCAN", facts.scan);
      define("SCAN_MIN_STEPS", Twine(facts.scanMinSteps),
             "estimated faster than the step from here");
      define("SCAN_MAX_BATCH", Twine(facts.scanMaxBatch), "and up to here");
    }
    kernel("STEP", facts.step);
  }

  void layers() {
    out << "\n/* Where weights stand, in bytes, -1 for none: layer l and direction d at index\n"
           " * l*D + d, each with w_ih, bias, w_hh (of the scan), w_hh_step, b_hn. */\n";
    std::string rows;
    for (const auto &layer : facts.layers) {
      rows += rows.empty() ? "{" : ", {";
      for (size_t i = 0; i < layer.size(); ++i)
        rows += (i ? ", " : "") + std::to_string(layer[i]);
      rows += "}";
    }
    define("LAYERS", "{" + Twine(rows) + "}", "");
  }
};
} // namespace

std::string grucc::writeGpuHeader(const GpuHeaderFacts &facts) {
  return GpuHeaderWriter(facts).write();
}
