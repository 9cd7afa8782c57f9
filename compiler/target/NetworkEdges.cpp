//===- NetworkEdges.cpp - What the layers of a network read -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/NetworkGraph.h"

#include "dialects/rnn/Shapes.h"

using namespace mlir;
using namespace grucc;

namespace {
/// Walks from the input through the layers to what is returned.
class EdgeReader {
public:
  explicit EdgeReader(NetworkGraph &graph) : graph(graph) {}

  LogicalResult read() {
    if (failed(readInput()))
      return failure();
    for (int64_t layer = 0; layer < graph.numLayers; ++layer)
      if (failed(readLayerInput(layer)))
        return failure();
    for (int64_t index = 0; index < graph.numCells(); ++index)
      if (failed(readState(index)) || failed(readLengths(index)))
        return failure();
    return failed(readReturn()) ? failure() : readOthers();
  }

private:
  NetworkGraph &graph;

  rnn::ScanOp scanOf(int64_t layer, int64_t direction = 0) {
    return graph.layers[layer * graph.numDirections() + direction].scan;
  }
  rnn::ProjectOp projectOf(int64_t layer, int64_t direction = 0) {
    return graph.layers[layer * graph.numDirections() + direction].project;
  }
  static std::string isHere(const Twine &what) { return (what + " is here").str(); }

  /// An argument, or, batch first, its transpose (C5).
  LogicalResult readInput() {
    Value input = projectOf(0).getInput();
    auto turned = input.getDefiningOp<rnn::TransposeOp>();
    graph.batchFirst = bool(turned);
    if (turned)
      input = turned.getInput();
    if (graph.isArgument(input))
      return success();
    return refuse(projectOf(0), "input", originOf(input),
                  "an argument of the function, or its transpose", input.getDefiningOp(),
                  "which is here");
  }

  /// Whether `value` is all that a layer puts out: forward first (C7).
  bool isOutput(Value value, int64_t layer) {
    if (!graph.bidirectional)
      return value == scanOf(layer).getOutput();
    auto both = value.getDefiningOp<rnn::ConcatOp>();
    return both && both.getForward() == scanOf(layer, 0).getOutput() &&
           both.getBackward() == scanOf(layer, 1).getOutput();
  }

  /// The output of the layer below, in training perhaps with dropout (C1, C6).
  LogicalResult readLayerInput(int64_t layer) {
    Value input = projectOf(layer).getInput();
    if (graph.bidirectional && projectOf(layer, 1).getInput() != input)
      return refuse(projectOf(layer, 1), "input", originOf(projectOf(layer, 1).getInput()),
                    "what the forward direction reads", projectOf(layer), "which is here");
    if (layer == 0)
      return success();
    Value output = input;
    auto dropout = input.getDefiningOp<rnn::DropoutOp>();
    if (dropout)
      output = dropout.getInput();
    if (!isOutput(output, layer - 1))
      return refuse(projectOf(layer), "input", originOf(output),
                    "the output of layer " + Twine(layer - 1) +
                        (graph.bidirectional ? ", both directions" : ""),
                    scanOf(layer - 1), isHere("layer " + Twine(layer - 1)));
    return readDropout(layer, dropout);
  }

  LogicalResult readDropout(int64_t layer, rnn::DropoutOp dropout) {
    if (layer > 1 && bool(dropout) == graph.dropouts.empty())
      return refuse(projectOf(layer), "input", dropout ? "dropout" : "no dropout",
                    dropout ? "none as behind layer 0" : "it as behind layer 0", projectOf(1),
                    isHere("layer 1"));
    if (!dropout)
      return success();
    graph.dropouts.push_back(dropout);
    rnn::DropoutOp first = graph.dropouts.front();
    double p = dropout.getP().convertToDouble();
    if (layer == 1)
      graph.dropout = p;
    if (static_cast<int64_t>(dropout.getLayer()) != layer - 1)
      return refuse(dropout, "layer", Twine(dropout.getLayer()),
                    Twine(layer - 1) + ", whose output it drops", scanOf(layer - 1),
                    isHere("layer " + Twine(layer - 1)));
    if (dropout.getP() != first.getP()) {
      InFlightDiagnostic error = dropout.emitError() << "p: found " << p << ", expected "
                                                     << graph.dropout << " as behind layer 0";
      error.attachNote(first.getLoc()) << "which is here";
      return error;
    }
    auto sourceOf = [](rnn::DropoutOp op) {
      return op.getSeed() ? Value(op.getSeed()) : Value(op.getMask());
    };
    Value source = sourceOf(dropout);
    if (source != sourceOf(first) || !graph.isArgument(source))
      return refuse(dropout, "seed or mask", originOf(source),
                    "one argument of the function, the same everywhere", first,
                    "the first is here");
    return success();
  }

