//===- EmitInterface.cpp - The C interface around private functions -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Passes.h"
#include "compiler/target/cpu/PublicFunctions.h"
#include "dialects/rnn/CStructs.h"

namespace grucc {
#define GEN_PASS_DEF_EMITINTERFACE
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

/// %0 = rnn.argument batch of %args : index
///   ==>
/// %at = llvm.getelementptr %args[0, 2] : !llvm.struct<...>, as grucc_args
/// %0 = llvm.load %at, as an index
static void lower(rnn::ArgumentOp op, Type structType) {
  OpBuilder builder(op);
  Emitter e(op.getLoc(), builder, Type(), /*fma=*/false);
  Type type = op.getValue().getType();
  auto memory = dyn_cast<MemRefType>(type);
  Value at = LLVM::GEPOp::create(e, e.pointerType(), structType, op.getArgs(),
                                 ArrayRef<LLVM::GEPArg>{0, int32_t(op.getField())});
  Type field = memory ? e.pointerType() : type.isIndex() ? e.getI64Type() : type;
  Value value = LLVM::LoadOp::create(e, field, at);
  if (memory)
    value = viewOf(e, value, memory);
  else if (type.isIndex())
    value = arith::IndexCastOp::create(e, type, value);
  op.replaceAllUsesWith(value);
  op.erase();
}

/// The public functions of the network that @NAME.run runs.
static LogicalResult emit(func::FuncOp run, const SymbolUserMap &users) {
  auto facts = run->getAttrOfType<rnn::DescriptorAttr>(rnn::DescriptorAttr::name);
  auto network = run->getAttrOfType<rnn::NetworkAttr>(rnn::NetworkAttr::name);
  auto machine = run->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
  if (!network || !machine)
    return run.emitError() << (network ? "rnn.machine" : "rnn.network")
                           << ": found none, expected it beside rnn.descriptor";
  std::string name = facts.getName().str();
  if (run.getName() != name + ".run")
    return run.emitError() << "rnn.descriptor: found it on @" << run.getName() << ", expected @"
                           << name << ".run";
  OpBuilder builder(run.getContext());
  Emitter e(run.getLoc(), builder, Type(), /*fma=*/false);
  e.machine = machine;
  return PublicFunctions(e, run, facts, network.getNetwork(), users).emit();
}

namespace {
struct EmitInterface : grucc::impl::EmitInterfaceBase<EmitInterface> {
  void runOnOperation() override {
    SmallVector<func::FuncOp> runs;
    for (auto func : getOperation().getOps<func::FuncOp>())
      if (func->hasAttrOfType<rnn::DescriptorAttr>(rnn::DescriptorAttr::name))
        runs.push_back(func);
    if (runs.empty()) {
      getOperation().emitError("found no rnn.descriptor, expected rnn-lower-layers to have run");
      return signalPassFailure();
    }
    SymbolTableCollection tables;
    SymbolUserMap users(tables, getOperation());
    for (func::FuncOp run : runs)
      if (failed(emit(run, users)))
        return signalPassFailure();
    Type structType = rnn::CStruct::args().type(&getContext());
    getOperation().walk([&](rnn::ArgumentOp op) { lower(op, structType); });
  }
};
} // namespace
