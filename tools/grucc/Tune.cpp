//===- Tune.cpp - Schedules, measured on this machine ---------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tune.h"
#include "Candidate.h"
#include "compiler/Neighbours.h"
#include "support/Diagnostic.h"
#include "support/OutputFiles.h"
#include "support/TemporaryFile.h"
#include "tools/support/Exit.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Path.h"
#include <chrono>
#include <cmath>

using namespace llvm;

namespace grucc {
namespace {

// A sample is this long, so that reading the clock does not count.
constexpr double sampleMicroseconds = 1000;
// Everyone has a turn in every round; the least time of all rounds counts.
constexpr int mostRounds = 8, fewestRounds = 3;
constexpr std::chrono::seconds longestMeasuring{20};
// The same schedule measured twice differs by as much: a smaller gain may be none.
constexpr double leastGain = 0.03;

/// One measurement of one network.
class Tuning {
public:
  explicit Tuning(const CommandLine &line) : line(line) {}

  Error checkPlace() const;
  Error compileAll();
  Error measureAll();
  Error confirm();
  const Candidate &fastest() const { return candidates[winner]; }
  void print(raw_ostream &os) const;

private:
  const CommandLine &line;
  std::vector<Candidate> candidates; ///< first the cost model's
  CallTensors tensors;
  size_t winner = 0;

