//===- CompileForCpu.cpp - One compilation, for a CPU -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compilation.h"
#include "compiler/schedule/Machines.h"
#include "compiler/schedule/PartModel.h"
#include "compiler/target/cpu/Codegen.h"
#include "compiler/write/EsModule.h"
#include "dialects/rnn/Cells.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Path.h"
#include "llvm/TargetParser/Host.h"

using namespace mlir;
using namespace grucc;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;

/// Which functions a model has, by cpu::functionWords; empty: all. No thread gets into a
/// WebAssembly module, nobody reads a descriptor there, and what an engine has compiled it runs.
static std::vector<std::string> functionsOf(const CompileOptions &options) {
  if (options.emit != Emit::WebAssembly || !options.functions.empty())
    return options.functions;
  return {"run", "ragged", "step", "state", "sizes", "pack"};
}

Error Compilation::runCpuPipeline(StringRef target, Stage last) {
  bool isNative = options.machine.empty() && target == "native";
  StringRef name =
      isNative ? nativeMachine() : (options.machine.empty() ? target : StringRef(options.machine));
  if (name.empty())
    return inputError("grucc", "target", "a CPU that runs none of them",
                      llvm::join(rnn::targetNames(rnn::TargetKind::Cpu), ", "));
  Expected<rnn::MachineAttr> known = readMachine(&context, name);
  if (!known)
    return known.takeError();
  rnn::MachineAttr machine = *known;
  if (!options.machine.empty() && target != "native" && target != machine.getTarget())
    return inputError("grucc", "--machine", quoted(name) + " for " + machine.getTarget(),
                      "one for " + target);
  if (isNative && rnn::findTarget(name))
    report.standsFor = llvm::sys::getHostCPUName().str();
  report.target = machine.getTarget().str();
  report.machine = machine.getName().str();

  if (machine.getRow().lacksFloat64 && report.network.dtype == rnn::DType::Float64)
    return inputError("grucc", "dtype", "float64 for " + machine.getTarget(),
                      "float32: this CPU does not compute in float64");
  if (Error error = checkFunctions())
    return error;
  PipelineOptions pipeline;
  pipeline.machine = name.str();
  pipeline.target = &machine.getRow();
  pipeline.narrowWeights = options.narrowWeights;
  pipeline.functions = functionsOf(options);
  pipeline.size = options.optimizeSize;
  pipeline.weightsSection = options.weightsSection;
  Expected<rnn::FieldSettings> fields = scheduleByHand();
  if (!fields)
    return fields.takeError();
  pipeline.schedule = *fields;
  if (Error error = runStages(pipeline, last))
    return error;

  auto schedule = fact<rnn::ScheduleAttr>();
  if (!schedule)
    return Error::success();
  llvm::raw_string_ostream(report.schedule) << schedule;
  report.scheduleFields = rnn::settingsOf(rnn::scheduleTable(), schedule.getFields());
  describeParts(machine, schedule.getFields());
  describeSizes();
  return checkWeights();
}

/// Words of --functions that this network has nothing for, or does not go without.
Error Compilation::checkFunctions() const {
  auto has = [&](StringRef word) { return llvm::is_contained(options.functions, word); };
  for (StringRef word : {"step", "state"})
    if (has(word) && !report.network.streams())
      return usageError("--functions", quoted(word) + " for a network without steps", "run");
  if (has("pack") && !report.network.externalWeights)
    return usageError("--functions", "'pack' for weights in the object",
                      "it for --weights=external");
  if (options.emit == Emit::WebAssembly && report.network.externalWeights &&
      !options.functions.empty() && !has("pack"))
    return usageError("--functions", "no 'pack' for an ES module that is given weights",
                      "it among them");
  return Error::success();
}

/// What the cost models say: of the whole, and of every part.
void Compilation::describeParts(rnn::MachineAttr machine, const rnn::Schedule &schedule) {
  for (const rnn::MachineFact &fact : rnn::machineFacts())
    report.machineFacts.emplace_back(fact.name.str(), (machine.*fact.get)());
  CellShape cell = report.network.cellShape();
  NetworkSizes sizes{report.network, storage, cell.gates, cell.rounds};
  report.limitMicroseconds = stepCycles(sizes, machine) / machine.getMhz();
  auto time = [&](const PartTime &of, int64_t bytes) {
    PartReport::Time time{of.cycles / machine.getMhz(), nameOf(of.bound).str(), {}};
    // Whole bytes, and no more of them than there are.
    for (auto [name, share] : llvm::zip_equal(cacheLevelNames, of.bytes))
      if (int64_t some = std::min<int64_t>(std::llround(share), bytes)) {
        time.keptIn.emplace_back(name.str(), some);
        bytes -= some;
      }
    return time;
  };
  auto storageOf = [&](StringRef weights) {
    auto named = [&](auto &entry) { return entry.first == weights; };
    return llvm::find_if(report.storage, named)->second;
  };
  for (const Part &part : predictParts(sizes, machine, schedule, partsSeqLen)) {
    PartReport &made = report.parts.emplace_back();
    made.layer = part.layer;
    made.direction = report.network.isReverse(part.direction) ? "reverse" : "forward";
    made.part = nameOf(part.kind).str();
    if (part.kind != PartKind::Gates) {
      made.weights = (part.kind == PartKind::Projection ? "weight_ih_l" : "weight_hh_l") +
                     std::to_string(part.layer) + (part.direction ? "_reverse" : "");
      made.storage = storageOf(made.weights);
    }
    made.bytes = part.bytes, made.panels = part.panels, made.panelUnits = part.panelUnits;
    made.streams = part.streams, made.tileRows = part.tileRows;
    made.step = time(part.step, part.bytes), made.run = time(part.run, part.bytes);
    report.stepMicroseconds += made.step.microseconds;
    report.runMicroseconds += made.run.microseconds;
  }
}