  /// State l*D + d of one argument, or none at all (C7, C8).
  LogicalResult readState(int64_t index) {
    rnn::ScanOp scan = graph.layers[index].scan, first = scanOf(0);
    Value h0 = scan.getH_0();
    if (bool(h0) != bool(first.getH_0()))
      return refuse(scan, "h_0", h0 ? "one" : "none",
                    h0 ? "none as in layer 0" : "one as in layer 0", first, isHere("layer 0"));
    if (!h0)
      return success();
    auto state = h0.getDefiningOp<rnn::StateOp>();
    if (!state)
      return refuse(scan, "h_0", originOf(h0), "that of an rnn.state", h0.getDefiningOp(),
                    "which is here");
    if (static_cast<int64_t>(state.getIndex()) != index)
      return refuse(scan, "h_0", "state " + Twine(state.getIndex()),
                    Twine(index) + ": that of " + graph.layerName(index), state, "which is here");
    Value states = state.getStates();
    int64_t count = rnn::sizeOf(states, 0);
    if (!graph.isArgument(states) || (count != rnn::anySize && count != graph.numCells()))
      return refuse(state, "states", originOf(states) + " " + shapeOf(states),
                    "an argument of " + Twine(graph.numCells()) + " states", scan,
                    isHere(graph.layerName(index)));
    auto firstState = first.getH_0().getDefiningOp<rnn::StateOp>();
    if (states != firstState.getStates())
      return refuse(state, "states", originOf(states), originOf(firstState.getStates()), firstState,
                    "that of layer 0 is here");
    return success();
  }

  static std::string shapeOf(Value value) {
    return rnn::shapeText(cast<RankedTensorType>(value.getType()).getShape());
  }

  /// The same argument everywhere, or none (C10).
  LogicalResult readLengths(int64_t index) {
    rnn::ScanOp scan = graph.layers[index].scan, first = scanOf(0);
    if (scan.getLengths() != first.getLengths())
      return refuse(scan, "lengths", "others", "those of layer 0", first, isHere("layer 0"));
    if (scan.getLengths() && !graph.isArgument(scan.getLengths()))
      return refuse(scan, "lengths", originOf(scan.getLengths()), "an argument of the function",
                    scan.getLengths().getDefiningOp(), "they are made here");
    return success();
  }

  /// The last layer's output, in the layout of the input, and the stack of all states.
  LogicalResult readReturn() {
    auto end = dyn_cast<func::ReturnOp>(graph.func.getBody().front().getTerminator());
    if (!end || end.getNumOperands() != 2)
      return refuse(graph.func.getBody().front().getTerminator(), "func.return", "other results",
                    "output and h_n", scanOf(graph.numLayers - 1), "the last layer is here");
    Value output = end.getOperand(0);
    auto turned = output.getDefiningOp<rnn::TransposeOp>();
    if (bool(turned) != graph.batchFirst)
      return refuse(end, "output", turned ? "a transpose" : "no transpose",
                    graph.batchFirst ? "one as at the input" : "none as at the input", projectOf(0),
                    "which is read here");
    if (turned)
      output = turned.getInput();
    if (!isOutput(output, graph.numLayers - 1))
      return refuse(end, "output", originOf(output), "the output of the last layer",
                    scanOf(graph.numLayers - 1), "which is here");
    auto stack = end.getOperand(1).getDefiningOp<rnn::StackOp>();
    if (!stack)
      return refuse(end, "h_n", originOf(end.getOperand(1)), "that of an rnn.stack",
                    end.getOperand(1).getDefiningOp(), "which is here");
    if (static_cast<int64_t>(stack.getStates().size()) != graph.numCells())
      return refuse(stack, "h_n", Twine(stack.getStates().size()) + " states",
                    Twine(graph.numCells()) + ": one of every layer and direction", scanOf(0),
                    isHere("layer 0"));
    for (auto [index, state] : llvm::enumerate(stack.getStates()))
      if (state != graph.layers[index].scan.getHN())
        return refuse(stack, "h_n", originOf(state) + " as state " + Twine(index),
                      "h_n of " + graph.layerName(index), graph.layers[index].scan,
                      "which is here");
    return success();
  }

  /// Nothing else happens in the function, or it would be lost.
  LogicalResult readOthers() {
    for (Operation &op : graph.func.getBody().front())
      if (!isa<rnn::ProjectOp, rnn::ScanOp, rnn::StateOp, rnn::StackOp, rnn::ConcatOp,
               rnn::DropoutOp, rnn::TransposeOp, rnn::FoldBiasesOp, func::ReturnOp>(op) &&
          !op.hasTrait<OpTrait::ConstantLike>())
        return refuse(&op, "func.func", "'" + op.getName().getStringRef() + "'",
                      "the ops of one network alone", scanOf(0), isHere("layer 0"));
    return success();
  }
};
} // namespace

LogicalResult NetworkGraph::readEdges() { return EdgeReader(*this).read(); }
