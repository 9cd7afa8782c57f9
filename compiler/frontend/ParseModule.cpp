//===- ParseModule.cpp - NETWORK.mlir -------------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Frontend.h"
#include "compiler/frontend/ScanMlir.h"
#include "compiler/frontend/Weights.h"
#include "dialects/rnn/Constants.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "support/Diagnostic.h"
#include "support/ForeignFile.h"
#include "support/RegularFile.h"
#include "llvm/Support/SourceMgr.h"

using namespace mlir;

namespace grucc {

/// Exactly one func.func, with a body of constants, one rnn.gru and a return of
/// its two results. The weights are all constants or all function arguments.
static LogicalResult checkModule(ModuleOp module) {
  auto refuse = [](Operation *op, const llvm::Twine &argument, const llvm::Twine &found,
                   const llvm::Twine &expected) {
    return op->emitError() << argument << ": found " << found << ", expected " << expected;
  };
  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  if (functions.size() != 1 || !llvm::hasSingleElement(*module.getBody()))
    return refuse(module, "module",
                  llvm::Twine(module.getBody()->getOperations().size()) + " operations",
                  "exactly one func.func");
  func::FuncOp function = functions.front();
  if (!llvm::hasSingleElement(function.getBody()))
    return refuse(function, "func.func",
                  llvm::Twine(function.getBody().getBlocks().size()) + " blocks", "one block");
  Block &body = function.front();
  for (Operation &op : body)
    if (!isa<rnn::GruOp, arith::ConstantOp, func::ReturnOp>(op))
      return refuse(&op, "func.func", "'" + op.getName().getStringRef() + "'",
                    "arith.constant, rnn.gru and func.return only");
  auto networks = llvm::to_vector(body.getOps<rnn::GruOp>());
  if (networks.size() != 1)
    return refuse(function, "func.func", llvm::Twine(networks.size()) + " rnn.gru", "exactly one");
  rnn::GruOp gru = networks.front();
  if (body.getTerminator()->getOperands() != ValueRange(gru.getResults()))
    return refuse(body.getTerminator(), "func.return", "other values",
                  "the two results of rnn.gru");

  size_t constants = 0;
  for (Value operand : gru->getOperands()) {
    bool isWeight = llvm::is_contained(gru.getWeights(), operand);
    if (isWeight && operand.getDefiningOp())
      ++constants;
    else if (operand.getDefiningOp())
      return refuse(gru, "rnn.gru", "a constant operand that is not a weight",
                    "a function argument");
  }
  if (constants && constants != gru.getWeights().size())
    return refuse(gru, "weights",
                  llvm::Twine(constants) + " constants among " +
                      llvm::Twine(gru.getWeights().size()),
                  "all of them constants, or none");
  return success();
}

OwningOpRef<ModuleOp> parseModule(MLIRContext &context, StringRef path) {
  context.loadDialect<rnn::RnnDialect, func::FuncDialect, arith::ArithDialect>();
  context.printOpOnDiagnostic(false); // one line, not a dump of the weights
  auto fail = [&](Location loc, llvm::Error error) {
    // The handler adds the file's name and `error:` itself.
    std::string text = llvm::toString(std::move(error));
    emitError(loc) << StringRef(text).split(": error: ").second;
    return OwningOpRef<ModuleOp>();
  };
  Location whole = UnknownLoc::get(&context);
  auto buffer = readRegularFile(path, largestMlir);
  if (!buffer)
    return fail(whole, buffer.takeError());
  if (llvm::Error error = refuseForeign((*buffer)->getBuffer(), path, "file", "MLIR"))
    return fail(whole, std::move(error));
  if (llvm::Error error = scanMlir((*buffer)->getBuffer(), path))
    return fail(whole, std::move(error));

  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(*buffer), llvm::SMLoc());
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, ParserConfig(&context));
  if (!module || failed(checkModule(*module)))
    return {};
  return module;
}

std::string errorText(const Diagnostic &diagnostic) {
  std::string text = diagnostic.str();
  return StringRef(text).contains(": found ")
             ? text
             : "MLIR: found invalid text (" + printable(text) + "), expected a network";
}

/// Copies the values of a module's constants, in order.
template <typename T>
static llvm::Error copyWeights(rnn::GruOp gru, Network &network, StringRef path) {
  auto rooms = allocateTensors(network);
  if (!rooms)
    return rooms.takeError();
  for (auto [operand, tensor, room] : llvm::zip_equal(gru.getWeights(), network.weights, *rooms)) {
    Attribute value = operand.getDefiningOp<arith::ConstantOp>().getValue();
    std::vector<T> spread;
    std::optional<ArrayRef<T>> values = rnn::constantValues<T>(value, spread);
    if (!values || values->size() * sizeof(T) != room.size())
      return inputError(path, tensor.name, "a constant without its values",
                        llvm::Twine(room.size()) + " bytes");
    std::memcpy(room.data(), values->data(), room.size());
  }
  return llvm::Error::success();
}

llvm::Expected<Network> describeModule(ModuleOp module, StringRef path, const NetworkFlags &flags) {
  auto gru = *(*module.getOps<func::FuncOp>().begin()).getOps<rnn::GruOp>().begin();
  bool isExternal = gru.getNetwork().externalWeights;
  if (flags.initSeed)
    return usageError("--init", "an input of MLIR", "a network without weights");
  if (flags.node)
    return usageError("--node", "an input of MLIR", "MODEL.onnx to select from");
  if (flags.prefix)
    return usageError("--prefix", "an input of MLIR", "a weights file to select from");
  if (isExternal != flags.externalWeights)
    return inputError(path, "weights", isExternal ? "function arguments" : "constants",
                      isExternal ? "constants, or --weights=external"
                                 : "function arguments, as --weights=external says");

  Network network;
  static_cast<rnn::Network &>(network) = gru.getNetwork();

  Arguments said(flags);
  Said<bool> training{flags.training ? std::optional<bool>(true) : std::nullopt, "--training"};
  StringRef source = "the rnn.gru";
  llvm::Error error = llvm::Error::success();
  auto agree = [&](StringRef argument, auto &earlier, auto value) {
    if (!error)
      error = say(path, argument, earlier, value, source);
  };
  agree("input_size", said.inputSize, network.inputSize);
  agree("hidden_size", said.hiddenSize, network.hiddenSize);
  agree("num_layers", said.numLayers, network.numLayers);
  agree("bias", said.bias, network.bias);
  agree("batch_first", said.batchFirst, network.batchFirst);
  agree("bidirectional", said.bidirectional, network.bidirectional);
  agree("direction", said.direction,
        network.bidirectional ? Direction::Bidirectional
        : network.reverse     ? Direction::Reverse
                              : Direction::Forward);
  agree("dropout", said.dropout, network.dropout);
  agree("reset", said.reset, network.variant.reset);
  agree("gate_activation", said.gateActivation, network.variant.gates);
  agree("candidate_activation", said.candidateActivation, network.variant.candidate);
  agree("clip", said.clip, network.variant.clip);
  agree("dtype", said.dtype, network.dtype);
  agree("training", training, network.training);
  if (error)
    return std::move(error);

  llvm::Expected<std::vector<WeightTensor>> tensors = expectedTensors(network, path);
  if (!tensors)
    return tensors.takeError();
  network.weights = std::move(*tensors);
  if (isExternal)
    return network;
  bool isFloat64 = network.dtype == DType::Float64;
  if (llvm::Error failed = isFloat64 ? copyWeights<double>(gru, network, path)
                                     : copyWeights<float>(gru, network, path))
    return std::move(failed);
  network.weightsHash = hashWeights(network);
  return network;
}

} // namespace grucc
