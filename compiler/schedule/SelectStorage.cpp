//===- SelectStorage.cpp - Narrow weights where they pay -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/schedule/CostModel.h"
#include "compiler/schedule/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"

namespace grucc {
#define GEN_PASS_DEF_SELECTSTORAGE
#include "compiler/schedule/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;
using rnn::StorageKind;

namespace {
/// Matrices that share a kernel: ops with a `storage`.
struct Group {
  SmallVector<Operation *> ops;

  static rnn::StorageAttr storageOf(Operation *op) {
    return op->getAttrOfType<rnn::StorageAttr>("storage");
  }

  /// The kinds that hold every matrix and that the machine can widen, narrowest first.
  SmallVector<StorageKind> kinds(rnn::MachineAttr machine) const {
    SmallVector<StorageKind> kinds;
    for (const rnn::Storage &storage : rnn::storages()) {
      bool isWidened = !storage.needs || machine.getRow().*storage.needs;
      if (isWidened && llvm::all_of(ops, [&](Operation *op) {
            return rnn::storageOf(storageOf(op)).isHeldBy(storage.kind);
          }))
        kinds.push_back(storage.kind);
    }
    return kinds;
  }

  void keep(StorageKind kind) const {
    for (Operation *op : ops) {
      rnn::StorageAttr found = storageOf(op);
      if (rnn::kindOf(found) == kind)
        continue;
      if (kind == StorageKind::Exact)
        op->removeAttr("storage");
      else
        op->setAttr("storage", rnn::StorageAttr::get(op->getContext(), kind, 0));
    }
  }
};

struct SelectStorage : grucc::impl::SelectStorageBase<SelectStorage> {
  void runOnOperation() override {
    for (func::FuncOp func : getOperation().getOps<func::FuncOp>())
      if (failed(select(func)))
        return signalPassFailure();
  }

  static LogicalResult select(func::FuncOp func) {
    auto machine = func->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
    if (!machine || !func->getAttrOfType<rnn::NetworkAttr>(rnn::NetworkAttr::name))
      return success();
    FailureOr<NetworkSizes> read = NetworkSizes::of(func);
    if (failed(read))
      return failure();
    NetworkSizes &sizes = *read;
    Group first, upper, recurrent;
    int64_t index = 0;
    func.walk([&](rnn::ProjectOp op) {
      bool isFirst = index++ < sizes.numDirections() || sizes.layersAlike();
      (isFirst ? first : upper).ops.push_back(op);
    });
    func.walk([&](rnn::CellOpInterface op) { recurrent.ops.push_back(op); });

    // At most three kinds a group: all combinations are looked at.
    NetworkStorage best;
    double least = HUGE_VAL;
    for (StorageKind hh : recurrent.kinds(machine))
      for (StorageKind ih : first.kinds(machine))
        for (StorageKind above :
             upper.ops.empty() ? SmallVector<StorageKind>{ih} : upper.kinds(machine)) {
          sizes.storage = {ih, above, hh};
          double cycles = storageCycles(sizes, machine);
          if (cycles < least)
            best = sizes.storage, least = cycles;
        }
    first.keep(best.first);
    upper.keep(best.upper);
    recurrent.keep(best.recurrent);
    return success();
  }
};
} // namespace
