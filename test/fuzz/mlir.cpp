//===- mlir.cpp - Any text as NETWORK.mlir --------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The scan, and MLIR's parser on all that the scan lets through.
//
//===----------------------------------------------------------------------===//

#include "compiler/frontend/Frontend.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/MLIRContext.h"
#include "test/fuzz/Input.h"

/// A context keeps every type and attribute that it has seen: a new one now and then.
static mlir::MLIRContext &context() {
  static std::unique_ptr<mlir::MLIRContext> current;
  static unsigned uses = 0;
  if (uses++ % 512 == 0) {
    current = std::make_unique<mlir::MLIRContext>(mlir::MLIRContext::Threading::DISABLED);
    current->getDiagEngine().registerHandler([](mlir::Diagnostic &) {});
  }
  return *current;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static grucc::fuzz::InputFile file("input.mlir");
  llvm::StringRef path = file.write(data, size);
  mlir::OwningOpRef<mlir::ModuleOp> module = grucc::parseModule(context(), path);
  if (module)
    for (bool external : {false, true}) {
      grucc::NetworkFlags flags;
      flags.externalWeights = external;
      grucc::fuzz::take(grucc::describeModule(*module, path, flags).takeError());
    }
  return 0;
}
