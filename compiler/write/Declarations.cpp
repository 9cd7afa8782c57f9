//===- Declarations.cpp - The TypeScript declarations of an ES module -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/EsModule.h"

#include "support/Diagnostic.h"
#include "llvm/ADT/StringExtras.h"

using namespace llvm;
using namespace grucc;

// In the texts below @REAL is the type of arrays, @FILE the WebAssembly module, @INPUT, @OUTPUT and
// @STATES are shapes, and @WEIGHTS stands for what a constructor takes beside the module.
static constexpr StringLiteral beginning = R"(//
// Letters: T steps (seqLen), B batch, both chosen at run time. Arrays are row-major, and copied: what
// is given may be used for other things at once, and what comes back is the caller's; but for `x`
// and `y` of a stream. NaN in an input row makes the outputs and the state of that row NaN, of no
// other row. A state below 2^-64 in magnitude is 0, so that silence never leads to slow numbers.
// What a call cannot do it refuses with an Error that says 'argument: found ..., expected ...', and
// has done nothing then. One thread calls a model at a time.

)";

static constexpr StringLiteral model = R"(
/** What a run gives. */
export interface Result {
  /** @OUTPUT; rows of `lengths` are zeros behind their last step */
  output: @REAL;
  /** @STATES: the state after the last step of each row */
  hN: @REAL;
}

/** What a run takes beside its input. */
export interface RunOptions {
  /** T, 0 or more; left out: as many as the input has */
  seqLen?: number;
  /** B, 0 or more; 1 when left out */
  batch?: number;
  /** @STATES; zeros when left out */
  h0?: @REAL;
  /** @LENGTHS */
  lengths?: ArrayLike<number>;
}

/** The network, with memory of its own, which grows with what is asked of it. */
export declare class Model {
  /**
   * Of a module that is compiled already, as worklets are given it: they cannot fetch.
   * @param module WebAssembly.compile made of @FILE, which may be posted to workers and worklets@WEIGHTSDOC
   */
  constructor(module: WebAssembly.Module@WEIGHTS);

  /**
   * Fetches and compiles the module, which is not possible in worklets.
   * @param source where it is, or what it is; @FILE beside this file when left out. In node give
   * it the bytes: `await Model.load(readFileSync('@FILE'))`@WEIGHTSDOC
   */
  static load(
    source@OPTIONAL string | URL | Response | BufferSource | WebAssembly.Module |
      Promise<Response>@WEIGHTS): Promise<Model>;
)";

static constexpr StringLiteral runs = R"(
  /**
   * The whole sequence at once.
   * @param input @INPUT
   */
  run(input: @REAL, options?: RunOptions): Result;
)";

static constexpr StringLiteral noRuns = R"(
  /** Throws: compiled without it. */
  run(input: @REAL, options?: RunOptions): never;
)";

static constexpr StringLiteral streams = R"(
  /** A stream of B rows that begins at zeros: one time step at a time, to the bits of `run`. */
  stream(batch?: number): Stream;
}

/** B rows, one time step at a time. `step` allocates nothing, and takes as long every time. */
export interface Stream {
  /** B */
  readonly batch: number;
  /** [B, @I], to be filled before a step. A view of the module's memory, of which any other call may
   * make a new one: ask for it anew, and keep none. */
  readonly x: @REAL;
  /** [B, @H], what the last step gave; a view as `x` */
  readonly y: @REAL;
  /** [@L, B, @H]: the state; reading copies it, writing begins there. */
  h: @REAL;
  /** x and the state in, y and the next state out. */
  step(): void;
  /** Zeros in the states of these rows, each 0 .. B - 1; of all rows when left out. */
  reset(rows?: Iterable<number>): void;
  /** Gives its memory back to the model; the stream and its views are of no use then. */
  free(): void;
}
)";

static constexpr StringLiteral noStreams = R"(
  /** Throws: @NOSTREAMS. */
  stream(batch?: number): never;
}
)";

static constexpr StringLiteral weightsDoc = R"(
   * @param weights torch's tensors, each contiguous; not needed afterwards)";

static std::string replaced(std::string text, ArrayRef<std::pair<StringRef, std::string>> words) {
  for (const auto &[word, by] : words)
    for (size_t at = text.find(word.str()); at != std::string::npos;
         at = text.find(word.str(), at + by.size()))
      text.replace(at, word.size(), by);
  return text;
}

