//===- ForeignTensors.cpp - Tensors that are no GRU's as grucc reads it ---===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/ForeignTensors.h"
#include "compiler/frontend/TensorName.h"
#include "dialects/rnn/Cells.h"
#include "support/Diagnostic.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"

using namespace llvm;

namespace grucc {

/// How many gates a matrix [gates * H, H] has; 0: it is none.
static int64_t gatesOf(const FileTensor &tensor) {
  ArrayRef<int64_t> shape = tensor.shape;
  return shape.size() == 2 && shape[1] > 0 && shape[0] % shape[1] == 0 ? shape[0] / shape[1] : 0;
}

std::string gateRowsText() { return std::to_string(Gru::shape.gates) + " * hidden_size"; }

Error refuseOtherGates(const FileTensor &tensor, StringRef path) {
  int64_t gates = gatesOf(tensor);
  if (gates != 4 && gates != 1)
    return Error::success();
  return withNote(
      inputError(path, tensor.name,
                 "shape " + shapeText(tensor.shape) +
                     (gates == 4 ? ", an LSTM's four gates" : ", a plain RNN without gates"),
                 "a GRU's three: [" + gateRowsText() + ", hidden_size]"),
      path, "no weights of another network make a GRU: train a torch.nn.GRU");
}

namespace {

/// Looks at all tensors of a file by their names.
class Explanation {
public:
  Explanation(const SafetensorsFile &file, StringRef path, StringRef prefix)
      : file(file), path(path), prefix(prefix) {
    for (const FileTensor &tensor : file.tensors)
      byName[tensor.name] = &tensor;
  }
  Error explain();

private:
  const SafetensorsFile &file;
  StringRef path, prefix;
  StringMap<const FileTensor *> byName;

  bool has(const Twine &name) const { return byName.contains(name.str()); }
  bool isGru(StringRef prefix) const;
  std::vector<std::string> listPrefixes(StringRef under) const;
  Error refuseForm(const FileTensor &tensor, const TorchName &name) const;
  Error refuseForms(StringRef under, bool directly) const;
  Error refuseStranger() const;
};

} // namespace

bool Explanation::isGru(StringRef prefix) const {
  const FileTensor *hidden = byName.lookup((prefix + "weight_hh_l0").str());
  return hidden && gatesOf(*hidden) == Gru::shape.gates && has(prefix + "weight_ih_l0");
}

/// The other prefixes under which there are GRUs, as the flags that say them.
std::vector<std::string> Explanation::listPrefixes(StringRef under) const {
  std::vector<std::string> flags;
  for (const FileTensor &tensor : file.tensors) {
    StringRef p = tensor.name;
    if (p.consume_back("weight_hh_l0") && p.starts_with(under) && p != prefix && isGru(p))
      flags.push_back("--prefix=" + printable(p));
  }
  llvm::sort(flags);
  return flags;
}

static Error withPrefixes(Error error, StringRef path, ArrayRef<std::string> flags) {
  constexpr size_t most = 16;
  if (flags.empty())
    return error;
  std::string list = join(flags.take_front(most), " or ");
  if (flags.size() > most)
    list += " or one of " + std::to_string(flags.size() - most) + " others";
  return withNote(std::move(error), path, list + " takes the tensors under that name");
}

/// torch's other forms of a GRU, each with what makes a GRU of it.
Error Explanation::refuseForm(const FileTensor &tensor, const TorchName &name) const {
  std::string whole = (name.prefix + name.tensor).str();
  auto part = [&](StringRef of, StringRef function) {
    return withNote(inputError(path, tensor.name, "a part of " + printable(whole) + " under " + of,
                               "the tensor itself"),
                    path,
                    "torch.nn.utils." + function + "(gru, " + quoted(name.tensor) +
                        ") before gru.state_dict() makes it one tensor");
  };
  switch (name.form) {
  case TorchName::Itself:
    return StringRef(tensor.name).ends_with("weight_hh_l0") ? refuseOtherGates(tensor, path)
                                                            : Error::success();
  case TorchName::OfCell: {
    const FileTensor *hidden = byName.lookup((name.prefix + "weight_hh").str());
    if (hidden)
      if (Error error = refuseOtherGates(*hidden, path))
        return error;
    return withNote(
        inputError(path, tensor.name, "a GRUCell's tensor", "a GRU's: " + printable(whole) + "_l0"),
        path, "a GRUCell is a GRU of one layer: add _l0 to the names of its tensors");
  }
  case TorchName::OfProjection:
    return withNote(inputError(path, tensor.name, "the projection of an LSTM", "a GRU's tensors"),
                    path, "no weights of another network make a GRU: train a torch.nn.GRU");
  case TorchName::WeightNorm:
    if (!has(whole + "_orig"))
      return part("weight_norm", "remove_weight_norm");
    return part("spectral_norm", "remove_spectral_norm");
  case TorchName::PrunedOrSpectral:
    if (!has(whole + "_mask"))
      return part("spectral_norm", "remove_spectral_norm");
    [[fallthrough]];
  case TorchName::Mask:
    return part("pruning", "prune.remove");
  case TorchName::ParametrizedNorm:
    return part("weight_norm", "parametrize.remove_parametrizations");
  case TorchName::Parametrized:
    return part("a parametrization", "parametrize.remove_parametrizations");
  }
  llvm_unreachable("all forms are listed");
}

/// The first such tensor; `directly`: of those whose names add no further prefix.
Error Explanation::refuseForms(StringRef under, bool directly) const {
  for (const FileTensor &tensor : file.tensors) {
    std::optional<TorchName> name = TorchName::parse(tensor.name);
    if (!name || !StringRef(tensor.name).starts_with(under) || (directly && name->prefix != under))
      continue;
    if (Error error = refuseForm(tensor, *name))
      return error;
  }
  return Error::success();
}

Error Explanation::refuseStranger() const {
  for (const FileTensor &tensor : file.tensors) {
    StringRef name = tensor.name;
    if (!name.consume_front(prefix) || TensorName::parse(name))
      continue;
    Error error = inputError(path, tensor.name, "a tensor that is not the GRU's",
                             "only weight_ih_l0, weight_hh_l0, bias_ih_l0, bias_hh_l0, ..." +
                                 (prefix.empty() ? "" : " under " + quoted(prefix)));
    return isGru(prefix) ? withNote(std::move(error), path,
                                    "write the GRU's own tensors to a file without the others")
                         : std::move(error);
  }
  return inputError(path, (prefix + "weight_ih_l0").str(), "no such tensor",
                    "the tensors of a GRU");
}

Error Explanation::explain() {
  if (!prefix.empty() && !prefix.ends_with(".") && isGru((prefix + ".").str()))
    return withNote(inputError(path, "prefix", quoted(prefix), quoted((prefix + ".").str())), path,
                    "--prefix=" + printable(prefix) + ". takes the tensors under that name");
  bool isEmpty = none_of(file.tensors, [&](const FileTensor &tensor) {
    return StringRef(tensor.name).starts_with(prefix);
  });
  // A prefix with nothing under it is a mistake for another one.
  StringRef under = isEmpty ? "" : prefix;
  std::vector<std::string> flags = listPrefixes(under);
  Error error = refuseForms(prefix, /*directly=*/true);
  if (!error && flags.empty())
    error = refuseForms(under, /*directly=*/false);
  return withPrefixes(error ? std::move(error) : refuseStranger(), path, flags);
}

Error refuseTensors(const SafetensorsFile &file, StringRef path, StringRef prefix) {
  return Explanation(file, path, prefix).explain();
}

} // namespace grucc