Error Compilation::checkWeights() {
  int64_t most = rnn::findTarget(report.target)->platform->weightsLimit();
  if (report.weightsBytes <= most)
    return Error::success();
  return inputError("grucc", "weights",
                    std::to_string(report.weightsBytes) + " bytes for " + report.target,
                    "at most " + std::to_string(most));
}

void Compilation::describeSizes() {
  auto facts = fact<rnn::DescriptorAttr>();
  if (!facts)
    return;
  int64_t alignment = rnn::findTarget(report.target)->bufferAlignment();
  report.weightsBytes = facts.getWeightsBytes();
  if (report.network.streams())
    report.stateBytes = stateBytes(report.network.stateRowBytes(), alignment);
  report.workspaceBytes = facts.getWorkspaceFixed();
  for (int64_t bytes : facts.getWorkspaceRows().asArrayRef())
    report.workspaceBytes += llvm::alignTo(bytes, alignment);
}

Expected<std::unique_ptr<llvm::MemoryBuffer>> Compilation::cpuArtifact() {
  cpu::CodeText text = options.emit == Emit::Assembly ? cpu::CodeText::Assembly
                       : options.emit == Emit::LLVMIR ? cpu::CodeText::LLVMIR
                                                      : cpu::CodeText::None;
  Expected<cpu::Code> code =
      cpu::generateCode(*module, *rnn::findTarget(report.target),
                        {options.system, text, visibility(), options.unwindTables,
                         options.optimizeSize, boundsStack()});
  if (!code)
    return code.takeError();
  // For text too: the report and the header count bytes of machine code.
  StringRef object = code->object->getBuffer();
  Expected<int64_t> bytes = codeBytes(object);
  if (!bytes)
    return bytes.takeError();
  report.codeBytes = *bytes;
  report.stackBytes = code->stackBytes;
  describeLevels(object);
  if (Error error = checkRoom(object))
    return std::move(error);
  return code->text ? std::move(code->text) : packageObject(std::move(code->object));
}

/// What EmitDescriptor has left.
static ModelId modelId(Operation *model) {
  ModelId id;
  std::string bytes = llvm::fromHex(model->getAttrOfType<StringAttr>("rnn.id"));
  llvm::copy(bytes, id.begin());
  return id;
}

HeaderFacts Compilation::cpuHeaderFacts() {
  auto facts = fact<rnn::DescriptorAttr>();
  HeaderFacts header;
  header.name = report.name;
  header.provenance = provenance();
  header.network = report.network;
  header.unwindTables = options.unwindTables;
  const rnn::Target &target = *rnn::findTarget(report.target);
  header.asksSystem = target.platform->featureTest == rnn::FeatureTest::System;
  header.softFloat = target.softFloat;
  auto flushes = [](StringRef name) { return rnn::findTarget(name)->flushesSubnormals; };
  header.flushesSubnormals = target.flushesSubnormals || llvm::any_of(options.levels, flushes);
  header.idSymbol = idSymbol(report.name, modelId(model()));
  header.alignment = target.bufferAlignment();
  header.stateHeaderBytes = target.bufferAlignment();
  header.stateBuffers = stateBuffers;
  header.stackBytes = report.stackBytes;
  header.functions = functionsOf(options);
  header.workspaceRows = facts.getWorkspaceRows();
  header.workspaceFixed = facts.getWorkspaceFixed();
  const Report &lowest = report.levels.empty() ? report : report.levels.front();
  header.weightsBytes = lowest.weightsBytes;
  header.codeBytes = lowest.codeBytes;
  for (const Report &level : report.levels)
    header.levels.push_back(level.target);
  return header;
}

Error Compilation::cpuOutputs(Outputs &outputs) {
  auto bytes = cpuArtifact();
  if (!bytes)
    return bytes.takeError();
  int64_t size = (*bytes)->getBufferSize();
  outputs.add(options.output, std::move(*bytes));
  HeaderFacts facts = cpuHeaderFacts();
  if (!options.header.empty())
    outputs.add(options.header, writeHeader(facts));
  if (options.emit == Emit::WebAssembly) {
    std::vector<std::string> functions = functionsOf(options);
    auto keeps = [&](StringRef word) { return llvm::is_contained(functions, word); };
    bool streams = report.network.streams() && keeps("step") && keeps("state") && keeps("sizes");
    EsModuleFacts beside{std::move(facts),
                         *rnn::findTarget(report.target),
                         llvm::sys::path::filename(options.output).str(),
                         size,
                         keeps("run"),
                         streams,
                         keeps("ragged")};
    outputs.add(esModulePath(options), writeEsModule(beside));
    outputs.add(declarationsPath(options), writeDeclarations(beside));
  }
  return Error::success();
}
