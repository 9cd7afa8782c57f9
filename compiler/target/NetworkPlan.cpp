//===- NetworkPlan.cpp - A network, as targets see it -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/NetworkPlan.h"

#include "mlir/IR/TypeUtilities.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace grucc;

static std::string textOf(int64_t field) { return std::to_string(field); }
static std::string textOf(bool field) { return field ? "true" : "false"; }
static std::string textOf(double field) { return llvm::formatv("{0}", field); }
static std::string textOf(const Variant &field) {
  std::string reset = nameOf(field.reset).str();
  return "reset = " + reset + ", gate_activation = " + textOf(field.gates) +
         ", candidate_activation = " + textOf(field.candidate) + ", clip = " + shortest(field.clip);
}
static std::string textOf(rnn::DType field) { return rnn::nameOf(field).str(); }

/// What the function says, and what its ops say.
static LogicalResult compare(const rnn::Network &network, NetworkGraph &graph) {
  Operation *first = graph.layers.front().scan;
  graph.training = network.training; // no op says it alone
  if (graph.dropouts.empty())
    graph.dropout = network.dropout;
  else if (!network.training)
    return refuse(graph.dropouts.front(), "rnn.dropout", "it", "it in training only", graph.func,
                  "whose rnn.network says inference");
  if (graph.dropouts.empty() && network.drawnDropout() > 0)
    return refuse(graph.func, "rnn.dropout", "none",
                  "p = " + textOf(network.dropout) + " behind every layer but the last", first,
                  "layer 0 is here");
  LogicalResult result = success();
  rnn::Network::forEachField([&](StringRef name, auto field) {
    if (succeeded(result) && network.*field != graph.*field)
      result = refuse(graph.func, "rnn.network: " + name, textOf(network.*field),
                      textOf(graph.*field) + " as its layers have it", first, "layer 0 is here");
  });
  return result;
}

FailureOr<NetworkPlan> NetworkPlan::read(func::FuncOp func) {
  NetworkGraph graph;
  graph.func = func;
  if (failed(graph.readLayers()) || failed(graph.readWeights()) || failed(graph.readEdges()))
    return failure();
  auto network = func->getAttrOfType<rnn::NetworkAttr>(rnn::NetworkAttr::name);
  if (!network)
    return refuse(func, "rnn.network", "none", "that of rnn-split-layers");
  if (failed(compare(network.getNetwork(), graph)))
    return failure();
  NetworkPlan plan;
  static_cast<rnn::Network &>(plan) = network.getNetwork();
  plan.func = func;
  plan.name = func.getName().str();
  plan.element = getElementTypeOrSelf(graph.layers.front().scan.getOutput());
  plan.layers = std::move(graph.layers);
  plan.cellKind = graph.cellKind;
  plan.cell = graph.cell;
  return plan;
}

LogicalResult NetworkPlan::expectOneState() const {
  if (cell.states == 1)
    return success();
  rnn::CellOpInterface op = layers.front().cell;
  return op.emitError("cell: found ")
         << op->getName() << " of " << cell.states << " states, expected one for kernels";
}

LogicalResult NetworkPlan::expectFreeNames(ArrayRef<std::string> ours) const {
  func::FuncOp network = func;
  for (Operation &other : *network->getBlock()) {
    auto symbol = dyn_cast<SymbolOpInterface>(other);
    StringRef found = symbol ? symbol.getName() : "";
    if (llvm::is_contained(ours, found))
      continue;
    if (found.consume_front(name) && (found.starts_with("_") || found.starts_with(".")))
      return refuse(network, "func.func", "'" + symbol.getName() + "' beside it",
                    "no symbol that begins with '" + name + "_' or '" + name + ".'", &other,
                    "which is here");
  }
  return success();
}

void NetworkPlan::carryOver(Operation *to) const {
  for (NamedAttribute attribute : func->getDialectAttrs())
    if (attribute.getNameDialect() && isa<rnn::RnnDialect>(attribute.getNameDialect()))
      to->setAttr(attribute.getName(), attribute.getValue());
}

LogicalResult grucc::forEachNetwork(ModuleOp module,
                                    function_ref<LogicalResult(ModuleOp, func::FuncOp)> lower) {
  for (func::FuncOp func : llvm::to_vector(module.getOps<func::FuncOp>()))
    if (!func.getOps<rnn::ScanOp>().empty() && failed(lower(module, func)))
      return failure();
  return success();
}
