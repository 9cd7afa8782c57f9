//===- CompileLevels.cpp - One compilation, for several levels of a CPU -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/Compilation.h"
#include "compiler/write/Artifact.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace grucc;
using llvm::Error;
using llvm::StringRef;

/// The name of a level of NAME: the prefix of its symbols, which nobody sees.
static std::string levelName(StringRef name, std::string target) {
  std::replace_if(target.begin(), target.end(), [](char c) { return !llvm::isAlnum(c); }, '_');
  return (name + "_" + target).str();
}

/// Every level by itself, from the frontend's network to vectors; then all together.
Error Compilation::runLevels(Stage last) {
  OwningOpRef<ModuleOp> source = std::move(module),
                        joined = ModuleOp::create(UnknownLoc::get(&context));
  const Report common = report;
  std::vector<Report> levels;
  SmallVector<StringRef> targets(options.levels.begin(), options.levels.end());
  targets.insert(targets.begin(), options.target);
  for (StringRef target : targets) {
    module = source->clone();
    report = common;
    if (target != targets.front())
      SymbolTable::setSymbolName(model(), levelName(options.name, target.str()));
    if (Error error = runCpuPipeline(target, std::min(last, Stage::Vectors)))
      return error;
    levels.push_back(report);
    joined->push_back(module.release());
  }
  module = std::move(joined);
  report = levels.front();
  report.levels = std::move(levels);
  return last == Stage::Target ? joinLevels() : Error::success();
}

Error Compilation::joinLevels() {
  PassManager passes(&context);
  buildTargetOfLevels(passes);
  if (mlir::failed(passes.run(*module)))
    return failure();
  // Whose weights a level reads: its own, or those of one before it.
  llvm::StringMap<const Report *> owners;
  report.weightsBytes = 0;
  for (Report &level : report.levels) {
    bool isLowest = &level == &report.levels.front();
    std::string name = isLowest ? options.name : levelName(options.name, level.target);
    auto run = module->lookupSymbol(name + "_run");
    auto weights = run->getAttrOfType<StringAttr>(rnn::weightsName);
    const Report *owner =
        weights ? owners.try_emplace(weights.getValue(), &level).first->second : &level;
    if (owner == &level)
      report.weightsBytes += level.weightsBytes;
    else
      level.weightsOf = owner->target;
  }
  return checkWeights();
}

/// Bytes of code of each level; what is nobody else's is the lowest's.
void Compilation::describeLevels(StringRef object) {
  if (report.levels.empty())
    return;
  int64_t rest = report.codeBytes;
  for (Report &level : llvm::drop_begin(report.levels)) {
    level.codeBytes = codeBytes(object, levelName(options.name, level.target));
    rest -= level.codeBytes;
  }
  report.levels.front().codeBytes = rest;
}
