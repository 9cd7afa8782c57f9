//===- WebAssembly.cpp - An object as a WebAssembly module of its own -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/Artifact.h"
#include "compiler/write/Lld.h"
#include "llvm/Object/Wasm.h"

LLD_HAS_DRIVER(wasm)

using namespace llvm;
using namespace grucc;

/// Options that export what a model is called by: its functions, and the symbol that says which
/// compilation it is of. The descriptor is for who links C, and goes.
static std::vector<std::string> exportsOf(StringRef object, StringRef name) {
  auto file = cantFail(object::ObjectFile::createWasmObjectFile(MemoryBufferRef(object, "object")));
  std::vector<std::string> options;
  for (const object::SymbolRef &symbol : file->symbols()) {
    const object::WasmSymbol &found = file->getWasmSymbol(symbol);
    StringRef rest = found.Info.Name;
    if (found.isDefined() && !found.isBindingLocal() && rest.consume_front(name) &&
        rest.consume_front("_") && (found.isTypeFunction() || rest.starts_with("id_")))
      options.push_back(("--export=" + found.Info.Name).str());
  }
  return options;
}

Expected<std::unique_ptr<MemoryBuffer>> grucc::linkWebAssembly(StringRef object, StringRef name) {
  std::vector<std::string> options = exportsOf(object, name);
  // The stack is as large as calls may take of one (A3); what overflows it would leave memory
  // instead of overwriting weights. Behind __heap_base memory is the caller's.
  for (const char *option :
       {"--no-entry", "--export=__heap_base", "--stack-first", "-zstack-size=16384", "--strip-all",
        "--compress-relocations", "--threads=1"})
    options.emplace_back(option);
  Expected<std::unique_ptr<WritableMemoryBuffer>> module =
      runLld({lld::Wasm, &lld::wasm::link}, "wasm-ld", object, options, "WebAssembly module");
  if (!module)
    return module.takeError();
  return std::move(*module);
}
