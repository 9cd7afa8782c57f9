//===- Interpreter.cpp - Runs a function of rnn ops by Reference -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/Interpreter.h"

#include "dialects/rnn/Constants.h"
#include "dialects/rnn/Interpretation.h"
#include "mlir/IR/TypeUtilities.h"
#include "llvm/ADT/TypeSwitch.h"
#include "llvm/Support/CheckedArithmetic.h"

using namespace mlir;
using namespace grucc::rnn;
using llvm::Error;
using llvm::Expected;

namespace grucc::reference {

/// The values' types and shape against a type of the function.
static Error expectType(const Twine &name, const Tensor &tensor, Type type) {
  ArrayRef<int64_t> expected;
  if (auto shaped = dyn_cast<ShapedType>(type))
    expected = shaped.getShape();
  if (failed(verifyCompatibleShape(tensor.shape, expected)))
    return error("{0}: found shape {1}, expected {2}", name, shapeText(tensor.shape),
                 shapeText(expected));
  bool counts = std::holds_alternative<std::vector<int64_t>>(tensor.values);
  if (counts != getElementTypeOrSelf(type).isInteger(64))
    return error("{0}: found {1}, expected {2}", name, counts ? "int64" : "floating-point values",
                 getElementTypeOrSelf(type));
  std::optional<int64_t> count = 1;
  for (int64_t size : tensor.shape)
    count = count ? llvm::checkedMul(*count, size) : count;
  size_t found = std::visit([](auto &values) { return values.size(); }, tensor.values);
  if (!count || static_cast<size_t>(*count) != found)
    return error("{0}: found {1} values, expected those of {2}", name, found,
                 shapeText(tensor.shape));
  return Error::success();
}

template <typename T>
Expected<std::vector<Tensor>> Interpreter<T>::run(func::FuncOp function,
                                                  ArrayRef<Tensor> arguments) {
  if (function.isExternal() || !function.getBody().hasOneBlock())
    return error("function {0}: expected a body of one block", function.getName());
  Block &body = function.getBody().front();
  if (arguments.size() != body.getNumArguments())
    return error("function {0}: found {1} arguments, expected {2}", function.getName(),
                 arguments.size(), body.getNumArguments());
  for (auto [index, argument] : llvm::enumerate(body.getArguments())) {
    if (Error e = expectType("argument " + Twine(index), arguments[index], argument.getType()))
      return e;
    define(argument, arguments[index]);
  }
  if (Error e = runBlock(body))
    return e;
  std::vector<Tensor> results;
  for (Value value : body.getTerminator()->getOperands())
    results.push_back(tensors[value]);
  return results;
}

template <typename T> Error Interpreter<T>::runBlock(Block &block) {
  for (Operation &op : block)
    if (Error e = runOp(&op))
      return e;
  return Error::success();
}

template <typename T> Error Interpreter<T>::runOp(Operation *op) {
  return llvm::TypeSwitch<Operation *, Error>(op)
      .template Case<arith::ConstantOp, GruOp, LayerOp, ConcatOp, DropoutOp, TransposeOp, StateOp,
                     StackOp, FoldBiasesOp, ProjectOp, ScanOp, SigmoidOp, TanhOp, CellOpInterface>(
          [&](auto known) { return run(known); })
      .template Case<YieldOp, func::ReturnOp>([](auto) { return Error::success(); })
      .Default([](Operation *unknown) {
        return error("{0}: found an operation that Reference does not know, expected one of the "
                     "rnn dialect",
                     unknown->getName());
      });
}

template <typename T>
Error Interpreter<T>::expectLengths(Value lengths, int64_t batch, int64_t steps) {
  if (Error e = expect("lengths", lengths, {batch}))
    return e;
  for (int64_t b = 0; lengths && b < batch; ++b)
    if (counts(lengths)[b] < 0 || counts(lengths)[b] > steps)
      return error("lengths: found {0}, expected 0 to {1}", counts(lengths)[b], steps);
  return Error::success();
}

template <typename T> Error Interpreter<T>::run(arith::ConstantOp op) {
  Attribute value = op.getValue();
  Tensor tensor;
  if (auto shaped = dyn_cast<ShapedType>(op.getType()))
    tensor.shape.assign(shaped.getShape().begin(), shaped.getShape().end());
  std::vector<float> floats;
  std::vector<double> doubles;
  if (auto number = dyn_cast<IntegerAttr>(value))
    tensor.values = std::vector<int64_t>{number.getValue().getSExtValue()};
  else if (auto number = dyn_cast<FloatAttr>(value))
    tensor.values = std::vector<double>{number.getValueAsDouble()};
  else if (auto whole = dyn_cast<DenseIntElementsAttr>(value);
           whole && whole.getElementType().isInteger(64))
    tensor.values = std::vector<int64_t>(whole.value_begin<int64_t>(), whole.value_end<int64_t>());
  else if (auto found = constantValues<float>(value, floats))
    tensor.values = found->vec();
  else if (auto found = constantValues<double>(value, doubles))
    tensor.values = found->vec();
  else
    return error("arith.constant: found a value of type {0} that cannot be read, expected "
                 "float32, float64 or int64",
                 op.getType());
  define(op.getResult(), tensor);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// LayerOps
//===----------------------------------------------------------------------===//

template <typename T> Error Interpreter<T>::run(LayerOp op) {
  int64_t steps = size(op.getInput(), 0), batch = size(op.getInput(), 1);
  int64_t I = size(op.getInput(), 2), H = size(op.getWHh(), 1);
  CellEquations cell = equationsOf(op.getCell());
  int64_t G = cell.shape.rows(H), width = cell.shape.states * H;
  for (const auto &[name, value, expected] :
       {std::tuple<StringRef, Value, std::vector<int64_t>>("w_ih", op.getWIh(), {G, I}),
        {"w_hh", op.getWHh(), {G, H}},
        {"b_ih", op.getBIh(), {G}},
        {"b_hh", op.getBHh(), {G}},
        {"h_0", op.getH_0(), {batch, width}}})
    if (Error e = expect(name, value, expected))
      return e;
  if (Error e = expectLengths(op.getLengths(), batch, steps))
    return e;

  Layer<T> parts = {I,
                    H,
                    reals(op.getWIh()),
                    reals(op.getWHh()),
                    reals(op.getBIh()),
                    reals(op.getBHh()),
                    op.getReverse(),
                    cell.in<Number<T>>()};
  std::vector<T> output(steps * batch * H), hN(batch * width);
  layer(parts, steps, batch, reals(op.getInput()), reals(op.getH_0()), counts(op.getLengths()),
        output.data(), hN.data());
  define(op.getOutput(), {steps, batch, H}, std::move(output));
  define(op.getHN(), {batch, width}, std::move(hN));
  return Error::success();
}

template <typename T> Error Interpreter<T>::run(ConcatOp op) {
  int64_t steps = size(op.getForward(), 0), batch = size(op.getForward(), 1);
  int64_t H = size(op.getForward(), 2);
  if (Error e = expect("backward", op.getBackward(), {steps, batch, H}))
    return e;
  std::vector<T> joined(steps * batch * 2 * H);
  for (int64_t row = 0; row < steps * batch; ++row) {
    std::copy_n(reals(op.getForward()) + row * H, H, joined.begin() + row * 2 * H);
    std::copy_n(reals(op.getBackward()) + row * H, H, joined.begin() + row * 2 * H + H);
  }
  define(op.getResult(), {steps, batch, 2 * H}, std::move(joined));
  return Error::success();
}

template <typename T> Error Interpreter<T>::run(DropoutOp op) {
  std::vector<int64_t> shape = this->shape(op.getInput());
  int64_t steps = shape[0], batch = shape[1], outputs = shape[2], layer = op.getLayer();
  double p = op.getP().convertToDouble();
  if (op.getMask() && size(op.getMask(), 0) <= layer)
    return error("mask: found shape {0}, expected one for layer {1}",
                 shapeText(this->shape(op.getMask())), layer);
  if (op.getMask())
    if (Error e = expect("mask", op.getMask(), {size(op.getMask(), 0), steps, batch, outputs}))
      return e;
  Drop<T> drop = {p, layer,
                  op.getSeed() ? std::optional<uint64_t>(*counts(op.getSeed())) : std::nullopt,
                  reals(op.getMask())};
  std::vector<T> values(reals(op.getInput()), reals(op.getInput()) + steps * batch * outputs);
  dropOut(drop, steps, batch, outputs, values);
  define(op.getResult(), shape, std::move(values));
  return Error::success();
}

template <typename T> Error Interpreter<T>::run(TransposeOp op) {
  std::vector<int64_t> from = shape(op.getInput());
  define(op.getResult(), {from[1], from[0], from[2]},
         transpose(reals(op.getInput()), from[0], from[1], from[2]));
  return Error::success();
}

template <typename T> Error Interpreter<T>::run(StateOp op) {
  std::vector<int64_t> from = shape(op.getStates());
  if (op.getIndex() >= from[0])
    return error("states: found shape {0}, expected a state {1}", shapeText(from), op.getIndex());
  int64_t count = from[1] * from[2];
  const T *state = reals(op.getStates()) + op.getIndex() * count;
  define(op.getResult(), {from[1], from[2]}, std::vector<T>(state, state + count));
  return Error::success();
}

template <typename T> Error Interpreter<T>::run(StackOp op) {
  std::vector<int64_t> one = shape(op.getStates().front());
  std::vector<T> stacked;
  for (Value state : op.getStates()) {
    if (Error e = expect("states", state, one))
      return e;
    stacked.insert(stacked.end(), reals(state), reals(state) + one[0] * one[1]);
  }
  define(op.getResult(), {static_cast<int64_t>(op.getStates().size()), one[0], one[1]},
         std::move(stacked));
  return Error::success();
}

//===----------------------------------------------------------------------===//
// BiasOps and CellOps
//===----------------------------------------------------------------------===//

template <typename T> Error Interpreter<T>::run(FoldBiasesOp op) {
  const CellShape shape = equationsOf(op.getCell()).shape;
  int64_t hidden = size(op.getBIh(), 0) / shape.gates;
  for (auto [name, value] : {std::pair("b_ih", op.getBIh()), std::pair("b_hh", op.getBHh())})
    if (Error e = expect(name, value, {shape.rows(hidden)}))
      return e;
  FoldedBiases<T> folded = foldBiases(shape, reals(op.getBIh()), reals(op.getBHh()), hidden);
  define(op.getBHn(), {shape.keptBiases() * hidden}, std::move(folded.kept));
  define(op.getBX(), {shape.rows(hidden)}, std::move(folded.x));
  return Error::success();
}

template <typename T> Error Interpreter<T>::run(ProjectOp op) {
  int64_t steps = size(op.getInput(), 0), batch = size(op.getInput(), 1);
  int64_t I = size(op.getInput(), 2), G = size(op.getWeight(), 0);
  if (Error e = expect("weight", op.getWeight(), {G, I}))
    return e;
  if (Error e = expect("bias", op.getBias(), {G}))
    return e;
  const CellShape shape = equationsOf(op.getCell()).shape;
  std::vector<T> gates(steps * batch * G);
  for (int64_t row = 0; row < steps * batch; ++row)
    project(reals(op.getInput()) + row * I, reals(op.getWeight()), reals(op.getBias()), I, G,
            /*units=*/G / shape.gates, gates.data() + row * G);
  define(op.getResult(), {steps, batch, G}, std::move(gates));
  return Error::success();
}

template <typename T> Error Interpreter<T>::run(ScanOp op) {
  std::vector<int64_t> gatesShape = shape(op.getGates());
  int64_t steps = gatesShape[0], batch = gatesShape[1], G = gatesShape[2];
  if (Error e = expectLengths(op.getLengths(), batch, steps))
    return e;
  Block &body = op.getBody().front();
  int64_t width = op.getH_0() ? size(op.getH_0(), 1) : sizeOf(body.getArgument(1), 1);
  if (width == anySize)
    return error("rnn.scan: found neither h_0 nor a static size of the state, expected one");
  if (Error e = expect("h_0", op.getH_0(), {batch, width}))
    return e;
  CellOpInterface cell = op.getCell();
  int64_t H = cell ? width / cell.getShape().states : width;

  std::vector<T> h(batch * width), output(steps * batch * H);
  if (op.getH_0())
    h.assign(reals(op.getH_0()), reals(op.getH_0()) + batch * width);
  for (int64_t turn = 0; turn < steps; ++turn) {
    // Each row's own step of this turn; rows beyond their length keep their state.
    std::vector<T> gates(batch * G);
    std::vector<std::optional<int64_t>> step(batch);
    for (int64_t b = 0; b < batch; ++b) {
      int64_t length = op.getLengths() ? counts(op.getLengths())[b] : steps;
      step[b] = stepAt(turn, length, op.getReverse());
      if (step[b])
        std::copy_n(reals(op.getGates()) + (*step[b] * batch + b) * G, G, gates.begin() + b * G);
    }
    define(body.getArgument(0), {batch, G}, std::move(gates));
    define(body.getArgument(1), {batch, width}, h);
    if (Error e = runBlock(body))
      return e;
    Value next = cast<YieldOp>(body.getTerminator()).getState();
    if (Error e = expect("yielded state", next, {batch, width}))
      return e;
    for (int64_t b = 0; b < batch; ++b)
      if (step[b]) {
        std::copy_n(reals(next) + b * width, width, h.begin() + b * width);
        std::copy_n(reals(next) + b * width, H, output.begin() + (*step[b] * batch + b) * H);
      }
  }
  define(op.getOutput(), {steps, batch, H}, std::move(output));
  define(op.getHN(), {batch, width}, std::move(h));
  return Error::success();
}

template <typename T> Error Interpreter<T>::run(CellOpInterface op) {
  CellEquations equations = equationsOf(op.getKind());
  const CellShape &shape = equations.shape;
  int64_t batch = size(op.getGates(), 0), H = size(op.getWHh(), 1);
  int64_t G = shape.rows(H), width = shape.states * H;
  CellBias kind = CellBias::None;
  if (Value bias = op.getBias()) {
    int64_t kept = shape.keptBiases() * H;
    kind = size(bias, 0) == kept ? CellBias::Kept : CellBias::All;
    if (Error e = expect("bias", bias, {kind == CellBias::All ? G : kept}))
      return e;
  }
  for (const auto &[name, value, expected] :
       {std::tuple<StringRef, Value, std::vector<int64_t>>("gates", op.getGates(), {batch, G}),
        {"h", op.getH(), {batch, width}},
        {"w_hh", op.getWHh(), {G, H}}})
    if (Error e = expect(name, value, expected))
      return e;
  std::vector<T> next(batch * width);
  for (int64_t b = 0; b < batch; ++b)
    cell(equations.in<Number<T>>(), reals(op.getGates()) + b * G, reals(op.getH()) + b * width,
         reals(op.getWHh()), kind, reals(op.getBias()), H, next.data() + b * width);
  define(op->getResult(0), {batch, width}, std::move(next));
  return Error::success();
}

Expected<std::vector<Tensor>> run(func::FuncOp function, ArrayRef<Tensor> arguments,
                                  Arithmetic arithmetic) {
  if (arithmetic == Arithmetic::Float32)
    return Interpreter<float>().run(function, arguments);
  return Interpreter<double>().run(function, arguments);
}

} // namespace grucc::reference
