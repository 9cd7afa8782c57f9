//===- PrintComparison.cpp - A comparison in words and tables -------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"
#include "support/Diagnostic.h"
#include "support/Safetensors.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace grucc {

std::string layerName(int64_t index, int64_t directions) {
  return formatv("layer {0}{1}", index / directions, index % directions ? " reverse" : "");
}

StringRef gateName(int64_t gate, StringRef state) {
  return gate < Gru::shape.gates ? StringRef(Gru::shape.gate[gate].name) : state;
}

namespace {

/// The heading of a column for each gate.
void printGateNames(raw_ostream &os) {
  for (int64_t q = 0; q <= Gru::shape.gates; ++q)
    os << formatv(" {0,9}", gateName(q, "h'"));
}

std::string number(double value) { return formatv("{0}", format("%.2e", value)); }

/// `step 3, row 0, unit 5`, in the last layer's outputs of one direction or both.
std::string placeText(const Place &place) {
  std::string row = formatv("row {0}, unit {1}", place.row, place.unit);
  return place.step < 0 ? row : formatv("step {0}, {1}", place.step, row).str();
}
std::string placeText(const std::optional<Deviation::Element> &element) {
  return element ? placeText(element->place) : "none";
}

/// `output`, or `h_n, layer 1 reverse`, with its errors, for all that a subject has.
template <typename Visit>
void forEachTensor(const Subject &subject, int64_t directions, Visit visit) {
  if (subject.outputs.count)
    visit("output", subject.outputs);
  for (auto [index, state] : enumerate(subject.states))
    if (state.count)
      visit("h_n, " + layerName(static_cast<int64_t>(index), directions), state);
}

void printSubjects(raw_ostream &os, const Comparison &comparison) {
  for (const Subject &subject : comparison.subjects) {
    os << formatv("\n{0,-26} {1,9} {2,9}  {3,-28} {4}\n", printable(subject.file), "largest", "rms",
                  "at", "first beyond the bound");
    forEachTensor(subject, comparison.directions, [&](const Twine &name, const Deviation &errors) {
      os << formatv("  {0,-24} {1,9} {2,9}  {3,-28} {4}\n", name.str(), number(errors.largest),
                    number(errors.rms()), errors.largest > 0 ? placeText(errors.worst) : "",
                    placeText(errors.first));
    });
    for (const Subject::OtherShape &other : subject.otherShapes)
      os << formatv("  {0} is {1}, not {2}: {3}\n", other.tensor, shapeText(other.found),
                    shapeText(other.expected),
                    other.tensor == "h_n" && subject.statesOfSteps
                        ? "compared with no state of the model"
                        : "compared with its first two axes swapped");
  }
  if (comparison.differentBits)
    os << formatv("\n{0} of {1} differs from Reference in {2}, first at {3}{4}\n",
                  comparison.differentBits->first, printable(comparison.model), comparison.dtype(),
                  placeText(comparison.differentBits->second),
                  comparison.promisesBits ? "" : ": its target has no fused multiply-add");
  else
    os << formatv("\n{0} has the bits of Reference in {1}\n", printable(comparison.model),
                  comparison.dtype());
}

void printGates(raw_ostream &os, const Comparison &comparison) {
  os << formatv("\n{0,-26}", ("Reference in " + comparison.dtype()).str());
  printGateNames(os);
  os << "  first beyond the bound\n";
  for (auto [index, errors] : enumerate(comparison.gates)) {
    os << formatv("  {0,-24}", layerName(static_cast<int64_t>(index), comparison.directions));
    const Deviation *first = nullptr;
    for (const Deviation &gate : errors.gates) {
      os << ' ' << formatv("{0,9}", number(gate.largest));
      if (gate.first && (!first || gate.first->place.turn < first->first->place.turn))
        first = &gate;
    }
    os << "  " << (first ? gateName(first - errors.gates.data(), "h'").str() + " at " : "")
       << placeText(first ? first->first : std::nullopt) << '\n';
  }
}

/// Steps 0, 1, 2-3, 4-7, ...: errors grow at first and then level off.
void printSteps(raw_ostream &os, const Comparison &comparison) {
  constexpr size_t mostLayers = 8;
  for (auto [index, errors] : enumerate(comparison.gates)) {
    if (index == mostLayers) {
      os << formatv("\n{0} more layers and directions: --json\n", comparison.gates.size() - index);
      return;
    }
    os << formatv("\n{0,-26}",
                  layerName(static_cast<int64_t>(index), comparison.directions) + ", step");
    printGateNames(os);
    os << '\n';
    auto count = static_cast<int64_t>(errors.windows.size());
    for (int64_t begin = 0, end = 1; begin < count; begin = end, end *= 2) {
      end = std::min(end, count);
      OfGates<double> largest = {};
      for (int64_t w = begin; w < end; ++w)
        for (size_t q = 0; q < largest.size(); ++q)
          largest[q] = std::max(largest[q], errors.windows[w][q]);
      int64_t first = begin * comparison.windowSteps,
              last = std::min(end * comparison.windowSteps, comparison.steps) - 1;
      os << formatv("  {0,-24}",
                    first == last ? Twine(first).str() : (Twine(first) + "-" + Twine(last)).str());
      for (double error : largest)
        os << ' ' << formatv("{0,9}", number(error));
      os << '\n';
      if (end == count)
        break;
    }
  }
}

} // namespace

