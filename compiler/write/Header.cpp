//===- Header.cpp - The C and C++ header of a model -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/Artifact.h"

#include "dialects/rnn/Cells.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace grucc;

namespace {
/// One header. In the text below @N is the model's name, @REAL float or double.
class HeaderWriter {
public:
  explicit HeaderWriter(const HeaderFacts &facts)
      : facts(facts), network(facts.network), out(text) {}

  std::string write() {
    preamble();
    functions();
    expand("\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* GRUCC_OF_@N_H */\n");
    return text;
  }

private:
  const HeaderFacts &facts;
  const rnn::Network &network;
  std::string text;
  raw_string_ostream out;

  std::string shape(StringRef last) const {
    return network.batchFirst ? ("[B, T, " + last + "]").str() : ("[T, B, " + last + "]").str();
  }

  /// Writes `line` with @N and @REAL replaced.
  void expand(std::string line) {
    auto replace = [&](StringRef word, const std::string &by) {
      for (size_t at = line.find(word.str()); at != std::string::npos;
           at = line.find(word.str(), at + by.size()))
        line.replace(at, word.size(), by);
    };
    replace("@N_", facts.name + "_");
    replace("@REAL", network.dtype == rnn::DType::Float64 ? "double" : "float");
    out << line;
  }

  void define(StringRef what, int64_t value, StringRef comment) {
    out << "#define " << StringRef(facts.name).upper() << "_" << what << " " << value << " /* "
        << comment << " */\n";
  }

  void preamble() {
    out << "/* " << facts.name << ".h - a GRU network compiled by grucc; do not edit.\n";
    SmallVector<StringRef> lines;
    StringRef(facts.provenance).split(lines, '\n', -1, /*KeepEmpty=*/false);
    for (StringRef line : lines)
      out << " *   " << line << "\n";
    out << " *   " << int64_t(network.stepFlops()) << " floating-point operations a step, "
        << facts.codeBytes << " bytes of code, " << facts.weightsBytes << " bytes of weights\n"
        << " *\n"
        << " * Letters: T steps (seq_len), B batch, both chosen at run time. Tensors are\n"
        << " * contiguous, row-major and element-aligned; state, workspace and packed weights\n"
        << " * are aligned to " << facts.alignment
        << " bytes. All memory is the caller's; nothing is kept between\n"
        << " * calls but what `state` holds. Every function is re-entrant, allocates nothing,\n"
        << " * and calls nothing but the parallel_for and barrier that it is given.\n"
        << " * Symbols of an object or archive end in the program or library that it is linked\n"
        << " * into, where others may have a model of the same name; a shared library of grucc's,\n"
        << " * and an object made with --export-symbols, exports them: what a program is linked "
           "with\n"
        << " * in that form needs a name of its own (--name), which the link check below cannot "
           "see.\n"
        << " *\n"
        << " * Functions of type int return a status: 0 done; 1 args is NULL or args->size is\n"
        << " * wrong; 2 a negative or too large count; 3 a required pointer is NULL; 4 a\n"
        << " * misaligned state, workspace or weights; 5 an argument that this model was not\n"
        << " * compiled for. Unless it is 0, nothing has been written.\n"
        << " *\n";
    numbers();
    // The guard keeps the name's case, and is no one else's.
    expand("#ifndef GRUCC_OF_@N_H\n#define GRUCC_OF_@N_H\n\n#include <stdint.h>\n\n"
           "#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n");
    define("INPUT_SIZE", network.inputSize, "I");
    define("HIDDEN_SIZE", network.hiddenSize, "H");
    define("NUM_LAYERS", network.numLayers, "L");
    define("OUTPUT_SIZE", network.outputSize(), "numbers in one output row");
    define("STATES", network.numCells(), "rows of h_0 and h_n: layers times directions");
    define("ALIGNMENT", facts.alignment, "bytes, of state, workspace and packed weights");
    if (facts.stackBytes)
      define("STACK_BYTES", facts.stackBytes,
             facts.softFloat
                 ? "of stack that a call takes at the most, but for what the compiler's "
                   "library takes of it"
                 : "of stack that a call takes at the most");
    if (network.streams())
      out << stepSizes(facts);
    out << linkCheck(facts.name, facts.idSymbol);
    if (!keeps("supported"))
      return;
    expand(
        facts.asksSystem
            ? "\n/* 1: no instruction of this architecture says what a CPU has, and elsewhere the "
              "other\n"
              " * functions would end in an illegal instruction: ask the system, or the runtime's\n"
              " * grucc_cpu_features. */\n"
            : "\n/* 1: this CPU and its system have all that the other functions execute; 0: they "
              "would end\n"
              " * in an illegal instruction. Runs on every CPU of the architecture; ask it once. "
              "*/\n");
    expand("int @N_supported(void);\n");
  }

