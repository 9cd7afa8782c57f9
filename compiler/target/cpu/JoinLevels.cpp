//===- JoinLevels.cpp - Several levels in one module -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Levels.h"
#include "compiler/target/cpu/Passes.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace grucc {
#define GEN_PASS_DEF_JOINLEVELS
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

namespace {
/// One of the modules, and its NAME_run.
struct Level {
  ModuleOp module;
  LLVM::LLVMFuncOp run;

  StringRef name() const {
    return run->getAttrOfType<rnn::DescriptorAttr>(rnn::DescriptorAttr::name).getName();
  }
  const rnn::Target &target() const {
    return run->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name).getRow();
  }
};

struct JoinLevels : grucc::impl::JoinLevelsBase<JoinLevels> {
  void runOnOperation() override {
    SmallVector<Level> levels;
    for (ModuleOp module : getOperation().getOps<ModuleOp>()) {
      FailureOr<Level> level = find(module);
      if (failed(level) || (!levels.empty() && failed(checkBehind(levels, *level))))
        return signalPassFailure();
      levels.push_back(*level);
    }
    if (levels.empty()) {
      getOperation().emitError("found no module in it, expected one for every level");
      return signalPassFailure();
    }
    for (Level &level : levels) {
      nameCpu(level);
      if (level.run != levels.front().run)
        makeInternal(level, levels.front().name());
      getOperation().getBody()->getOperations().splice(getOperation().getBody()->end(),
                                                       level.module.getBody()->getOperations());
      level.module.erase();
    }
    shareWeights(levels);
  }

  /// The one network of a module.
  static FailureOr<Level> find(ModuleOp module) {
    Level level{module, {}};
    for (auto function : module.getOps<LLVM::LLVMFuncOp>()) {
      if (!function->hasAttr(rnn::DescriptorAttr::name))
        continue;
      if (!function->hasAttr(rnn::MachineAttr::name))
        return function.emitError("rnn.machine: found none, expected it beside rnn.descriptor");
      if (level.run) {
        InFlightDiagnostic error = function.emitError("found a second network, expected one");
        error.attachNote(level.run.getLoc()) << "which is this one";
        return error;
      }
      level.run = function;
    }
    if (!level.run)
      return module.emitError("found no rnn.descriptor, expected rnn-emit-interface to have run");
    return level;
  }

  static LogicalResult checkBehind(ArrayRef<Level> levels, Level level) {
    auto refuse = [&](const Twine &text, Level other) {
      InFlightDiagnostic error = level.run.emitError() << text;
      error.attachNote(other.run.getLoc()) << "the other level is this one";
      return error;
    };
    const Level &lowest = levels.front();
    if (level.target().platform != lowest.target().platform)
      return refuse("target: found one of " + level.target().platform->name + ", expected one of " +
                        lowest.target().platform->name,
                    lowest);
    for (const Level &other : levels)
      if (other.target().name == level.target().name)
        return refuse("target: found " + level.target().name + " again, expected another", other);
    if (!level.name().starts_with((lowest.name() + "_").str()))
      return refuse("name: found '" + level.name() + "', expected one that begins with '" +
                        lowest.name() + "_'",
                    lowest);
    return success();
  }

  /// What code generation would else take from the one target of a module.
  static void nameCpu(Level &level) {
    const rnn::Target &target = level.target();
    Builder b(level.module.getContext());
    SmallVector<Attribute> words{b.getStrArrayAttr({"target-cpu", target.cpu})};
    if (!target.features.empty())
      words.push_back(b.getStrArrayAttr({"target-features", target.features}));
    for (auto function : level.module.getOps<LLVM::LLVMFuncOp>()) {
      SmallVector<Attribute> passed;
      if (ArrayAttr present = function.getPassthroughAttr())
        llvm::append_range(passed, present);
      auto namesCpu = [](Attribute word) {
        auto pair = dyn_cast<ArrayAttr>(word);
        return pair && pair[0] == StringAttr::get(word.getContext(), "target-cpu");
      };
      if (llvm::any_of(passed, namesCpu))
        continue; // what finds out about the CPU
      llvm::append_range(passed, words);
      function.setPassthroughAttr(b.getArrayAttr(passed));
      if (!target.scalable)
        continue;
      IntegerAttr parts = b.getI32IntegerAttr(int32_t(target.registerParts()));
      function.setVscaleRangeAttr(LLVM::VScaleRangeAttr::get(b.getContext(), parts, parts));
    }
  }

  static void makeInternal(Level &level, StringRef lowest) {
    level.run->setAttr(rnn::levelOfName, StringAttr::get(level.run.getContext(), lowest));
    for (auto function : level.module.getOps<LLVM::LLVMFuncOp>())
      function.setLinkage(LLVM::Linkage::Internal);
  }

  /// Weights and what else is constant: once where the bytes are the same.
  void shareWeights(ArrayRef<Level> levels) {
    SmallVector<LLVM::GlobalOp> kept;
    for (auto global : llvm::to_vector(getOperation().getOps<LLVM::GlobalOp>())) {
      auto bytes = dyn_cast_or_null<DenseResourceElementsAttr>(global.getValueOrNull());
      if (!bytes)
        continue;
      auto *same = llvm::find_if(
          kept, [&](LLVM::GlobalOp other) { return rawBytes(other) == rawBytes(global); });
      if (same == kept.end()) {
        kept.push_back(global);
        continue;
      }
      // They are uses of no symbol table but this one's.
      if (failed(SymbolTable::replaceAllSymbolUses(global, same->getSymNameAttr(), getOperation())))
        return signalPassFailure();
      renamed[global.getSymName()] = same->getSymNameAttr();
      global.erase();
    }
    for (Level level : levels) {
      std::string weights = (level.name() + ".weights").str();
      StringAttr symbol = renamed.lookup(weights);
      if (!symbol && getOperation().lookupSymbol(weights))
        symbol = StringAttr::get(&getContext(), weights);
      if (symbol) // else they come at run time
        level.run->setAttr(rnn::weightsName, symbol);
    }
  }
  static ArrayRef<char> rawBytes(LLVM::GlobalOp global) {
    return cast<DenseResourceElementsAttr>(global.getValueOrNull())
        .getRawHandle()
        .getBlob()
        ->getData();
  }
  llvm::StringMap<StringAttr> renamed;
};
} // namespace
