//===- NetworkAttrs.cpp - The facts about a network, as attributes -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Rnn.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace grucc::rnn;

//===----------------------------------------------------------------------===//
// #rnn.network
//===----------------------------------------------------------------------===//

LogicalResult NetworkAttr::verify(function_ref<InFlightDiagnostic()> emitError, Network network) {
  if (std::optional<NetworkFault> fault = findFault(network))
    return emitError() << "network: " << fault->argument << ": found " << fault->found
                       << ", expected " << fault->expected;
  return success();
}

static ParseResult parseField(AsmParser &parser, int64_t &field) {
  return parser.parseInteger(field);
}
static ParseResult parseField(AsmParser &parser, bool &field) { return parser.parseInteger(field); }
static ParseResult parseField(AsmParser &parser, double &field) {
  ParseResult result = parser.parseFloat(field);
  field += 0.0; // no -0, which is printed as 0 is
  return result;
}
static ParseResult parseField(AsmParser &parser, DType &field) {
  StringRef name;
  SMLoc at = parser.getCurrentLocation();
  if (parser.parseKeyword(&name))
    return failure();
  for (DType dtype : {DType::Float32, DType::Float64})
    if (name == nameOf(dtype))
      return field = dtype, success();
  return parser.emitError(at) << "network: dtype: found " << name
                              << ", expected float32 or float64";
}

/// `name = value` pairs in angle brackets, each once: parseValue(name) reads one, or returns
/// nothing for a name that it does not know.
static ParseResult parsePairs(AsmParser &parser, StringRef what, StringRef expected,
                              llvm::StringSet<> &said,
                              function_ref<OptionalParseResult(StringRef)> parseValue) {
  return parser.parseCommaSeparatedList(AsmParser::Delimiter::LessGreater, [&]() -> ParseResult {
    StringRef name;
    SMLoc at = parser.getCurrentLocation();
    if (parser.parseKeyword(&name) || parser.parseEqual())
      return failure();
    if (!said.insert(name).second)
      return parser.emitError(at) << what << ": found " << name << " twice, expected it once";
    OptionalParseResult result = parseValue(name);
    if (!result.has_value())
      return parser.emitError(at) << what << ": found field " << name << ", expected " << expected;
    return *result;
  });
}

static ParseResult parseField(AsmParser &parser, grucc::Variant &field) {
  llvm::StringSet<> said;
  auto activation = [&](StringRef name, grucc::Activation &into) -> ParseResult {
    std::string text;
    SMLoc at = parser.getCurrentLocation();
    if (parser.parseString(&text))
      return failure();
    if (auto found = grucc::readActivation(text))
      return into = *found, success();
    return parser.emitError(at) << "variant: " << name << ": found '" << text << "', expected "
                                << grucc::listActivations();
  };
  auto reset = [&]() -> ParseResult {
    StringRef word;
    SMLoc at = parser.getCurrentLocation();
    if (parser.parseKeyword(&word))
      return failure();
    if (auto found = grucc::readReset(word))
      return field.reset = *found, success();
    return parser.emitError(at) << "variant: reset: found " << word << ", expected after or before";
  };
  return parsePairs(parser, "variant", "reset, gate_activation, candidate_activation or clip", said,
                    [&](StringRef name) -> OptionalParseResult {
                      if (name == "reset")
                        return reset();
                      if (name == "gate_activation")
                        return activation(name, field.gates);
                      if (name == "candidate_activation")
                        return activation(name, field.candidate);
                      if (name == "clip")
                        return parseField(parser, field.clip);
                      return std::nullopt;
                    });
}

static void printField(AsmPrinter &printer, int64_t field) { printer << field; }
static void printField(AsmPrinter &printer, bool field) { printer << (field ? "true" : "false"); }
static void printField(AsmPrinter &printer, double field) {
  printer.printFloat(llvm::APFloat(field));
}
static void printField(AsmPrinter &printer, DType field) { printer << nameOf(field); }
/// Without what is as torch has it.
static void printField(AsmPrinter &printer, const grucc::Variant &field) {
  const grucc::Variant usual;
  llvm::ListSeparator comma;
  printer << '<';
  if (field.reset != usual.reset)
    printer << StringRef(comma) << "reset = " << nameOf(field.reset);
  for (auto [name, own, torch] :
       {std::tuple("gate_activation", &field.gates, &usual.gates),
        std::tuple("candidate_activation", &field.candidate, &usual.candidate)})
    if (!(*own == *torch))
      printer << StringRef(comma) << name << " = \"" << textOf(*own) << '"';
  if (field.clip != usual.clip) {
    printer << StringRef(comma) << "clip = ";
    printField(printer, field.clip);
  }
  printer << '>';
}

