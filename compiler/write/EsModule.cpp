//===- EsModule.cpp - What JavaScript calls a WebAssembly module by -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/EsModule.h"

#include "dialects/rnn/CStructs.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"

using namespace llvm;
using namespace grucc;

/// A file's name as a part of a URL.
static std::string inUrl(StringRef name) {
  std::string text;
  for (char c : name)
    if (isAlnum(c) || StringRef("-._~").contains(c))
      text += c;
    else
      text += "%" + toHex(StringRef(&c, 1));
  return text;
}

/// EsModule.mjs, behind its header.
static StringRef body() {
  static constexpr StringLiteral text =
#include "compiler/write/EsModuleText.h.inc"
      ;
  return text.split("\n\n").second;
}

std::vector<PackedTensor> grucc::packedTensors(const rnn::Network &network) {
  std::vector<PackedTensor> tensors;
  int64_t gates = network.gateRows();
  for (int64_t layer = 0; layer < network.numLayers; ++layer)
    for (int64_t direction = 0; direction < network.numDirections(); ++direction) {
      std::string suffix = "_l" + std::to_string(layer) + (direction ? "_reverse" : "");
      tensors.push_back({"weight_ih" + suffix, {gates, network.layerInputSize(layer)}});
      tensors.push_back({"weight_hh" + suffix, {gates, network.hiddenSize}});
      if (network.bias)
        for (const char *kind : {"bias_ih", "bias_hh"})
          tensors.push_back({kind + suffix, {gates}});
    }
  return tensors;
}

/// `const NAME = Object.freeze({...});`, whose members `write` says.
static void writeConstant(raw_ostream &out, StringRef name, StringRef what,
                          function_ref<void(json::OStream &)> write) {
  out << "\n/** " << what << " */\n" << name << " = Object.freeze(";
  json::OStream json(out, /*IndentSize=*/2);
  json.object([&] { write(json); });
  out << ");\n";
}

static void writeFacts(json::OStream &json, const EsModuleFacts &facts) {
  const rnn::Network &network = facts.model.network;
  json.attribute("name", facts.model.name);
  json.attribute("inputSize", network.inputSize);
  json.attribute("hiddenSize", network.hiddenSize);
  json.attribute("numLayers", network.numLayers);
  json.attribute("outputSize", network.outputSize());
  json.attribute("states", network.numCells());
  json.attribute("direction", rnn::directionOf(network));
  json.attribute("bias", network.bias);
  json.attribute("batchFirst", network.batchFirst);
  json.attribute("dtype", rnn::nameOf(network.dtype));
  json.attribute("weights", network.externalWeights ? "external" : "baked");
  json.attribute("runs", facts.runs);
  json.attribute("takesLengths", facts.takesLengths);
  json.attribute("streams", facts.streams);
  json.attribute("target", StringRef(facts.target.name));
  json.attribute("moduleBytes", facts.bytes);
  json.attribute("weightsBytes", facts.model.weightsBytes);
  json.attribute("provenance", facts.model.provenance);
}

static void writeAbi(json::OStream &json, const EsModuleFacts &facts) {
  json.attribute("file", json::fixUTF8(facts.file));
  json.attribute("id", facts.model.idSymbol);
  json.attribute("alignment", facts.model.alignment);
  json.attributeObject("args", [&] {
    const rnn::CStruct &args = rnn::CStruct::args();
    SmallVector<int64_t> offsets = args.offsets(facts.target.platform->triple());
    for (auto [field, offset] : zip_first(args.fields(), offsets))
      json.attribute(field.name, offset);
    json.attribute("size_of", offsets.back());
  });
  if (facts.model.network.externalWeights)
    json.attributeObject("weights", [&] {
      for (const PackedTensor &tensor : packedTensors(facts.model.network))
        json.attribute(tensor.name, json::Array(tensor.shape));
    });
}

std::string grucc::writeEsModule(const EsModuleFacts &facts) {
  std::string text;
  raw_string_ostream out(text);
  out << "// Calls " << printable(facts.file)
      << ", a GRU network compiled by grucc; do not edit.\n";
  for (StringRef line : split(StringRef(facts.model.provenance).rtrim(), '\n'))
    out << "//   " << line << "\n";
  writeConstant(out, "export const facts", "What the network is.",
                [&](json::OStream &json) { writeFacts(json, facts); });
  writeConstant(out, "const abi", "Where the module wants its arguments.",
                [&](json::OStream &json) { writeAbi(json, facts); });
  // As bundlers look for it.
  out << "const moduleUrl = () => new URL(" << json::Value("./" + inUrl(facts.file))
      << ", import.meta.url);\n\n"
      << body();
  return text;
}