static void writeFactTypes(raw_ostream &out, const EsModuleFacts &facts) {
  const rnn::Network &network = facts.model.network;
  auto fact = [&](StringRef name, const Twine &type, StringRef what) {
    out << "  /** " << what << " */\n  readonly " << name << ": " << type << ";\n";
  };
  auto truth = [](bool value) { return value ? "true" : "false"; };
  out << "/** What the network is. */\nexport declare const facts: {\n";
  fact("name", "string", "the prefix of the functions that the module exports");
  fact("inputSize", Twine(network.inputSize), "I");
  fact("hiddenSize", Twine(network.hiddenSize), "H");
  fact("numLayers", Twine(network.numLayers), "L");
  fact("outputSize", Twine(network.outputSize()), "numbers in one output row");
  fact("states", Twine(network.numCells()), "rows of h0 and hN: layers times directions");
  fact("direction", "'" + rnn::directionOf(network) + "'", "forward, reverse or bidirectional");
  fact("bias", truth(network.bias), "whether it has biases");
  fact("batchFirst", truth(network.batchFirst), "whether inputs and outputs are [B, T, ...]");
  fact("dtype", "'" + rnn::nameOf(network.dtype) + "'", "of all numbers");
  fact("weights", network.externalWeights ? "'external'" : "'baked'",
       "whether the module has them");
  fact("runs", truth(facts.runs), "whether it has `run`");
  fact("takesLengths", truth(facts.takesLengths), "whether `run` takes lengths");
  fact("streams", truth(facts.streams), "whether it has `stream`");
  fact("target", "string", "what the module is compiled for");
  fact("moduleBytes", "number", "of the WebAssembly module");
  fact("weightsBytes", "number", "of packed weights");
  fact("provenance", "string", "version, network, hash of the weights, schedule: a line each");
  out << "};\n";
}

static void writeWeightTypes(raw_ostream &out, const rnn::Network &network) {
  out << "\n/** torch's tensors: rows r, z, n. */\nexport interface Weights {\n";
  for (const PackedTensor &tensor : packedTensors(network)) {
    auto sizes = map_range(tensor.shape, [](int64_t size) { return std::to_string(size); });
    out << "  /** [" << join(sizes, ", ") << "] */\n  " << tensor.name << ": @REAL;\n";
  }
  out << "}\n";
}

std::string grucc::writeDeclarations(const EsModuleFacts &facts) {
  const rnn::Network &network = facts.model.network;
  std::string text;
  raw_string_ostream out(text);
  out << "// The declarations of the ES module beside @FILE, written by grucc.\n";
  for (StringRef line : split(StringRef(facts.model.provenance).rtrim(), '\n'))
    out << "//   " << line << "\n";
  out << beginning;
  writeFactTypes(out, facts);
  if (network.externalWeights)
    writeWeightTypes(out, network);
  out << model << (facts.runs ? runs : noRuns) << (facts.streams ? streams : noStreams);

  auto sequence = [&](int64_t size) {
    return (network.batchFirst ? "[B, T, " : "[T, B, ") + std::to_string(size) + "]";
  };
  std::string hidden = std::to_string(network.hiddenSize);
  bool external = network.externalWeights;
  const char *lengths = facts.takesLengths
                            ? "[B], each 0 .. T: row b takes part in its own first lengths[b] "
                              "steps; T when left out"
                            : "none: compiled without what they need";
  const char *whyNoStreams = network.anyReverse()
                                 ? "the reverse direction begins at the end of a sequence"
                                 : "compiled without it";
  return replaced(
      text, {{"@WEIGHTSDOC", external ? weightsDoc.str() : ""},
             {"@WEIGHTS", external ? ", weights: Weights" : ""},
             {"@OPTIONAL", external ? ": undefined |" : "?:"},
             {"@REAL", network.dtype == rnn::DType::Float64 ? "Float64Array" : "Float32Array"},
             {"@INPUT", sequence(network.inputSize)},
             {"@OUTPUT", sequence(network.outputSize())},
             {"@STATES", "[" + std::to_string(network.numCells()) + ", B, " + hidden + "]"},
             {"@NOSTREAMS", whyNoStreams},
             {"@LENGTHS", lengths},
             {"@I", std::to_string(network.inputSize)},
             {"@H", hidden},
             {"@L", std::to_string(network.numLayers)},
             {"@FILE", printable(facts.file)}});
}