void printTable(raw_ostream &os, const Comparison &comparison) {
  os << formatv("{0} beside {1} in {2}: {3} steps, {4} rows, bound {5}\n",
                printable(comparison.model), printable(comparison.network), comparison.judge(),
                comparison.steps, comparison.batch, number(comparison.bound));
  printSubjects(os, comparison);
  printGates(os, comparison);
  printSteps(os, comparison);
}

// What explains the differences of one subject, if anything does.
static void printNotes(raw_ostream &os, StringRef file, StringRef precision,
                       const Findings &findings) {
  auto note = [&](const Twine &text) { os << file << ": note: " << text << '\n'; };
  for (const Finding &finding : findings.mistakes)
    note("these are the numbers when " + finding.text + " (within " + number(finding.leaves) + ")");
  if (findings.rounding)
    note(precision + " itself is off by up to " + number(*findings.rounding));
  else if (findings.nearest)
    note("nearest are the numbers when " + findings.nearest->text + " (within " +
         number(findings.nearest->leaves) + ")");
  else if (findings.tried && findings.mistakes.empty())
    note("none of " + Twine(findings.tried) +
         " usual mistakes of a port, alone or in pairs, gives these numbers");
  else if (findings.mistakes.empty())
    note("no cause was looked for: a shorter sequence may show it");
}

void printErrors(raw_ostream &os, const Comparison &comparison) {
  for (auto [subject, findings] : zip_equal(comparison.subjects, comparison.findings)) {
    // The outputs say at which step; the states, in which layer.
    std::string file = printable(subject.file), lowest;
    auto element = [&comparison](double value) {
      return format(comparison.isDouble ? "%.17g" : "%.9g", value);
    };
    const Deviation *outputs = &subject.outputs;
    // One error: what there is to say beside it are notes.
    bool isError = true, isSaid = false;
    auto say = [&](const Twine &text) {
      os << file << (std::exchange(isError, false) ? ": error: " : ": note: ") << text << '\n';
    };
    for (const Subject::OtherShape &other : subject.otherShapes)
      say(other.tensor + ": found shape " + shapeText(other.found) + ", expected " +
          shapeText(other.expected) + ", as the model gives it");
    forEachTensor(subject, comparison.directions, [&](const Twine &name, const Deviation &errors) {
      if (!errors.first)
        return;
      if (lowest.empty() && &errors != outputs)
        lowest = name.str();
      if (isSaid)
        return;
      isSaid = true;
      say(formatv("{0}: found {1} at {2}, expected {3} within {4}", name.str(),
                  element(errors.first->found), placeText(errors.first->place),
                  element(errors.first->expected), number(comparison.bound))
              .str());
    });
    if (isError)
      continue;
    if (!lowest.empty() && comparison.subjects.front().states.size() > 1)
      os << file << ": note: the lowest state beyond the bound is " << lowest << '\n';
    printNotes(os, file, comparison.dtype(), findings);
  }
}

} // namespace grucc
