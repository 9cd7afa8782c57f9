//===- Codegen.h - From the LLVM dialect to machine code -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_CODEGEN_H
#define GRUCC_COMPILER_TARGET_CPU_CODEGEN_H

#include "compiler/target/ModelAbi.h"
#include "dialects/rnn/Targets.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>

namespace llvm {
class Module;
} // namespace llvm

namespace grucc::cpu {

enum class CodeText { None, Assembly, LLVMIR };

struct Code {
  std::unique_ptr<llvm::MemoryBuffer> object; ///< an object file
  std::unique_ptr<llvm::MemoryBuffer> text;   ///< the same code, when it was asked for
  int64_t stackBytes = 0;                     ///< that a call takes at the most; 0 where that was not asked for
};

struct CodeOptions {
  rnn::OperatingSystem system = rnn::OperatingSystem::Linux;
  CodeText text = CodeText::None;
  Visibility visibility = Visibility::Hidden;
  bool unwindTables = true;
  bool optimizeSize = false; ///< short, not fast
  bool boundsStack = false;  ///< find Code::stackBytes, by way of a temporary file
};

/// Translates, optimises and generates code for a CPU's target. The code is position
/// independent, calls nothing that it does not define itself (A2), and never changes
/// the floating-point environment (N7). Unwind tables lie beside it and change no
/// instruction.
llvm::Expected<Code> generateCode(mlir::ModuleOp module, const rnn::Target &target,
                                  const CodeOptions &options);

/// Fused multiply-adds become those of WebAssembly's relaxed SIMD.
void useRelaxedFma(llvm::Module &module);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_CODEGEN_H
