//===- KeepFunctions.cpp - What C may not call is not there -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a run does only where it is given lengths or threads goes once it reads that there are none.
// What nobody calls any more is private, and LLVM's to remove.
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/CValues.h"
#include "compiler/target/cpu/Functions.h"
#include "compiler/target/cpu/Passes.h"
#include "llvm/ADT/StringExtras.h"

namespace grucc {
#define GEN_PASS_DEF_KEEPFUNCTIONS
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;
using rnn::ArgsField;

bool cpu::keepsFunctions(Operation *run, StringRef word) {
  auto kept = run->getAttrOfType<StringAttr>(keptFunctionsName);
  return !kept || llvm::is_contained(llvm::split(kept.getValue(), ','), word);
}

/// What the argument is where the caller gives none.
static void replaceByNone(rnn::ArgumentOp op) {
  OpBuilder builder(op);
  Emitter e(op.getLoc(), builder, Type(), /*fma=*/false);
  Type type = op.getValue().getType();
  if (!isa<MemRefType, LLVM::LLVMPointerType>(type))
    return; // a count, which nothing else asks for
  Value none = LLVM::ZeroOp::create(e, e.pointerType());
  if (auto memory = dyn_cast<MemRefType>(type))
    none = viewOf(e, none, memory);
  op.replaceAllUsesWith(none);
  op.erase();
}

namespace {
struct KeepFunctions : grucc::impl::KeepFunctionsBase<KeepFunctions> {
  using KeepFunctionsBase::KeepFunctionsBase;

  void runOnOperation() override {
    if (functions.empty())
      return;
    SmallVector<StringRef> words(functions.begin(), functions.end());
    for (StringRef word : words)
      if (!llvm::is_contained(functionWords, word)) {
        getOperation().emitError("functions: found '")
            << word << "', expected " << rnn::listWords(functionWords);
        return signalPassFailure();
      }
    SmallVector<func::FuncOp> runs;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (func->hasAttr(rnn::DescriptorAttr::name))
        runs.push_back(func);
    for (func::FuncOp run : runs)
      keep(run, words);
    getOperation().walk([&](rnn::ArgumentOp op) {
      bool ofLengths =
               llvm::is_contained({ArgsField::Lengths, ArgsField::BatchSizes}, op.getField()),
           ofThreads = llvm::is_contained(
               {ArgsField::ParallelFor, ArgsField::ParallelContext, ArgsField::Barrier},
               op.getField());
      if ((ofLengths && !llvm::is_contained(words, "ragged")) ||
          (ofThreads && !llvm::is_contained(words, "threads")))
        replaceByNone(op);
    });
  }

  void keep(func::FuncOp run, ArrayRef<StringRef> words) {
    run->setAttr(keptFunctionsName, Builder(run).getStringAttr(llvm::join(words, ",")));
    std::string name =
        run->getAttrOfType<rnn::DescriptorAttr>(rnn::DescriptorAttr::name).getName().str();
    auto erase = [&](StringRef word, StringRef suffix) {
      if (auto worker = getOperation().lookupSymbol<func::FuncOp>(name + "." + suffix.str());
          worker && !llvm::is_contained(words, word))
        worker.erase();
    };
    erase("step", "step");
    erase("pack", "pack");
    for (StringRef suffix : {"init_state", "read_state", "reset_state"})
      erase("state", suffix);
    if (!llvm::is_contained(words, "run")) { // what describes the model goes on standing there
      Block &body = run.getBody().front();
      while (&body.front() != body.getTerminator())
        body.getTerminator()->getPrevNode()->erase();
    }
  }
};
} // namespace
