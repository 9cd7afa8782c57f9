//===- Frontend.h - From the user's files to an rnn.gru -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_FRONTEND_FRONTEND_H
#define GRUCC_COMPILER_FRONTEND_FRONTEND_H

#include "compiler/frontend/Network.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/Support/Error.h"

namespace grucc {

/// Reads a network from `path` (NETWORK.json or WEIGHTS.safetensors, by
/// extension), or from the flags alone when `path` is empty. Errors carry the
/// whole diagnostic line(s), `FILE: error: argument: found ..., expected ...`,
/// and are DiagnosticErrors (Diagnostic.h), which know the exit code.
/// Warnings (C6) are appended to `warnings`, one line each; what had to be assumed is
/// kept with the network, for those who go by it.
llvm::Expected<Network> readNetwork(llvm::StringRef path, const NetworkFlags &flags,
                                    std::vector<std::string> &warnings);

/// The module that the pipeline starts from: one func.func named `name` with
/// arguments input, h_0, dropout_seed when training, and the weights when
/// external, holding one rnn.gru whose weights are otherwise dense_resource
/// constants. These look at the network's bytes in place and keep them alive.
mlir::OwningOpRef<mlir::ModuleOp> buildModule(mlir::MLIRContext &context, const Network &network,
                                              llvm::StringRef name);

/// Parses NETWORK.mlir: a module with exactly one func.func holding one rnn.gru.
/// Diagnostics go to the context's handler.
mlir::OwningOpRef<mlir::ModuleOp> parseModule(mlir::MLIRContext &context, llvm::StringRef path);

/// What MLIR reports, in the form of grucc's own errors: `argument: found ..., expected ...`.
std::string errorText(const mlir::Diagnostic &diagnostic);

/// What the rnn.gru of a parsed module says, with its weights' values copied
/// out; the flags given must agree with it (E).
llvm::Expected<Network> describeModule(mlir::ModuleOp module, llvm::StringRef path,
                                       const NetworkFlags &flags);

} // namespace grucc

#endif // GRUCC_COMPILER_FRONTEND_FRONTEND_H
