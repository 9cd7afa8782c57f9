//===- CompileForCpu.cpp - One compilation, for a CPU -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compilation.h"
#include "compiler/schedule/Machines.h"
#include "compiler/target/cpu/Codegen.h"
#include "compiler/write/Artifact.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace grucc;
using llvm::Error;
using llvm::Expected;
using llvm::StringRef;
using llvm::Twine;

Error Compilation::runCpuPipeline(Stage last) {
  StringRef name = options.target == "native" ? nativeMachine() : StringRef(options.target);
  rnn::MachineAttr machine = lookupMachine(&context, name);
  if (!machine)
    return inputError("grucc", "target", name.empty() ? "a CPU below x86-64-v2" : quoted(name),
                      "x86-64-v2, x86-64-v3 or x86-64-v4");
  report.target = machine.getLevel().str();
  report.machine = machine.getName().str();

  PipelineOptions pipeline{
      name.str(), /*isGpu=*/false, machine.getFma(), options.narrowWeights, {}};
  Expected<ScheduleFields> fields = scheduleByHand();
  if (!fields)
    return fields.takeError();
  for (const auto &[field, value] : *fields)
    pipeline.scheduleFields.push_back((Twine(field) + "=" + value).str());
  if (Error error = runStages(pipeline, last))
    return error;

  auto schedule = (*module)->getAttrOfType<rnn::ScheduleAttr>("rnn.schedule");
  if (!schedule)
    return Error::success();
  llvm::raw_string_ostream(report.schedule) << schedule;
  report.scheduleFields = listFields(schedule);
  int64_t directions = report.bidirectional ? 2 : 1, bytes = report.dtype == "float32" ? 4 : 8;
  NetworkSizes sizes{report.inputSize, report.hiddenSize, report.numLayers, directions, bytes,
                     storage};
  report.limitMicroseconds = stepCycles(sizes, machine) / machine.getMhz();
  report.stepMicroseconds = scheduledStepCycles(sizes, machine, schedule) / machine.getMhz();
  return Error::success();
}

Expected<std::unique_ptr<llvm::MemoryBuffer>> Compilation::cpuArtifact() {
  cpu::CodeText text = options.emit == Emit::Assembly ? cpu::CodeText::Assembly
                       : options.emit == Emit::LLVMIR ? cpu::CodeText::LLVMIR
                                                      : cpu::CodeText::None;
  Expected<cpu::Code> code =
      cpu::generateCode(*module, report.target, text, visibility(), options.unwindTables);
  if (!code)
    return code.takeError();
  // For text too: the report and the header count bytes of machine code.
  StringRef object = code->object->getBuffer();
  Expected<int64_t> bytes = codeBytes(object);
  if (!bytes)
    return bytes.takeError();
  report.codeBytes = *bytes;
  return code->text ? std::move(code->text) : packageObject(std::move(code->object));
}

static ArrayRef<int64_t> workspaceRows(DictionaryAttr facts) {
  return cast<DenseI64ArrayAttr>(facts.get("workspace_rows"));
}

/// Of all layers' states of one row of a stream: [L, H].
static int64_t stateRowBytes(const Report &report) {
  return (report.dtype == "float64" ? 8 : 4) * report.numLayers * report.hiddenSize;
}

/// What EmitDescriptor has left.
static ModelId modelId(ModuleOp module) {
  ModelId id;
  std::string bytes = llvm::fromHex(module->getAttrOfType<StringAttr>("rnn.id"));
  llvm::copy(bytes, id.begin());
  return id;
}

std::string Compilation::cpuHeader() {
  auto facts = (*module)->getAttrOfType<DictionaryAttr>("rnn.descriptor");
  auto fact = [&](StringRef name) { return cast<IntegerAttr>(facts.get(name)).getInt(); };
  auto flag = [&](StringRef name) { return cast<BoolAttr>(facts.get(name)).getValue(); };
  HeaderFacts header;
  header.name = report.name;
  header.provenance = provenance();
  header.inputSize = report.inputSize;
  header.hiddenSize = report.hiddenSize;
  header.numLayers = report.numLayers;
  header.directions = report.bidirectional ? 2 : 1;
  header.bias = report.bias;
  header.batchFirst = report.batchFirst;
  header.float64 = flag("float64");
  header.externalWeights = flag("external");
  header.training = flag("training");
  header.streams = flag("streams");
  header.unwindTables = options.unwindTables;
  header.idSymbol = idSymbol(report.name, modelId(*module));
  header.alignment = bufferAlignment;
  header.stateHeaderBytes = stateHeaderBytes;
  header.stateBuffers = stateBuffers;
  header.stateRowBytes = stateRowBytes(report);
  header.workspaceRows = workspaceRows(facts);
  header.workspaceFixed = fact("workspace_fixed");
  header.weightsBytes = report.weightsBytes;
  header.weightsCount = fact("weights_count");
  header.codeBytes = report.codeBytes;
  header.stepFlops = report.stepFlops;
  return writeHeader(header);
}

Error Compilation::cpuOutputs(Outputs &outputs) {
  auto facts = (*module)->getAttrOfType<DictionaryAttr>("rnn.descriptor");
  auto fact = [&](StringRef name) { return cast<IntegerAttr>(facts.get(name)).getInt(); };
  report.weightsBytes = fact("weights_bytes");
  auto flag = [&](StringRef name) { return cast<BoolAttr>(facts.get(name)).getValue(); };
  if (flag("streams"))
    report.stateBytes = stateBytes(stateRowBytes(report));
  report.workspaceBytes = fact("workspace_fixed");
  for (int64_t bytes : workspaceRows(facts))
    report.workspaceBytes += llvm::alignTo(bytes, bufferAlignment);
  auto bytes = cpuArtifact();
  if (!bytes)
    return bytes.takeError();
  outputs.add(options.output, std::move(*bytes));
  if (!options.header.empty())
    outputs.add(options.header, cpuHeader());
  return Error::success();
}
