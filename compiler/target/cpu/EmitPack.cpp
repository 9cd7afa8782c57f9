//===- EmitPack.cpp - NAME_pack: external weights into panels -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Interface.h"
#include "compiler/target/cpu/PackFunctions.h"

using namespace mlir;
using namespace grucc;
using namespace grucc::cpu;

void Interface::emitPack() {
  publicFunction("pack", {pointer(), pointer()}, e.getI32Type(), [&](ValueRange args) {
    Value tensors = args[0], packed = args[1];
    auto null = [&] { return e.either(isNull(tensors), isNull(packed)); };
    auto aligned = [&] { return misaligned(packed); };
    // Every tensor is looked at before anything is written.
    auto nullTensor = [&] {
      Values any = e.loop(e.index(0), e.index(plan.weightsCount()), e.index(1), e.truth(false),
                          [&](Value index, ValueRange any) {
                            Value at = arith::IndexCastOp::create(e, e.getI64Type(), index);
                            return Values{e.either(any[0], isNull(loadTensor(e, tensors, at)))};
                          });
      return any[0];
    };
    Check checks[] = {{null, ErrorNull}, {nullTensor, ErrorNull}, {aligned, ErrorAlignment}};
    return guarded(checks, [&] {
      e.call(module.lookupSymbol<func::FuncOp>(plan.packName()), {tensors, packed});
    });
  });
}
