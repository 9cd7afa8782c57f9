//===- PrintComparisonJson.cpp - A comparison as JSON ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"
#include "llvm/Support/JSON.h"

using namespace llvm;

namespace grucc {
namespace {

/// JSON has no word for them, so infinities and NaN are strings.
json::Value value(double number) {
  if (std::isnan(number))
    return "nan";
  if (std::isinf(number))
    return number < 0 ? "-inf" : "inf";
  return number;
}

json::Object place(const Place &place) {
  json::Object object;
  if (place.step >= 0)
    object["step"] = place.step;
  object["row"] = place.row;
  object["unit"] = place.unit;
  return object;
}

json::Value element(const std::optional<Deviation::Element> &element) {
  if (!element)
    return nullptr;
  json::Object object = place(element->place);
  object["found"] = value(element->found);
  object["expected"] = value(element->expected);
  return object;
}

json::Object describe(const Deviation &errors) {
  return json::Object{{"largest", value(errors.largest)},
                      {"rms", value(errors.rms())},
                      {"at", element(errors.worst)},
                      {"first_beyond", element(errors.first)}};
}

json::Object layer(int64_t index, int64_t directions) {
  return json::Object{{"layer", index / directions}, {"reverse", index % directions != 0}};
}

json::Object describe(const Finding &finding) {
  return json::Object{
      {"name", finding.name}, {"text", finding.text}, {"leaves", value(finding.leaves)}};
}

json::Object describe(const Comparison &comparison, const Subject &subject,
                      const Findings &findings) {
  json::Object object{{"file", json::fixUTF8(subject.file)}, {"within_bound", !subject.isBeyond()}};
  if (subject.outputs.count)
    object["output"] = describe(subject.outputs);
  json::Array states, mistakes;
  for (auto [index, state] : enumerate(subject.states)) {
    json::Object one = layer(static_cast<int64_t>(index), comparison.directions);
    for (auto &[key, entry] : describe(state))
      one[key] = std::move(entry);
    if (state.count)
      states.push_back(std::move(one));
  }
  if (!states.empty())
    object["h_n"] = std::move(states);
  json::Array shapes;
  for (const Subject::OtherShape &other : subject.otherShapes)
    shapes.push_back(json::Object{
        {"tensor", other.tensor}, {"found", other.found}, {"expected", other.expected}});
  object["other_shapes"] = std::move(shapes);
  for (const Finding &finding : findings.mistakes)
    mistakes.push_back(describe(finding));
  object["mistakes"] = std::move(mistakes);
  object["nearest"] = findings.nearest ? json::Value(describe(*findings.nearest)) : nullptr;
  object["tried"] = findings.tried;
  if (findings.rounding)
    object["rounding"] = value(*findings.rounding);
  return object;
}

} // namespace

void printJson(raw_ostream &os, const Comparison &comparison) {
  json::Object object{{"model", json::fixUTF8(comparison.model)},
                      {"network", json::fixUTF8(comparison.network)},
                      {"dtype", comparison.dtype()},
                      {"judge", comparison.judge()},
                      {"seq_len", comparison.steps},
                      {"batch", comparison.batch},
                      {"bound", comparison.bound},
                      {"within_bound", !comparison.isBeyond()},
                      {"promises_bits", comparison.promisesBits},
                      {"same_bits", !comparison.differentBits}};
  if (comparison.differentBits) {
    json::Object first = place(comparison.differentBits->second);
    first["tensor"] = comparison.differentBits->first;
    object["first_different_bits"] = std::move(first);
  }
  json::Array subjects, gates;
  for (auto [subject, findings] : zip_equal(comparison.subjects, comparison.findings))
    subjects.push_back(describe(comparison, subject, findings));
  for (auto [index, errors] : enumerate(comparison.gates))
    for (auto [q, gate] : enumerate(errors.gates)) {
      json::Object one = layer(static_cast<int64_t>(index), comparison.directions);
      one["gate"] = gateName(static_cast<int64_t>(q), "h");
      for (auto &[key, entry] : describe(gate))
        one[key] = std::move(entry);
      json::Array bySteps;
      for (const OfGates<double> &window : errors.windows)
        bySteps.push_back(value(window[q]));
      one["by_step"] = std::move(bySteps);
      gates.push_back(std::move(one));
    }
  object["results"] = std::move(subjects);
  object["gates"] = std::move(gates);
  object["steps_per_window"] = comparison.windowSteps;
  json::OStream writer(os, /*IndentSize=*/2);
  writer.value(std::move(object));
  os << '\n';
}

} // namespace grucc
