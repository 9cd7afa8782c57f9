//===- GpuModelHeader.cpp - The C and C++ header of a model on a GPU -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/Artifact.h"
#include "compiler/write/GpuHeader.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace grucc;

std::string grucc::writeGpuModelHeader(const GpuHeaderFacts &facts) {
  std::string text, upper = StringRef(facts.name).upper();
  raw_string_ostream out(text);
  out << "/* " << facts.name << ".h - a GRU network compiled by grucc for a GPU; do not edit.\n";
  SmallVector<StringRef> lines;
  StringRef(facts.provenance).split(lines, '\n', -1, /*KeepEmpty=*/false);
  for (StringRef line : lines)
    out << " *   " << line << "\n";
  out << " *   " << facts.weightsBytes
      << " bytes of weights\n"
         " *\n"
         " * The object is data alone: kernels, weights and how to launch them, as grucc/cuda.h\n"
         " * says. The runtime of grucc (grucc/runtime.h) runs it:\n"
         " *\n"
         " *   #include \"grucc/cuda.h\"\n"
         " *   grucc_open_model(&"
      << facts.name << "_model.model, &handle, message, sizeof message);\n */\n"
      << "#ifndef GRUCC_OF_" << facts.name << "_H\n#define GRUCC_OF_" << facts.name
      << "_H\n\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n\n";
  auto define = [&](StringRef what, int64_t value, StringRef comment) {
    out << "#define " << upper << "_" << what << " " << value << " /* " << comment << " */\n";
  };
  define("INPUT_SIZE", facts.network.inputSize, "I");
  define("HIDDEN_SIZE", facts.network.hiddenSize, "H");
  define("NUM_LAYERS", facts.network.numLayers, "L");
  define("OUTPUT_SIZE", facts.network.outputSize(), "numbers in one output row");
  define("STATES", facts.network.numCells(), "rows of h_0 and h_n: layers times directions");
  out << linkCheck(facts.name, facts.idSymbol)
      << "\n/* Complete in grucc/cuda.h. */\nstruct grucc_cuda_model;\nextern const struct "
         "grucc_cuda_model "
      << facts.name << "_model;\n\n#ifdef __cplusplus\n}\n#endif\n\n#endif /* GRUCC_OF_"
      << facts.name << "_H */\n";
  return text;
}
