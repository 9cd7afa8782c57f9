//===- Opt.cpp - grucc-opt with the cells that only tests have -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestCells.h"
#include "compiler/Pipeline.h"
#include "compiler/target/cpu/LowerToLLVM.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

int main(int argc, char **argv) {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  registry.insert<grucc::rnn::RnnDialect, grucc::test::TestDialect>();
  // A layer names its cell: its dialect must be there before any op of it is.
  registry.addExtension(+[](mlir::MLIRContext *context, grucc::rnn::RnnDialect *) {
    context->loadDialect<grucc::test::TestDialect>();
  });
  mlir::registerAllPasses();
  grucc::registerPasses();
  grucc::test::registerLowerCells();
  grucc::test::registerPrintPacked();
  mlir::PassPipelineRegistration<>(
      "test-lower-to-llvm", "kernels ==> the LLVM dialect",
      [](mlir::OpPassManager &passes) { grucc::cpu::buildLowerToLLVM(passes); });
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "cells-opt: grucc-opt with the cells of tests\n", registry));
}
