//===- MachineFile.cpp - A machine kept in a file -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/MachineFile.h"

#include "support/Diagnostic.h"
#include "support/Json.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"
#include <cmath>

using namespace llvm;
using namespace grucc;

static const rnn::MachineFact *findFact(StringRef name) {
  return find_if(rnn::machineFacts(), [&](const auto &fact) { return fact.name == name; });
}

/// A word that may stand in diagnostics, reports and IR.
static Expected<std::string> readWord(StringRef path, StringRef key, const json::Value *value) {
  constexpr size_t most = 64;
  auto text = value ? value->getAsString() : std::nullopt;
  if (text && !text->empty() && text->size() <= most &&
      all_of(*text, [](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.'; }))
    return text->str();
  return inputError(path, key, value ? describe(*value) : "no such key",
                    "a word of at most 64 letters, digits, '-', '_' and '.'");
}

static Error readFacts(StringRef path, const json::Object &object, MachineFile &machine) {
  for (const auto &[key, value] : sortedMembers(object))
    if (key != "name" && key != "target" && findFact(key) == rnn::machineFacts().end())
      return inputError(path, ("machine: " + key).str(), "an unknown key",
                        "name, target or a number of #rnn.machine");
  for (auto [key, field] :
       {std::pair<StringRef, std::string *>{"name", &machine.name}, {"target", &machine.target}}) {
    Expected<std::string> word = readWord(path, ("machine: " + key).str(), object.get(key));
    if (!word)
      return word.takeError();
    *field = *word;
  }
  const rnn::Target *target = rnn::findTarget(machine.target);
  if (!target || target->isGpu())
    return inputError(path, "machine: target", quoted(machine.target),
                      rnn::listWords(rnn::targetNames(rnn::TargetKind::Cpu)));
  for (const rnn::MachineFact &fact : rnn::machineFacts()) {
    const json::Value *value = object.get(fact.name);
    std::string key = ("machine: " + fact.name).str();
    std::optional<int64_t> number = value ? value->getAsInteger() : fact.otherwise;
    if (!number || *number < 1 || *number > fact.most)
      return inputError(path, key, value ? describe(*value) : "no such key",
                        "a whole number from 1 to " + Twine(fact.most));
    machine.numbers.push_back(*number);
  }
  return Error::success();
}

Expected<MachineFile> grucc::readMachine(StringRef path, const json::Object &object) {
  MachineFile machine;
  for (const auto &[key, value] : sortedMembers(object))
    if (!is_contained({"machine", "cpus", "feature", "from", "probes"}, key))
      return inputError(path, key, "an unknown key", "machine, cpus, feature, from or probes");
  const json::Object *facts = object.getObject("machine");
  if (!facts)
    return inputError(path, "machine",
                      object.get("machine") ? describe(*object.get("machine")) : "no such key",
                      "an object");
  if (Error error = readFacts(path, *facts, machine))
    return std::move(error);
  if (const json::Value *cpus = object.get("cpus")) {
    if (!cpus->getAsArray())
      return inputError(path, "cpus", describe(*cpus), "an array of words");
    for (const json::Value &cpu : *cpus->getAsArray()) {
      Expected<std::string> word = readWord(path, "cpus", &cpu);
      if (!word)
        return word.takeError();
      machine.cpus.push_back(*word);
    }
  }
  if (const json::Value *feature = object.get("feature")) {
    Expected<std::string> word = readWord(path, "feature", feature);
    if (!word)
      return word.takeError();
    machine.feature = *word;
  }
  if (const json::Value *from = object.get("from")) {
    if (!from->getAsString())
      return inputError(path, "from", describe(*from), "words");
    machine.from = from->getAsString()->str();
  }
  if (const json::Value *probes = object.get("probes")) {
    if (!probes->getAsObject())
      return inputError(path, "probes", describe(*probes), "an object of numbers");
    for (const auto &[key, value] : sortedMembers(*probes->getAsObject())) {
      std::optional<double> number = value->getAsNumber();
      if (!number)
        return inputError(path, ("probes: " + key).str(), describe(*value), "a number");
      machine.probes.emplace_back(key, *number);
    }
  }
  return machine;
}

Expected<MachineFile> grucc::readMachineFile(StringRef path) {
  Expected<json::Object> object = readJsonObject(path);
  if (!object)
    return object.takeError();
  return readMachine(path, *object);
}

rnn::MachineAttr MachineFile::attr(mlir::MLIRContext *context) const {
  auto error = [&] { return mlir::emitError(mlir::UnknownLoc::get(context)); };
  return rnn::makeMachine(error, context, name, target, numbers);
}

std::string grucc::writeMachine(const MachineFile &machine) {
  std::string text;
  raw_string_ostream os(text);
  json::OStream json(os, /*IndentSize=*/2);
  json.object([&] {
    json.attributeObject("machine", [&] {
      json.attribute("name", machine.name);
      json.attribute("target", machine.target);
      for (auto [fact, number] : zip_equal(rnn::machineFacts(), machine.numbers))
        if (fact.otherwise != number)
          json.attribute(fact.name, number);
    });
    if (!machine.cpus.empty())
      json.attribute("cpus", json::Array(machine.cpus));
    if (!machine.feature.empty())
      json.attribute("feature", machine.feature);
    if (!machine.from.empty())
      json.attribute("from", machine.from);
    if (!machine.probes.empty())
      json.attributeObject("probes", [&] {
        for (const std::pair<std::string, double> &probe : machine.probes) {
          const char *form = probe.second == std::floor(probe.second) ? "%.0f" : "%.6g";
          json.attributeBegin(probe.first);
          json.rawValue([&](raw_ostream &os) { os << format(form, probe.second); });
          json.attributeEnd();
        }
      });
  });
  os << '\n';
  return text;
}
