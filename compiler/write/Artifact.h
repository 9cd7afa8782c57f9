//===- Artifact.h - What is written around an object -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_COMPILER_WRITE_ARTIFACT_H
#define GRUCC_COMPILER_WRITE_ARTIFACT_H

#include "dialects/rnn/Network.h"
#include "dialects/rnn/Targets.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <memory>
#include <string>

namespace grucc {

/// A static archive with the one object, the same bytes every time (N6).
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> writeArchive(llvm::StringRef object,
                                                                 llvm::StringRef name);

/// A shared library of the one object for a platform, linked in-process by lld without
/// any library; exports the descriptor as `grucc_model_entry` too, which is its entry
/// point and has its checksum. `fileName` is what a program that was linked with
/// the library asks for when it starts.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> linkSharedLibrary(llvm::StringRef object,
                                                                      const rnn::Platform &platform,
                                                                      llvm::StringRef name,
                                                                      llvm::StringRef fileName);

/// A WebAssembly module of the one object, which imports nothing and exports the functions of the
/// model NAME, the symbol that says which compilation it is of, its memory and where the caller's
/// part of that begins (__heap_base).
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> linkWebAssembly(llvm::StringRef object,
                                                                    llvm::StringRef name);

/// Writes grucc_model.checksum, as model.h defines it, to the descriptor that the library's entry
/// point names.
llvm::Error writeChecksum(llvm::MutableArrayRef<char> library);

/// False once lld has failed in a way that damages the process: it runs no more then, and
/// the program must end without tidying up.
bool canLinkAgain();

/// A cubin for `target` of kernels in PTX, by the program `ptxas`: a path, or a name
/// that is looked for. Which bytes is up to the program.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
assembleKernels(llvm::StringRef kernels, llvm::StringRef target, const std::string &ptxas);

/// Bytes of the object's code sections.
llvm::Expected<int64_t> codeBytes(llvm::StringRef object);
/// Of an object that can be read: bytes of the functions whose symbols begin with `prefix`, and a
/// '.' or '_'.
int64_t codeBytes(llvm::StringRef object, llvm::StringRef prefix);

/// What a header says of a model.
struct HeaderFacts {
  std::string name, provenance;
  std::string idSymbol; ///< what the object defines, and the header asks for
  rnn::Network network;
  bool unwindTables = true; ///< exceptions may leave parallel_for
  bool asksSystem = false;  ///< what a CPU has no instruction says
  bool flushesSubnormals = false;
  bool softFloat = false; ///< see rnn::Target
  int64_t alignment = 0;
  /// Of a state: bytes in front, and buffers.
  int64_t stateHeaderBytes = 0, stateBuffers = 0;
  /// Of one step's workspace: bytes a row of each part, and those beside them.
  llvm::ArrayRef<int64_t> workspaceRows;
  int64_t workspaceFixed = 0;
  std::vector<std::string> functions;      ///< words of --functions; empty: all
  int64_t stackBytes = 0;                  ///< of a call at the most; 0: not known
  int64_t weightsBytes = 0, codeBytes = 0; ///< of the functions that it declares
  std::vector<std::string> levels;         ///< targets, where there are several
};

/// What state_bytes and workspace_bytes return, as constants of C for arrays.
std::string stepSizes(const HeaderFacts &facts);

/// Lines of a header that do not link without the object that it was written with.
std::string linkCheck(llvm::StringRef name, llvm::StringRef idSymbol);

/// The C99 and C++ header of a model (A1).
std::string writeHeader(const HeaderFacts &facts);

} // namespace grucc

#endif // GRUCC_COMPILER_WRITE_ARTIFACT_H
