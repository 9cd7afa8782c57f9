//===- Frame.h - What a function that threads run is given -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// parallel_for calls body(frame, part): the frame, on the stack of whoever forks, has a
// word of eight bytes for every value that the body takes from where it stood, and for
// strided memory several.
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_TARGET_CPU_FRAME_H
#define GRUCC_COMPILER_TARGET_CPU_FRAME_H

#include "compiler/target/cpu/Emitter.h"

namespace grucc::cpu {

/// Words that a value takes: memory, beside its address, one for each number that its type
/// does not say; 0 for what has no place in a frame.
size_t wordsOf(mlir::Type type);
size_t wordsOf(mlir::TypeRange types);

/// Room for words on the stack of the function that is being written; never in
/// one of its loops.
Value emitFrame(Emitter &e, size_t words);
/// Values into the words from `first` on: memory, indices, truths, counts, pointers.
void storeWords(Emitter &e, Value frame, int64_t first, ValueRange values);

/// void name(frame, i64 part): `work` on what storeWords left in the frame. It is
/// called from few places and never inlined: code stays small.
mlir::func::FuncOp emitBody(Emitter &e, mlir::ModuleOp module, const llvm::Twine &name,
                            mlir::TypeRange types,
                            llvm::function_ref<void(ValueRange, Value)> work);

/// function(arguments), a pointer that is called.
void callPointer(Emitter &e, Value function, ValueRange arguments);
/// parallelFor(context, count, body, frame).
void callFork(Emitter &e, Value parallelFor, Value context, Value count, mlir::func::FuncOp body,
              Value frame);

} // namespace grucc::cpu

#endif // GRUCC_COMPILER_TARGET_CPU_FRAME_H
