//===- HeaderParts.cpp - What a header has beside functions -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/write/Artifact.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;
using namespace grucc;

std::string grucc::stepSizes(const HeaderFacts &facts) {
  std::string text, line = std::to_string(facts.alignment),
                    rest = std::to_string(facts.alignment - 1);
  raw_string_ostream out(text);
  auto rounded = [&](int64_t rowBytes) {
    return "(INT64_C(" + std::to_string(rowBytes) + ") * (B) + " + rest + ") / " + line + " * " +
           line;
  };
  std::string upper = StringRef(facts.name).upper();
  out << "\n/* Bytes for B >= 1 rows, as constants: what " << facts.name << "_state_bytes(B) and "
      << facts.name << "_workspace_bytes(1, B) return. */\n"
      << "#define " << upper << "_STATE_BYTES(B) (" << facts.stateHeaderBytes << " + "
      << facts.stateBuffers << " * (" << rounded(facts.network.stateRowBytes()) << "))\n"
      << "#define " << upper << "_STEP_WORKSPACE_BYTES(B) \\\n  (" << facts.workspaceFixed;
  for (int64_t bytes : facts.workspaceRows)
    out << " + \\\n   " << rounded(bytes);
  out << ")\n";
  return text;
}

std::string grucc::linkCheck(StringRef name, StringRef idSymbol) {
  std::string text;
  raw_string_ostream(text)
      << "\n/* The object that this header was written with defines this symbol, and no other: a "
         "program\n"
         " * that includes the header does not link with an older or a newer one. Whoever links "
         "with\n"
         " * none, but opens a library at run time, defines GRUCC_NO_LINK_CHECK. */\n"
         "extern const uint8_t "
      << idSymbol
      << "[32];\n"
         "#if defined(GRUCC_NO_LINK_CHECK)\n"
         "#elif defined(__GNUC__)\n"
         "#if defined(__has_attribute) && defined(__ELF__) && defined(__linux__)\n"
         "#if __has_attribute(retain)\n"
         "__attribute__((retain))\n"
         "#endif\n"
         "#endif\n"
         "__attribute__((used)) static const uint8_t *const "
      << name << "_links = " << idSymbol
      << ";\n"
         "#elif defined(_MSC_VER)\n"
         "#pragma comment(linker, \"/include:"
      << idSymbol << "\")\n#endif\n";
  return text;
}