Attribute NetworkAttr::parse(AsmParser &parser, Type) {
  SMLoc start = parser.getCurrentLocation();
  Network network;
  llvm::StringSet<> said;
  auto parseOne = [&](StringRef name) {
    OptionalParseResult result;
    Network::forEachField([&](StringRef field, auto member) {
      if (field == name)
        result = parseField(parser, network.*member);
    });
    return result;
  };
  if (parsePairs(parser, "network", "an argument of torch.nn.GRU", said, parseOne))
    return {};
  for (StringRef name : {"input_size", "hidden_size"})
    if (!said.contains(name))
      return parser.emitError(start) << "network: " << name << ": found none, expected an integer "
                                     << "from 1 to " << largestSize,
             Attribute();
  return parser.getChecked<NetworkAttr>(start, parser.getContext(), network);
}

/// Without what is as torch has it unless it is told otherwise.
void NetworkAttr::print(AsmPrinter &printer) const {
  const Network &network = getNetwork();
  const Network usual;
  llvm::ListSeparator comma;
  printer << '<';
  Network::forEachField([&](StringRef field, auto member) {
    if (network.*member == usual.*member)
      return;
    printer << StringRef(comma) << field << " = ";
    printField(printer, network.*member);
  });
  printer << '>';
}

//===----------------------------------------------------------------------===//
// #rnn.variant
//===----------------------------------------------------------------------===//

Attribute VariantAttr::parse(AsmParser &parser, Type) {
  grucc::Variant variant;
  if (parseField(parser, variant))
    return {};
  return parser.getChecked<VariantAttr>(parser.getContext(), variant);
}

void VariantAttr::print(AsmPrinter &printer) const { printField(printer, getVariant()); }

LogicalResult VariantAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  grucc::Variant variant) {
  if (std::optional<NetworkFault> fault = findFault(variant))
    return emitError() << "variant: " << fault->argument << ": found " << fault->found
                       << ", expected " << fault->expected;
  return success();
}

//===----------------------------------------------------------------------===//
// #rnn.descriptor
//===----------------------------------------------------------------------===//

LogicalResult DescriptorAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef name,
                                     DenseI64ArrayAttr workspaceRows, int64_t workspaceFixed,
                                     int64_t weightsBytes, int64_t stepRows, int64_t rowBytes) {
  if (!isModelName(name))
    return emitError() << "descriptor: name: found '" << name
                       << "', expected a C identifier of at most " << longestName << " characters";
  auto within = [&](StringRef field, int64_t value, int64_t most) -> LogicalResult {
    if (value >= 0 && value <= most)
      return success();
    return emitError() << "descriptor: " << field << ": found " << value << ", expected 0 to "
                       << most;
  };
  for (int64_t bytes : workspaceRows.asArrayRef())
    if (failed(within("workspace_rows", bytes, INT64_MAX)))
      return failure();
  if (failed(within("workspace_fixed", workspaceFixed, INT64_MAX)) ||
      failed(within("weights_bytes", weightsBytes, INT64_MAX)))
    return failure();
  if (failed(within("step_rows", stepRows, INT32_MAX))) // an int32_t of the descriptor
    return failure();
  if (rowBytes > 0)
    return success();
  return emitError() << "descriptor: row_bytes: found " << rowBytes << ", expected at least 1";
}

//===----------------------------------------------------------------------===//
// #rnn.kernel, #rnn.cuda
//===----------------------------------------------------------------------===//

LogicalResult KernelAttr::verify(function_ref<InFlightDiagnostic()> emitError, StringRef name,
                                 int32_t threads, int32_t sharedBytes, int32_t rows,
                                 int32_t columns) {
  if (name.empty())
    return emitError() << "kernel: name: found nothing, expected a symbol";
  for (auto [field, value, least] :
       {std::tuple("threads", threads, 1), std::tuple("shared_bytes", sharedBytes, 0),
        std::tuple("rows", rows, 1), std::tuple("columns", columns, 1)})
    if (value < least)
      return emitError() << "kernel: " << field << ": found " << value << ", expected at least "
                         << least;
  return success();
}

LogicalResult CudaAttr::verify(function_ref<InFlightDiagnostic()> emitError, KernelAttr, KernelAttr,
                               KernelAttr, KernelAttr, ArrayAttr layers) {
  for (Attribute layer : layers) {
    auto places = dyn_cast<DenseI64ArrayAttr>(layer);
    if (!places || places.size() != 5)
      return emitError() << "cuda: layers: found " << layer << ", expected five places of weights";
  }
  return success();
}
