//===- OnnxModel.cpp - An ONNX file, and what its names stand for ---------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/onnx/OnnxModel.h"

#include "support/Diagnostic.h"
#include "support/ForeignFile.h"
#include "support/RegularFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CheckedArithmetic.h"
#include "llvm/Support/Path.h"
#include <cstring>

using namespace llvm;
using onnx::TensorProto;

namespace grucc {

// GRU has linear_before_reset and the meaning of today since then.
constexpr int64_t firstOpset = 7;
// Graphs inside of graphs.
constexpr unsigned deepest = 32;

bool isOp(const onnx::NodeProto &node, StringRef op) {
  return (node.domain().empty() || node.domain() == "ai.onnx") && node.op_type() == op.str();
}

const onnx::AttributeProto *findAttribute(const onnx::NodeProto &node, StringRef name) {
  for (const onnx::AttributeProto &attribute : node.attribute())
    if (attribute.name() == name)
      return &attribute;
  return nullptr;
}

const OnnxScope *OnnxScope::find(StringRef name) const {
  for (const OnnxScope *scope = this; scope; scope = scope->outer)
    if (scope->initializers.contains(name) || scope->producers.contains(name) ||
        scope->inputs.contains(name))
      return scope;
  return nullptr;
}

const onnx::NodeProto *OnnxScope::producer(StringRef name) const {
  const OnnxScope *scope = find(name);
  return scope ? scope->producers.lookup(name) : nullptr;
}

Expected<std::unique_ptr<OnnxModel>> OnnxModel::read(StringRef path) {
  Expected<std::unique_ptr<MemoryBuffer>> buffer = readRegularFile(path, INT32_MAX);
  if (!buffer)
    return buffer.takeError();
  StringRef bytes = (*buffer)->getBuffer();
  auto model = std::make_unique<OnnxModel>();
  model->path = path.str();
  onnx::ModelProto &proto = model->proto;
  bool isRead = proto.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  if (!isRead || proto.ir_version() < 1 || !proto.has_graph()) {
    // What it is instead, if it is something that is known. A model begins with its version.
    constexpr StringLiteral version("\x08");
    if (!bytes.starts_with(version))
      if (Error foreign = refuseForeign(bytes, path, "INPUT", "an ONNX model"))
        return std::move(foreign);
    return inputError(path, "INPUT", isRead ? "no model in it" : "a damaged or foreign file",
                      "an ONNX model");
  }
  for (const onnx::OperatorSetIdProto &set : proto.opset_import())
    if (set.domain().empty() || set.domain() == "ai.onnx")
      model->opset = set.version();
  if (model->opset < firstOpset)
    return inputError(path, "opset", model->opset ? Twine(model->opset) : Twine("none of ai.onnx"),
                      Twine(firstOpset) + " or more");
  if (Error error = model->addScope(proto.graph(), nullptr, "", 0))
    return std::move(error);
  return model;
}

Error OnnxModel::addScope(const onnx::GraphProto &graph, const OnnxScope *outer, std::string where,
                          unsigned depth) {
  if (depth > deepest)
    return inputError(path, "graph", "graphs inside of " + Twine(deepest) + " others",
                      "fewer levels");
  OnnxScope &scope = *scopes.emplace_back(std::make_unique<OnnxScope>());
  scope.graph = &graph, scope.outer = outer, scope.where = std::move(where);
  auto twice = [&](StringRef name) {
    return inputError(path, "graph", "two values named " + quoted(name), "one of a name");
  };
  for (const TensorProto &tensor : graph.initializer())
    if (!scope.initializers.try_emplace(tensor.name(), &tensor).second)
      return twice(tensor.name());
  for (const onnx::ValueInfoProto &input : graph.input())
    scope.inputs[input.name()] = true;
  for (const onnx::ValueInfoProto &output : graph.output())
    scope.outputs[output.name()] = true;
  for (const onnx::NodeProto &node : graph.node()) {
    for (const std::string &input : node.input())
      if (!input.empty())
        scope.readers[input].push_back(&node);
    for (const std::string &output : node.output())
      if (!output.empty() && !scope.producers.try_emplace(output, &node).second)
        return twice(output);
  }
  for (const onnx::NodeProto &node : graph.node())
    for (const onnx::AttributeProto &attribute : node.attribute()) {
      auto add = [&](const onnx::GraphProto &body) {
        return addScope(body, &scope,
                        " in " + printable(attribute.name()) + " of " + printable(node.op_type()) +
                            " " + printable(node.name()),
                        depth + 1);
      };
      if (attribute.has_g())
        if (Error error = add(attribute.g()))
          return error;
      for (const onnx::GraphProto &body : attribute.graphs())
        if (Error error = add(body))
          return error;
    }
  // What a graph inside reads of this one is read here, too.
  if (outer)
    for (const auto &entry : scope.readers)
      if (!scope.producers.contains(entry.first()) && !scope.initializers.contains(entry.first()) &&
          !scope.inputs.contains(entry.first()))
        if (const OnnxScope *owner = outer->find(entry.first()))
          for (const onnx::NodeProto *node : entry.second)
            const_cast<OnnxScope *>(owner)->readers[entry.first()].push_back(node);
  return Error::success();
}

/// The safetensors word of what weights are kept in; ONNX's own for the rest.
static std::string dtypeName(int type) {
  switch (type) {
  case TensorProto::FLOAT:
    return "F32";
  case TensorProto::DOUBLE:
    return "F64";
  case TensorProto::FLOAT16:
    return "F16";
  case TensorProto::BFLOAT16:
    return "BF16";
  case TensorProto::INT64:
    return "I64";
  default:
    return TensorProto::DataType_IsValid(type)
               ? TensorProto::DataType_Name(TensorProto::DataType(type))
               : "number " + std::to_string(type);
  }
}

static unsigned elementBytes(StringRef dtype) {
  return dtype == "F64" || dtype == "I64" ? 8 : dtype == "F32" ? 4 : 2;
}

Expected<ArrayRef<char>> OnnxModel::external(const TensorProto &proto) {
  std::string location;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
  std::string name = printable(proto.name());
  for (const onnx::StringStringEntryProto &entry : proto.external_data()) {
    uint64_t number = 0;
    bool isNumber = !StringRef(entry.value()).getAsInteger(10, number);
    if (entry.key() == "location") {
      location = entry.value();
    } else if (entry.key() == "offset" || entry.key() == "length") {
      if (!isNumber)
        return inputError(path, name,
                          entry.key() + " " + quoted(entry.value()) + " of external data",
                          "a number of bytes");
      if (entry.key() == "offset")
        offset = number;
      else
        length = number;
    }
  }
  // A model from elsewhere may not name any file of this machine.
  bool leaves = location.empty() || StringRef(location).contains('\0') ||
                sys::path::is_absolute(location) ||
                any_of(make_range(sys::path::begin(location), sys::path::end(location)),
                       [](StringRef part) { return part == ".."; });
  if (leaves)
    return inputError(path, name, "external data at " + quoted(location),
                      "a path inside of the model's folder");
  SmallString<256> file = sys::path::parent_path(path);
  sys::path::append(file, location);
  std::unique_ptr<MemoryBuffer> &buffer = beside[file];
  if (!buffer) {
    Expected<std::unique_ptr<MemoryBuffer>> read = readRegularFile(file);
    if (!read)
      return read.takeError();
    buffer = std::move(*read);
  }
  StringRef bytes = buffer->getBuffer();
  if (offset > bytes.size() || length.value_or(0) > bytes.size() - offset)
    return inputError(path, name,
                      "external data from byte " + Twine(offset) + " of " + quoted(location) +
                          ", which has " + Twine(bytes.size()),
                      "bytes that are there");
  StringRef own = bytes.substr(offset, length.value_or(bytes.size() - offset));
  return ArrayRef<char>(own.data(), own.size());
}

/// Numbers of a repeated field, each as `To`, little endian.
template <typename To, typename Field>
static void spreadTo(const Field &field, std::vector<char> &bytes) {
  bytes.resize(field.size() * sizeof(To));
  for (int i = 0; i < field.size(); ++i) {
    auto number = static_cast<To>(field.Get(i));
    std::memcpy(bytes.data() + i * sizeof(To), &number, sizeof(To));
  }
}

Expected<OnnxTensor> OnnxModel::tensor(const TensorProto &proto) {
  OnnxTensor tensor{proto.name(), dtypeName(proto.data_type()), {}, {}};
  std::string name = printable(proto.name());
  std::optional<int64_t> count = 1;
  for (int64_t size : proto.dims()) {
    tensor.shape.push_back(size);
    count = size < 0 || !count ? std::nullopt : checkedMul(*count, size);
  }
  bool isKnown = is_contained({"F32", "F64", "F16", "BF16", "I64"}, StringRef(tensor.dtype));
  if (!isKnown || proto.has_segment())
    return tensor; // named by whoever wanted another; it has no numbers
  std::optional<int64_t> bytes =
      count ? checkedMul(*count, int64_t(elementBytes(tensor.dtype))) : std::nullopt;
  if (!bytes)
    return inputError(path, name, "a shape of negative or too large sizes", "a tensor's shape");
  if (proto.data_location() == TensorProto::EXTERNAL) {
    Expected<ArrayRef<char>> found = external(proto);
    if (!found)
      return found.takeError();
    tensor.data = *found;
  } else if (proto.has_raw_data()) {
    tensor.data = {proto.raw_data().data(), proto.raw_data().size()};
  } else {
    std::vector<char> &own = *spread.emplace_back(std::make_unique<std::vector<char>>());
    if (tensor.dtype == "F32")
      spreadTo<float>(proto.float_data(), own);
    else if (tensor.dtype == "F64")
      spreadTo<double>(proto.double_data(), own);
    else if (tensor.dtype == "I64")
      spreadTo<int64_t>(proto.int64_data(), own);
    else
      spreadTo<uint16_t>(proto.int32_data(), own);
    tensor.data = own;
  }
  if (tensor.data.size() != uint64_t(*bytes))
    return inputError(path, name, Twine(tensor.data.size()) + " bytes of numbers",
                      Twine(*bytes) + ", as its shape says");
  return tensor;
}

Expected<std::optional<OnnxTensor>> OnnxModel::constant(const OnnxScope &scope, StringRef name) {
  std::string current = name.str();
  int hops = 0; // a hostile file may send us in a circle
  for (const OnnxScope *at = scope.find(current); at && ++hops < 1000; at = at->find(current)) {
    const TensorProto *found = at->initializers.lookup(current);
    if (!found) {
      const onnx::NodeProto *node = at->producers.lookup(current);
      if (!node)
        break; // an input
      if (isOp(*node, "Identity") && node->input_size() == 1) {
        current = node->input(0);
        continue;
      }
      const onnx::AttributeProto *value =
          isOp(*node, "Constant") ? findAttribute(*node, "value") : nullptr;
      if (!value || !value->has_t())
        break;
      found = &value->t();
    }
    Expected<OnnxTensor> read = tensor(*found);
    if (!read)
      return read.takeError();
    read->name = name.str();
    return std::optional(std::move(*read));
  }
  return std::nullopt;
}

} // namespace grucc
