//===- FindMistakes.cpp - Which usual mistake gives these numbers? --------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PortMistakes.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>

using namespace llvm;

namespace grucc {
namespace {

/// The part of a call that variants are tried on.
struct Sample {
  std::vector<int64_t> rows;
  int64_t limit;   ///< steps
  bool withStates; ///< h_n is known only when no step is left out
};

class Search {
public:
  Search(const Setting &setting, const Subject &subject, double least)
      : setting(setting), subject(subject), least(least) {
    shape.swappedAxes = subject.statesOfSteps; // what is turned was turned back
    for (const std::vector<double> &tensor : setting.weights)
      perStep += static_cast<double>(tensor.size());
  }

  Findings run();

private:
  // Multiply-adds, near 10^9 a second: a tenth of a second for a variant, and two
  // seconds for pairs.
  static constexpr double perVariant = 1e8, forPairs = 2e9;
  const Setting &setting;
  const Subject &subject;
  double least;       ///< below it everything is rounding
  double perStep = 0; ///< multiply-adds
  double allowed = 0; ///< what a mistake may leave
  PortVariant shape;  ///< what the subject's shapes show
  Findings findings;

  bool isShown(const Mistake &mistake) const;
  Finding found(ArrayRef<const Mistake *> mistakes, double leaves) const;
  std::optional<Finding> onlyLayouts() const;
  int64_t firstBadRow() const;
  std::optional<Sample> choose(double budget, int64_t mostRows) const;
  double measure(const PortVariant &variant, const Sample &sample) const;
  void tryPairs(const Sample &sample, ArrayRef<const Mistake *> candidates);
  void keepBest();
};

/// Whether the subject's shapes show a mistake, whatever its numbers are.
bool Search::isShown(const Mistake &mistake) const {
  return (mistake.kind == Kind::OutputLayout && subject.outputTurned) ||
         (mistake.kind == Kind::StateLayout && subject.statesTurned) ||
         (mistake.kind == Kind::Axes && subject.statesOfSteps);
}

/// These mistakes beside those that the shapes show.
Finding Search::found(ArrayRef<const Mistake *> mistakes, double leaves) const {
  SmallVector<const Mistake *> all;
  for (const Mistake &mistake : usualMistakes())
    if (isShown(mistake))
      all.push_back(&mistake);
  append_range(all, mistakes);
  Finding finding = {"", "", leaves};
  for (const Mistake *mistake : all) {
    finding.name += (finding.name.empty() ? "" : "+") + mistake->name.str();
    finding.text += (finding.text.empty() ? "" : "; and ") + mistake->text.str();
  }
  return finding;
}

/// When layouts alone explain all numbers of all rows.
std::optional<Finding> Search::onlyLayouts() const {
  if (subject.statesOfSteps)
    return std::nullopt;
  double states = 0, leaves = 0;
  for (const Deviation &state : subject.states)
    states = std::max(states, state.largest);
  SmallVector<const Mistake *> turned;
  auto explain = [&](Kind kind, double asItIs, double otherwise) {
    leaves = std::max(leaves, asItIs <= least ? asItIs : otherwise);
    if (asItIs > least)
      turned.push_back(find_if(usualMistakes(), [&](const Mistake &m) { return m.kind == kind; }));
  };
  explain(Kind::OutputLayout, subject.outputs.largest, subject.outputOtherwise);
  explain(Kind::StateLayout, states, subject.statesOtherwise);
  if (leaves > least || (turned.empty() && subject.otherShapes.empty()))
    return std::nullopt;
  return found(turned, leaves);
}

int64_t Search::firstBadRow() const {
  if (subject.outputs.first)
    return subject.outputs.first->place.row;
  for (const Deviation &state : subject.states)
    if (state.first)
      return state.first->place.row;
  return 0;
}

std::optional<Sample> Search::choose(double budget, int64_t mostRows) const {
  const RowLayout &layout = setting.layout;
  double affordable = budget / perStep;
  int64_t bad = firstBadRow();
  Sample sample = {{bad}, layout.steps, true};
  if (static_cast<double>(layout.steps) > affordable) {
    // A first part shows what a whole would, but a reverse direction has none.
    if (setting.bidirectional || affordable < 1)
      return std::nullopt;
    sample.limit = static_cast<int64_t>(affordable);
    sample.withStates = false;
    return sample;
  }
  for (int64_t b = 0; b < layout.batch; ++b) {
    auto count = static_cast<int64_t>(sample.rows.size());
    if (count >= mostRows || static_cast<double>((count + 1) * layout.steps) > affordable)
      break;
    if (b != bad)
      sample.rows.push_back(b);
  }
  return sample;
}

/// The largest difference between the subject and a variant of Reference.
double Search::measure(const PortVariant &variant, const Sample &sample) const {
  RowLayout layout = setting.layout;
  std::vector<int64_t> rows = sample.rows;
  int64_t limit = sample.limit;
  if (variant.swappedAxes) {
    // As many whole rows of the other kind as there are elements in the sample.
    int64_t elements = static_cast<int64_t>(rows.size()) * limit;
    std::swap(layout.steps, layout.batch);
    layout.batchFirst = !layout.batchFirst;
    layout.lengths.assign(layout.batch, layout.steps);
    limit = layout.steps;
    rows.resize(
        std::min(layout.batch, std::max<int64_t>(1, elements / std::max<int64_t>(1, limit))));
    std::iota(rows.begin(), rows.end(), 0);
  }
  bool withStates = subject.hN && (sample.withStates || variant.swappedAxes);
  RowLayout written = layout;
  written.batchFirst = layout.batchFirst != variant.outputTurned;
  PortNetwork network(setting, variant);
  int64_t H = setting.hiddenSize, width = setting.outputSize(), states = setting.numCells();
  auto placeOfState = [&](int64_t index, int64_t b) {
    return variant.statesTurned ? b * states + index : index * layout.batch + b;
  };
  double largest = 0;
  for (int64_t b : rows) {
    PortNetwork::Result result = network.run(layout, b, limit);
    int64_t length = layout.lengths[b], end = layout.isPacked() ? length : layout.steps;
    for (int64_t t = 0; subject.output && t < std::min(end, limit); ++t)
      for (int64_t j = 0; j < width; ++j) {
        double found = subject.output->real(written.place(t, b) * width + j);
        double own = t < result.steps ? result.output[t * width + j] : 0;
        if (t < length)
          largest = std::max(largest, distance(found, own));
        else if (!variant.anyPadding) // a port may have cleared it, or not
          largest = std::max(largest, std::min(distance(found, own), distance(found, 0)));
      }
    for (int64_t i = 0; withStates && i < states * H; ++i)
      largest = std::max(
          largest, distance(subject.hN->real(placeOfState(i / H, b) * H + i % H), result.hN[i]));
  }
  return largest;
}

void Search::tryPairs(const Sample &sample, ArrayRef<const Mistake *> candidates) {
  // One row and a few steps sort out nearly all.
  Sample quick = sample;
  quick.rows.resize(1);
  if (!setting.bidirectional && quick.limit > 16)
    quick.limit = 16, quick.withStates = false;
  double budget = forPairs / (perStep * static_cast<double>(quick.limit));
  for (auto [i, first] : enumerate(candidates))
    for (const Mistake *second : candidates.drop_front(i + 1)) {
      if (first->kind == second->kind || --budget < 0)
        continue;
      PortVariant variant = shape;
      first->apply(variant);
      second->apply(variant);
      ++findings.tried;
      if (measure(variant, quick) > allowed)
        continue;
      double leaves = measure(variant, sample);
      if (leaves <= allowed)
        findings.mistakes.push_back(found({first, second}, leaves));
    }
}

void Search::keepBest() {
  constexpr size_t most = 3;
  llvm::sort(findings.mistakes, [](const Finding &a, const Finding &b) {
    return std::tie(a.leaves, a.name) < std::tie(b.leaves, b.name);
  });
  if (findings.mistakes.size() > most)
    findings.mistakes.resize(most);
}

Findings Search::run() {
  if (std::optional<Finding> finding = onlyLayouts()) {
    findings.tried = 1;
    findings.mistakes = {*finding};
    return findings;
  }
  std::optional<Sample> sample = choose(perVariant, /*mostRows=*/64);
  if (!sample)
    return findings;
  findings.rows = static_cast<int64_t>(sample->rows.size());
  findings.steps = sample->limit;
  double deviation = measure(shape, *sample);
  allowed = std::isfinite(deviation) ? std::max(least, deviation / 1000) : least;
  if (deviation <= least) {
    // Else what is wrong lies outside the sample.
    if (subject.statesOfSteps) {
      findings.tried = 1;
      findings.mistakes = {found({}, deviation)};
    }
    return findings;
  }

  std::vector<const Mistake *> candidates;
  for (const Mistake &mistake : usualMistakes()) {
    if (isShown(mistake) || !mistake.applies(setting, subject))
      continue;
    candidates.push_back(&mistake);
    PortVariant variant = shape;
    mistake.apply(variant);
    ++findings.tried;
    Finding finding = found(&mistake, measure(variant, *sample));
    if (finding.leaves <= allowed)
      findings.mistakes.push_back(finding);
    else if (finding.leaves <= deviation / 10 &&
             (!findings.nearest || finding.leaves < findings.nearest->leaves))
      findings.nearest = finding;
  }
  if (findings.mistakes.empty())
    tryPairs(*sample, candidates);
  if (!findings.mistakes.empty())
    findings.nearest.reset();
  keepBest();
  return findings;
}

} // namespace

Findings findMistakes(const Setting &setting, const Subject &subject, double allowed) {
  return Search(setting, subject, allowed).run();
}

} // namespace grucc
