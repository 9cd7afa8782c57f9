//===- NetworkGraph.cpp - What the layers of a network are -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/NetworkGraph.h"

#include "dialects/rnn/Shapes.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace grucc;

LogicalResult grucc::refuse(Operation *op, const Twine &argument, const Twine &found,
                            const Twine &expected, Operation *other, const Twine &note) {
  InFlightDiagnostic error = op->emitError()
                             << argument << ": found " << found << ", expected " << expected;
  if (other)
    error.attachNote(other->getLoc()) << note;
  return error;
}

std::string grucc::originOf(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return "argument " + std::to_string(argument.getArgNumber());
  return ("a result of '" + value.getDefiningOp()->getName().getStringRef() + "'").str();
}

bool NetworkGraph::isArgument(Value value) const {
  auto argument = dyn_cast<BlockArgument>(value);
  return argument && argument.getOwner()->getParentOp() == func;
}

std::string NetworkGraph::layerName(int64_t index) const {
  return "layer " + std::to_string(index / numDirections()) +
         (index % numDirections() ? " in reverse" : "");
}

/// 'rnn.gru_cell', or with its variant.
static std::string textOf(rnn::CellAttr cell) {
  std::string text = ("'" + cell.getOp() + "'").str();
  if (cell.getVariant())
    llvm::raw_string_ostream(text) << " " << cell.getVariant();
  return text;
}

/// The projection that feeds `scan`, and the cell that is all of its body.
static FailureOr<LayerPlan> readLayer(rnn::ScanOp scan) {
  auto project = scan.getGates().getDefiningOp<rnn::ProjectOp>();
  if (!project)
    return refuse(scan, "gates", originOf(scan.getGates()), "that of an rnn.project",
                  scan.getGates().getDefiningOp(), "which is here");
  Block &body = scan.getBody().front();
  auto cell = body.getTerminator()->getOperand(0).getDefiningOp<rnn::CellOpInterface>();
  if (!cell || cell->getBlock() != &body || cell.getGates() != body.getArgument(0) ||
      cell.getH() != body.getArgument(1))
    return refuse(scan, "body", "another step", "a single cell of its arguments",
                  body.getTerminator(), "which ends here");
  for (Operation &op : body.without_terminator())
    if (&op != cell && !op.hasTrait<OpTrait::ConstantLike>())
      return refuse(&op, "body", "'" + op.getName().getStringRef() + "'", "a single cell", cell,
                    "which is here");
  if (project.getCell() != cell.getKind())
    return refuse(project, "cell", textOf(project.getCell()),
                  textOf(cell.getKind()) + " as in its scan", cell, "which is here");
  return LayerPlan{project, scan, cell, rnn::sizeOf(project.getWeight(), 1)};
}

/// A tensor that generated code takes to be of exactly that shape.
static LogicalResult expectShape(Operation *op, StringRef name, Value tensor,
                                 ArrayRef<int64_t> shape, Operation *other, const Twine &note) {
  ArrayRef<int64_t> found = cast<RankedTensorType>(tensor.getType()).getShape();
  if (found == shape)
    return success();
  return refuse(op, name, "shape " + rnn::shapeText(found), rnn::shapeText(shape), other, note);
}

static StringRef oneOrNone(bool is) { return is ? "one" : "none"; }