  /// What a caller meets that shapes and statuses do not say.
  void numbers() {
    if (facts.flushesSubnormals)
      out << " * Vectors of NEON and Helium take subnormal numbers for 0: where one comes up, "
             "results\n"
             " * may differ from those of other CPUs.\n";
    out << " * Results are those of the default floating-point environment, which no function\n"
           " * changes: rounding to nearest, subnormal numbers kept"
        << (facts.flushesSubnormals ? " where these have no part" : "")
        << ", exceptions masked (their\n"
           " * flags may be raised). Under another rounding, or with FTZ or DAZ set, last bits "
           "may\n"
           " * differ. A state below 2^-64 in magnitude is stored as 0: silence leads to exact\n"
           " * zeros and never to slow subnormal numbers. NaN in an input row (or infinities "
           "whose\n"
           " * products cancel) makes the outputs and the state of that row NaN, of no other row.\n"
           " * It stays in the state with every further step until the row is started again";
    expand(network.streams() ? ":\n * @N_reset_state, or @N_init_state for all rows. */\n"
                             : ":\n * with the next @N_run. */\n");
  }

  void arguments() {
    std::string input = shape(utostr(network.inputSize)),
                output = shape(utostr(network.outputSize())),
                states =
                    "[" + utostr(network.numCells()) + ", B, " + utostr(network.hiddenSize) + "]";
    expand("\n/* The arguments of @N_run. Fields that are not named are to be zero. */\n"
           "typedef struct @N_args {\n"
           "  int64_t size;               /* sizeof(@N_args) */\n"
           "  int64_t seq_len;            /* T >= 0 */\n"
           "  int64_t batch;              /* B >= 0 */\n");
    expand("  const @REAL *input;         /* " + input + "; read */\n");
    expand("  const @REAL *h_0;           /* " + states + ", or NULL for zeros; read */\n");
    expand(
        "  const int64_t *lengths;     /* [B], each in 0..T: row b takes part in its own first\n"
        "                                 lengths[b] steps, and is padded with zeros; or NULL */\n"
        "  const int64_t *batch_sizes; /* [T], never growing, at most B: input and output are\n"
        "                                 packed, [sum, " +
        utostr(network.inputSize) + "] and [sum, " + utostr(network.outputSize()) +
        "]; or NULL; not beside lengths */\n");
    expand("  @REAL *output;              /* " + output + "; written */\n");
    expand("  @REAL *h_n;                 /* " + states + "; written; may be h_0 */\n");
    expand("  void *workspace;            /* @N_workspace_bytes(T, B) bytes; overwritten */\n");
    expand(std::string("  const void *weights;        /* ") +
           (network.externalWeights ? "what @N_pack wrote; read */\n"
                                    : "NULL: the weights are in the object */\n"));
    if (network.training)
      expand("  uint64_t dropout_seed;      /* the key of the masks (Philox4x32-10) */\n"
             "  const void *dropout_mask;   /* uint8 [L-1, T, B, " +
             utostr(network.outputSize()) + "], 0 drops; or NULL: drawn from the seed */\n");
    else
      expand("  uint64_t dropout_seed;      /* not used: inference */\n"
             "  const void *dropout_mask;   /* NULL: inference */\n");
    expand("  void (*parallel_for)(void *context, int64_t count,\n"
           "                       void (*body)(void *body_context, int64_t index),\n"
           "                       void *body_context); /* body(body_context, 0 .. count - 1) in\n"
           "                                 any order, on any threads, then returns; or NULL:\n"
           "                                 one thread */\n"
           "  void *parallel_context;     /* given to parallel_for and to barrier */\n"
           "  int64_t threads;            /* largest count; below 2: one thread */\n"
           "  void (*barrier)(void *context); /* returns when all bodies of a parallel_for have\n"
           "                                 called it, which then run at the same time; or NULL:\n"
           "                                 they meet by ending and beginning again */\n"
           "} @N_args;\n");
  }

  /// What an exception may do that comes out of the caller's own functions.
  const char *exceptions() const {
    if (!facts.unwindTables)
      return "No exception may\n"
             " * leave parallel_for or barrier: compiled without unwind tables.";
    return "An exception may\n"
           " * leave parallel_for, once none of its bodies runs, and so the run, only where there\n"
           " * is no barrier, at which others would wait for ever; output, h_n and workspace are\n"
           " * undefined then. None may leave barrier.";
  }

  /// Whether the object has what this word of --functions stands for.
  bool keeps(StringRef word) const {
    return facts.functions.empty() || is_contained(facts.functions, word);
  }

