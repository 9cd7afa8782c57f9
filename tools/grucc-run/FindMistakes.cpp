//===- FindMistakes.cpp - Which usual mistake gives these numbers? --------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PortMistakes.h"
#include "llvm/ADT/STLExtras.h"

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
  Search(const Setting &setting, const Subject &subject, double bound)
      : setting(setting), subject(subject), bound(bound) {
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
  double bound, perStep = 0;
  double allowed = 0; ///< what a mistake may leave
  Findings findings;

  int64_t firstBadRow() const;
  std::optional<Sample> choose(double budget, int64_t mostRows) const;
  double measure(const PortVariant &variant, const Sample &sample) const;
  void tryPairs(const Sample &sample, ArrayRef<const Mistake *> candidates);
  void keepBest();
};

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
    if (setting.directions == 2 || affordable < 1)
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
  if (variant.swappedAxes) {
    std::swap(layout.steps, layout.batch);
    layout.batchFirst = !layout.batchFirst;
    layout.lengths.assign(layout.batch, layout.steps);
  }
  PortNetwork network(setting, variant);
  int64_t H = setting.hiddenSize, width = setting.outputs();
  double largest = 0;
  for (int64_t row : sample.rows) {
    int64_t b = variant.swappedAxes ? row % layout.batch : row;
    int64_t limit = variant.swappedAxes ? layout.steps : sample.limit;
    PortNetwork::Result result = network.run(layout, b, limit);
    int64_t length = layout.lengths[b], end = layout.isPacked() ? length : layout.steps;
    for (int64_t t = 0; subject.output && t < std::min(end, limit); ++t)
      for (int64_t j = 0; j < width; ++j) {
        double found = subject.output->real(layout.place(t, b) * width + j);
        double own = t < result.steps ? result.output[t * width + j] : 0;
        if (t < length)
          largest = std::max(largest, distance(found, own));
        else if (!variant.anyPadding) // a port may have cleared it, or not
          largest = std::max(largest, std::min(distance(found, own), distance(found, 0)));
      }
    for (int64_t i = 0; subject.hN && sample.withStates && i < setting.states() * H; ++i)
      largest = std::max(largest, distance(subject.hN->real((i / H * layout.batch + b) * H + i % H),
                                           result.hN[i]));
  }
  return largest;
}

void Search::tryPairs(const Sample &sample, ArrayRef<const Mistake *> candidates) {
  // One row and a few steps sort out nearly all.
  Sample quick = sample;
  quick.rows.resize(1);
  if (setting.directions == 1 && quick.limit > 16)
    quick.limit = 16, quick.withStates = false;
  double budget = forPairs / (perStep * static_cast<double>(quick.limit));
  for (auto [i, first] : enumerate(candidates))
    for (const Mistake *second : candidates.drop_front(i + 1)) {
      if (first->kind == second->kind || --budget < 0)
        continue;
      PortVariant variant;
      first->apply(variant);
      second->apply(variant);
      ++findings.tried;
      if (measure(variant, quick) > allowed)
        continue;
      double leaves = measure(variant, sample);
      if (leaves <= allowed)
        findings.mistakes.push_back({(first->name + "+" + second->name).str(),
                                     (first->text + "; and " + second->text).str(), leaves});
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
  std::optional<Sample> sample = choose(perVariant, /*mostRows=*/64);
  if (!sample)
    return findings;
  findings.rows = static_cast<int64_t>(sample->rows.size());
  findings.steps = sample->limit;
  double deviation = measure({}, *sample);
  allowed = std::isfinite(deviation) ? std::max(bound, deviation / 1000) : bound;
  if (deviation <= bound) // what is wrong lies outside the sample
    return findings;

  std::vector<const Mistake *> candidates;
  for (const Mistake &mistake : usualMistakes()) {
    if (!mistake.applies(setting, subject))
      continue;
    candidates.push_back(&mistake);
    PortVariant variant;
    mistake.apply(variant);
    ++findings.tried;
    Finding finding = {mistake.name.str(), mistake.text.str(), measure(variant, *sample)};
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

Findings findMistakes(const Setting &setting, const Subject &subject, double bound) {
  return Search(setting, subject, bound).run();
}

} // namespace grucc