/// The sizes and biases of a layer, beside those of layer 0.
static LogicalResult checkLayer(const NetworkGraph &graph, int64_t index) {
  LayerPlan layer = graph.layers[index], first = graph.layers.front();
  int64_t below = std::max<int64_t>(index / graph.numDirections() - 1, 0) * graph.numDirections();
  auto note = [&](int64_t index) { return graph.layerName(index) + " is here"; };
  if (layer.cell.getKind() != graph.cellKind)
    return refuse(layer.cell, "cell", textOf(layer.cell.getKind()),
                  textOf(graph.cellKind) + " as in the other layers", first.cell, note(0));
  Type dtype = getElementTypeOrSelf(first.scan.getOutput());
  if (getElementTypeOrSelf(layer.scan.getOutput()) != dtype)
    return refuse(layer.scan, "dtype", "another one", "that of layer 0", first.scan, note(0));
  int64_t rows = graph.cellRows(), hidden = graph.hiddenSize;
  if (failed(expectShape(layer.cell, "w_hh", layer.cell.getWHh(), {rows, hidden}, first.cell,
                         note(0))) ||
      failed(expectShape(layer.project, "weight", layer.project.getWeight(),
                         {rows, graph.layerInputSize(index / graph.numDirections())},
                         graph.layers[below].scan, note(below))))
    return failure();

  bool ofInput = bool(layer.project.getBias()), ofState = bool(layer.cell.getBias());
  int64_t kept = graph.cell.keptBiases();
  if (ofInput != graph.bias)
    return refuse(layer.project, "bias", oneOrNone(ofInput),
                  oneOrNone(graph.bias) + " as in layer 0", first.project, note(0));
  if (ofState != (ofInput && kept))
    return refuse(layer.cell, "bias", oneOrNone(ofState),
                  kept ? oneOrNone(ofInput) + " as in its projection" : "none: its gates keep none",
                  layer.project, "which is here");
  if (!graph.bias)
    return success();
  if (failed(expectShape(layer.project, "bias", layer.project.getBias(), {rows}, layer.cell,
                         "its cell is here")))
    return failure();
  if (!kept)
    return success();
  // b_hn, or what gates keep, alone: the others must have been folded.
  return expectShape(layer.cell, "bias", layer.cell.getBias(), {kept * hidden}, layer.project,
                     "its projection is here");
}

LogicalResult NetworkGraph::readLayers() {
  if (!llvm::hasSingleElement(func.getBody()))
    return refuse(func, "func.func", Twine(func.getBody().getBlocks().size()) + " blocks", "one");
  auto scans = llvm::to_vector(func.getOps<rnn::ScanOp>());
  if (scans.empty())
    return refuse(func, "rnn.scan", "none", "at least one");
  auto isReverse = [](rnn::ScanOp scan) { return scan.getReverse(); };
  reverse = llvm::all_of(scans, isReverse);
  bidirectional = !reverse && llvm::any_of(scans, isReverse);
  numLayers = scans.size() / numDirections();
  for (auto [index, scan] : llvm::enumerate(scans)) {
    // Forward and reverse of a layer stand side by side.
    if (scan.getReverse() != (reverse || (bidirectional && index % 2 == 1)))
      return refuse(scan, "directions", "another order", "forward, reverse, ...",
                    index ? scans[index - 1] : nullptr, "the one before is here");
    FailureOr<LayerPlan> layer = readLayer(scan);
    if (failed(layer))
      return failure();
    layers.push_back(*layer);
  }
  if (scans.size() % numDirections())
    return refuse(scans.back(), "directions", "forward alone", "both, as in layer 0", scans.front(),
                  "layer 0 is here");

  LayerPlan first = layers.front();
  bias = bool(first.project.getBias());
  dtype = getElementTypeOrSelf(first.scan.getOutput()).isF64() ? rnn::DType::Float64
                                                               : rnn::DType::Float32;
  cellKind = first.cell.getKind();
  cell = first.cell.getShape();
  variant = rnn::VariantAttr::in(cellKind.getVariant());
  inputSize = first.inputSize;
  hiddenSize = rnn::sizeOf(first.cell.getWHh(), 1);
  for (auto [op, name, size] :
       {std::tuple<Operation *, StringRef, int64_t>(first.project, "weight", inputSize),
        {first.cell, "w_hh", hiddenSize}})
    if (size == rnn::anySize)
      return refuse(op, name, "columns that are not known", "a known number");
  for (int64_t index = 0; index < numCells(); ++index)
    if (failed(checkLayer(*this, index)))
      return failure();
  return success();
}