  void functions() {
    if (keeps("run"))
      run();
    if (keeps("run") || keeps("sizes"))
      expand("\n/* Bytes of workspace of a run over T steps of B rows; -1: too large. */\n"
             "int64_t @N_workspace_bytes(int64_t seq_len, int64_t batch);\n");
    if (network.streams())
      stream();
    else
      out << "\n/* No step at a time: "
          << (network.anyReverse() ? "the reverse direction begins at the end of a sequence"
                                   : "dropout needs a seed or a mask, which come with a run")
          << ". */\n";
    if (network.externalWeights)
      pack();
    if (keeps("model"))
      expand(
          "\n/* What this model is, for the runtime (grucc_open_model). The struct is complete in\n"
          " * grucc/model.h, which comes with the runtime: nothing above needs it. */\n"
          "struct grucc_model;\n"
          "extern const struct grucc_model @N_model;\n");
    if (!facts.levels.empty())
      select();
  }

  void run() {
    arguments();
    if (!keeps("ragged"))
      expand("\n/* Compiled without lengths and batch_sizes: both are to be NULL. */\n");
    if (!keeps("threads"))
      expand("\n/* Compiled for one thread: parallel_for is not called. */\n");
    expand("\n/* Runs the whole sequence: output and h_n from input and h_0. " +
           std::string(exceptions()) +
           " */\n"
           "int @N_run(const @N_args *args);\n");
  }

  void select() {
    expand(
        "\n/* This network for " + join(facts.levels, ", ") +
        ": the functions above are\n"
        " * those of the first. The best for a CPU with these features (GRUCC_CPU_* of\n"
        " * grucc/model.h, [4]; the runtime's grucc_cpu_features, or NULL: of this CPU, as\n"
        " * x86-64 itself says it). To be asked once; what it returns holds functions like those\n"
        " * above, whose workspaces and packed weights have sizes of their own. */\n"
        "const struct grucc_model *@N_select(const uint64_t *features);\n");
  }

  void stream() {
    std::string weights = network.externalWeights ? "what @N_pack wrote" : "NULL";
    std::string states =
        "[" + utostr(network.numLayers) + ", B, " + utostr(network.hiddenSize) + "]";
    if (keeps("step"))
      expand("\n/* One time step of B rows, the state kept by the caller: x [B, " +
             utostr(network.inputSize) + "], y [B, " + utostr(network.hiddenSize) +
             "],\n * workspace of @N_workspace_bytes(1, B) bytes, weights " + weights +
             ".\n * T steps give the same bits as one @N_run over T. */\n"
             "int @N_step(const @REAL *x, @REAL *y, void *state, void *workspace,\n"
             "            const void *weights, int64_t batch);\n");
    if (keeps("sizes"))
      expand("\n/* Bytes of the streaming state of B rows; -1: B is negative or too large. */\n"
             "int64_t @N_state_bytes(int64_t batch);\n");
    if (keeps("state"))
      expand(
          "\n/* Starts a stream at h_0 " + states +
          ", or at zeros when it is NULL. */\n"
          "int @N_init_state(void *state, const @REAL *h_0, int64_t batch);\n"
          "\n/* Copies the state after the last step to h_n, laid out as h_0. */\n"
          "int @N_read_state(const void *state, @REAL *h_n, int64_t batch);\n"
          "\n/* Starts `count` of the B rows again, at zeros in all layers; the others keep their\n"
          " * bits. rows: [count], each 0 .. batch - 1, in any order; NULL when count is 0; read. "
          "*/\n"
          "int @N_reset_state(void *state, const int64_t *rows, int64_t count, int64_t batch);\n");
  }

  void pack() {
    out << "\n";
    define("WEIGHTS_BYTES", facts.weightsBytes, "of packed weights");
    define("WEIGHTS_COUNT", network.weightsCount(), "tensors that pack takes");
    if (!keeps("pack"))
      return;
    expand("\n/* Packs torch's tensors, each contiguous, into `weights` (WEIGHTS_BYTES bytes),\n"
           " * once; both are the caller's, and the tensors are not needed afterwards. Order:\n"
           " * for each layer" +
           std::string(network.bidirectional ? ", forward then reverse," : "") + " weight_ih [" +
           utostr(network.gateRows()) + ", input of the layer], weight_hh [" +
           utostr(network.gateRows()) + ", " + utostr(network.hiddenSize) + "]" +
           (network.bias ? ", bias_ih [" + utostr(network.gateRows()) + "], bias_hh [" +
                               utostr(network.gateRows()) + "]"
                         : "") +
           ";\n * rows r, z, n. */\n"
           "int @N_pack(const @REAL *const *tensors, void *weights);\n");
  }
};
} // namespace

std::string grucc::writeHeader(const HeaderFacts &facts) { return HeaderWriter(facts).write(); }
