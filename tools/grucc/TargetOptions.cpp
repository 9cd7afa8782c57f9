//===- TargetOptions.cpp - What the output is for ------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CommandLineReader.h"
#include "NearestTarget.h"
#include "compiler/schedule/Machines.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Process.h"
#include "llvm/TargetParser/Host.h"

using namespace llvm;
using namespace llvm::opt;
using namespace grucc;

static Expected<std::string> targetNamed(StringRef option, StringRef text) {
  SmallVector<StringRef> names = targetNames();
  if (is_contained(names, text))
    return text.str();
  std::string nearest = nearestTarget(text);
  Error error = wordError(option, text, names);
  return nearest.empty() ? std::move(error) : withNote(std::move(error), "grucc", nearest);
}

static Expected<const rnn::Platform *> platformNamed(StringRef option, StringRef text) {
  if (const rnn::Platform *platform = rnn::findPlatform(text))
    return platform;
  SetVector<StringRef> names;
  for (const rnn::Target &target : rnn::targets())
    if (!target.platform->processors.empty())
      names.insert(*split(target.platform->processors, ' ').begin());
  return wordError(option, text, names.getArrayRef());
}

// Several, in any order: as the table has them.
static Expected<std::vector<std::string>> targetsNamed(StringRef option, StringRef text) {
  std::vector<std::string> names;
  for (StringRef part : split(text, ',')) {
    Expected<std::string> name = targetNamed(option, part);
    if (!name)
      return name.takeError();
    names.push_back(*name);
  }
  if (names.size() == 1)
    return names;
  const rnn::Target *first = nullptr;
  for (StringRef name : names) {
    const rnn::Target *row = rnn::findTarget(name);
    if (!row || row->isGpu())
      return usageError(option, quoted(name) + " among several", "targets of one kind of CPU");
    first = first ? first : row;
    if (row->platform != first->platform)
      return usageError(option,
                        quoted(name) + " for " + row->platform->name + " beside " +
                            quoted(first->name) + " for " + first->platform->name,
                        "targets of one kind of CPU");
    if (row->platform->featureTest == rnn::FeatureTest::None)
      return usageError(option, quoted(name) + " among several",
                        "it alone: nothing tells there what a CPU has");
    if (count(names, name) > 1)
      return usageError(option, quoted(name) + " twice", "every target once");
  }
  sort(names, [](StringRef a, StringRef b) { return rnn::findTarget(a) < rnn::findTarget(b); });
  return names;
}

/// What this system runs on; null where that is none of the table's.
static const rnn::Platform *hostPlatform() {
  return rnn::findPlatform(Triple(sys::getProcessTriple()).getArchName());
}

// Without --target: that of an entry of the machine table; native, where what else is asked for
// belongs to one target; what $GRUCC_TARGET names; or the levels that are usual for the processor
// of --processor, or of this system.
Expected<std::vector<std::string>> Reader::targetsAssumed() const {
  StringRef machine = args.getLastArgValue(OPT_machine);
  if (StringRef target = targetOfMachine(machine); !target.empty())
    return std::vector<std::string>{target.str()};
  if (platform)
    return targetsNamed("--processor", platform->usualTargets);
  const std::vector<std::string> native = {"native"};
  if (args.hasArg(OPT_tune, OPT_schedule_file, OPT_machine, OPT_stop_after))
    return native;
  if (std::optional<std::string> names = sys::Process::GetEnv("GRUCC_TARGET");
      names && !names->empty()) {
    Expected<std::vector<std::string>> targets = targetsNamed("GRUCC_TARGET", *names);
    if (targets)
      return targets;
    consumeError(targets.takeError()); // of an option, with the exit code of one
    return inputError("grucc", "GRUCC_TARGET", quoted(*names), "what --target takes");
  }
  const rnn::Platform *host = hostPlatform();
  return host ? targetsNamed("--target", host->usualTargets) : native;
}

Error Reader::readPlatform() {
  auto system = [](StringRef option, StringRef text) {
    return readNamed<rnn::OperatingSystem>(option, text, rnn::operatingSystems);
  };
  return inOrder([&] { return value(OPT_processor, platform, platformNamed); },
                 [&] { return value(OPT_os, line.options.system, system); });
}

// Targets of the processor that --processor names.
Error Reader::readTarget() {
  const Arg *given = args.getLastArg(OPT_target);
  Expected<std::vector<std::string>> targets =
      given ? targetsNamed("--target", given->getValue()) : targetsAssumed();
  if (!targets)
    return targets.takeError();
  std::string &target = line.options.target;
  target = targets->front();
  line.options.levels.assign(targets->begin() + 1, targets->end());
  const rnn::Target *row = rnn::findTarget(target);
  if (row && !args.hasArg(OPT_os))
    line.options.system = row->platform->usualSystem;
  if (row && !row->platform->hasFreeUnwindTables())
    line.options.unwindTables = false;
  if (!platform)
    return Error::success();
  const rnn::Platform *objects = row ? &row->platform->objects() : hostPlatform();
  if (objects && objects->architecture == platform->architecture)
    return Error::success();
  return usageError(given ? "--target" : "--machine",
                    quoted(target) + (objects ? ", which is for " + objects->name : ""),
                    "one for " + platform->name + ", such as " + platform->usualTargets);
}

// Other systems take objects, and what is made of them without a linker.
Error Reader::checkSystem() const {
  const CompileOptions &options = line.options;
  std::string found = rnn::nameOf(options.system).str();
  const rnn::Target *target = rnn::findTarget(options.target);
  const rnn::Platform *objects = target ? target->platform : hostPlatform();
  bool isLinux = options.system == rnn::OperatingSystem::Linux;
  if (objects ? objects->tripleOn(options.system).empty() : !isLinux)
    return usageError("--os", found + (objects ? " for " + objects->name.str() : ""),
                      objects ? rnn::listWords(objects->systems()) : "linux");
  if (!isLinux && options.emit == Emit::SharedLibrary)
    return usageError(args.hasArg(OPT_os) ? "--os" : "--target",
                      args.hasArg(OPT_os) ? found + " for a shared library"
                                          : quoted(options.target) + ", which stands for --os=" +
                                                found + ", for a shared library",
                      "linux, or an object or archive to link one of");
  return Error::success();
}