  Expected<Candidate> compileOne(const rnn::FieldSettings &change,
                                 std::vector<std::string> &warnings) {
    return compileCandidate(line, change, tensors, warnings);
  }
  Error add(const rnn::FieldSettings &change);
  Error measure(ArrayRef<size_t> which);
  size_t findFastest() const;
  rnn::FieldSettings combineGains() const;
  bool streams() const { return candidates.front().copies.front().streams(); }
  double ratio(const Candidate &candidate) const;
};

} // namespace

static ScheduleSubject subjectOf(const Report &report) { return {report.machine, report.network}; }

/// That the file cannot be written should not be said after minutes of work.
Error Tuning::checkPlace() const {
  StringRef folder = sys::path::parent_path(line.tune);
  if (sys::fs::is_directory(line.tune))
    return inputError(line.tune, "--tune", "a directory", "a file");
  if (sys::fs::exists(line.tune) && !sys::fs::is_regular_file(line.tune))
    return Error::success(); // a device or a pipe is written in place
  ErrorOr<TemporaryFile> probe = TemporaryFile::create(folder.empty() ? "." : folder);
  if (!probe)
    return inputError(line.tune, "--tune", "'" + probe.getError().message() + "'",
                      "a file that can be written");
  return Error::success();
}

/// Adds a candidate, if this machine allows it.
Error Tuning::add(const rnn::FieldSettings &change) {
  std::vector<std::string> same; // the warnings that the cost model's schedule had
  Expected<Candidate> made = compileOne(change, same);
  if (made) {
    candidates.push_back(std::move(*made));
    return Error::success();
  }
  // The network compiles: what is wrong with the command line is the change.
  return handleErrors(made.takeError(), [](std::unique_ptr<DiagnosticError> refused) -> Error {
    return refused->isUsageError() ? Error::success() : Error(std::move(refused));
  });
}

Error Tuning::compileAll() {
  std::vector<std::string> warnings;
  Expected<Candidate> chosen = compileOne({}, warnings);
  for (const std::string &warning : warnings)
    errs() << warning << '\n';
  if (!chosen)
    return chosen.takeError();
  if (isSameFile(line.tune, chosen->report.weightsFile))
    return usageError("--tune", "the weights " + quoted(line.tune), "another file");
  std::vector<rnn::FieldSettings> changes = neighbours(
      chosen->report.scheduleFields, subjectOf(chosen->report), line.tuneSeqLen, line.tuneBatch);
  candidates.push_back(std::move(*chosen));

  erase_if(changes, [&](const rnn::FieldSettings &change) {
    return any_of(change, [&](const rnn::FieldSetting &setting) {
      return rnn::findSetting(line.options.schedule, *setting.field);
    });
  });
  for (const auto &[i, change] : enumerate(changes)) {
    errs() << "grucc: compiling " << i + 1 << " of " << changes.size() << ": " << wordsOf(change)
           << '\n';
    if (Error error = add(change))
      return error;
  }
  return Error::success();
}

Error Tuning::measure(ArrayRef<size_t> which) {
  using Time = Expected<double> (TimedModel::*)(const CallTensors &, int64_t);
  struct Form {
    Time time;
    double Candidate::*taken;
    int64_t calls;
  };
  std::vector<Form> forms = {{&TimedModel::timeRuns, &Candidate::run, 1}};
  if (streams())
    forms.push_back({&TimedModel::timeSteps, &Candidate::step, 1});
  for (Form &form : forms)
    while (true) { // so many calls that they fill a sample
      Expected<double> taken = (candidates.front().copies.front().*form.time)(tensors, form.calls);
      if (!taken)
        return taken.takeError();
      if (*taken >= sampleMicroseconds)
        break;
      form.calls *= 2;
    }

  auto start = std::chrono::steady_clock::now();
  for (int round = 0; round < mostRounds; ++round) {
    if (round >= fewestRounds && std::chrono::steady_clock::now() - start > longestMeasuring)
      break;
    errs() << "grucc: measuring " << which.size() << " schedules, round " << round + 1 << " of "
           << mostRounds << '\n';
    for (const Form &form : forms)
      for (size_t i : which) {
        double &least = candidates[i].*form.taken;
        for (TimedModel &copy : candidates[i].copies) {
          Expected<double> taken = (copy.*form.time)(tensors, form.calls);
          if (!taken)
            return taken.takeError();
          least = std::min(least, *taken / double(form.calls));
        }
      }
  }
  return Error::success();
}

/// All changes that gain, as one.
rnn::FieldSettings Tuning::combineGains() const {
  std::vector<const Candidate *> gains;
  for (const Candidate &candidate : candidates)
    if (ratio(candidate) <= 1 - leastGain)
      gains.push_back(&candidate);
  llvm::sort(gains, [&](auto *a, auto *b) { return ratio(*a) > ratio(*b); });
  rnn::FieldSettings all;
  for (const Candidate *gain : gains) // the best one has the last word
    rnn::overrideSettings(all, gain->change);
  return all;
}

Error Tuning::measureAll() {
  if (Error error = measure(llvm::to_vector(llvm::seq(candidates.size()))))
    return error;
  rnn::FieldSettings all = combineGains();
  size_t best = findFastest(), last = candidates.size();
  if (all.size() <= candidates[best].change.size())
    return Error::success(); // one gain, or none
  errs() << "grucc: compiling what gains: " << wordsOf(all) << '\n';
  if (Error error = add(all))
    return error;
  return candidates.size() == last ? Error::success() : measure({0, best, last});
}

/// The time of a candidate, 1 being the cost model's: the geometric mean of run and step.
double Tuning::ratio(const Candidate &candidate) const {
  const Candidate &chosen = candidates.front();
  double run = candidate.run / chosen.run;
  return streams() ? std::sqrt(run * candidate.step / chosen.step) : run;
}

size_t Tuning::findFastest() const {
  auto less = [&](const Candidate &a, const Candidate &b) { return ratio(a) < ratio(b); };
  auto least = llvm::min_element(candidates, less);
  return ratio(*least) <= 1 - leastGain ? size_t(least - candidates.begin()) : 0;
}

/// The least of many times is partly luck: the fastest must gain again when the cost
/// model's schedule and it have as many new copies each.
Error Tuning::confirm() {
  size_t best = findFastest();
  if (best == 0)
    return Error::success();
  errs() << "grucc: measuring again: " << wordsOf(candidates[best].change) << '\n';
  std::vector<std::string> same;
  for (size_t i : {size_t(0), best}) {
    Expected<Candidate> again = compileOne(candidates[i].change, same);
    if (!again)
      return again.takeError();
    llvm::move(again->copies, std::back_inserter(candidates[i].copies));
  }
  if (Error error = measure({0, best}))
    return error;
  if (ratio(candidates[best]) <= 1 - leastGain)
    winner = best;
  return Error::success();
}

void Tuning::print(raw_ostream &os) const {
  size_t width = 0;
  for (const Candidate &candidate : candidates)
    width = std::max(width, wordsOf(candidate.change).size());
  os << left_justify("schedule", width) << right_justify("run, us", 12)
     << (streams() ? "    step, us" : "") << "   ratio\n";
  for (const Candidate &candidate : candidates) {
    os << left_justify(wordsOf(candidate.change), width) << format("%12.2f", candidate.run);
    if (streams())
      os << format("%12.3f", candidate.step);
    os << format("%8.3f", ratio(candidate)) << '\n';
  }
  os << "fastest: " << wordsOf(fastest().change) << '\n';
}

Error tune(const CommandLine &line) {
  Tuning tuning(line);
  if (Error error = tuning.checkPlace())
    return error;
  if (Error error = tuning.compileAll())
    return error;
  if (Error error = tuning.measureAll())
    return error;
  if (Error error = tuning.confirm())
    return error;
  const Report &report = tuning.fastest().report;
  std::string text = writeScheduleFile(subjectOf(report), report.scheduleFields);
  return writeFiles({OutputFile{line.tune, text}}, [&] {
    tuning.print(outs());
    return flushOutput("grucc");
  });
}

} // namespace grucc
