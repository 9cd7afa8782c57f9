//===- Parser.h - The text of a module -----------------------------------===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef GRUCC_TOOLS_GRUCC_PTX_RUN_PARSER_H
#define GRUCC_TOOLS_GRUCC_PTX_RUN_PARSER_H

#include "Decoder.h"

namespace grucc::ptxrun {

/// A variable as its declaration says.
struct Declaration {
  uint32_t line = 0;
  llvm::StringRef name;
  unsigned elementBytes = 0;
  uint64_t size = 0, align = 1;
  bool isArray = false, isUnsized = false;
  bool isPointer = false; ///< of a parameter
  std::vector<char> initial;
};

/// Reads `.align 4 .b8 name[16] = {1, 2}`, behind the state space and up to `;`,
/// `,` or `)`.
Declaration parseDeclaration(Lexer &lexer, bool isParameter);

/// `.pragma "used_bytes_mask 0xfff";` tells of the load that follows; others of nothing.
std::optional<uint32_t> parsePragma(Lexer &lexer);

/// Skips what has no meaning here: .loc, .file, .pragma, .section. False: another word.
bool skipDirective(Lexer &lexer);

struct SharedVariable {
  uint64_t size, align;
  bool isUnsized;
};

/// The body of one .entry.
class FunctionParser : public Names {
public:
  using Outer = std::function<std::optional<Symbol>(llvm::StringRef name)>;
  FunctionParser(Lexer &lexer, Function &function, Program &program, Problem &problem,
                 const llvm::StringMap<SharedVariable> &sharedOutside, Outer outer)
      : lexer(lexer), function(function), program(program), problem(problem),
        sharedOutside(sharedOutside), outer(std::move(outer)), decoder(function, *this, problem) {}

  /// From behind the name: parameters, attributes and `{ ... }`.
  void parse();

  std::optional<Symbol> find(llvm::StringRef name, uint32_t line) override;
  void jump(llvm::StringRef label, uint32_t instruction, uint32_t line) override;

private:
  struct Range {
    unsigned bits;
    uint64_t count;
  };
  struct ScopeNames {
    llvm::StringMap<Symbol> names;
    llvm::StringMap<Range> ranges; ///< %r of %r<20>
  };
  struct Jump {
    llvm::StringRef label;
    uint32_t instruction, line;
  };

  void parseParameters();
  void parseAttributes();
  void parseExtent(Extent &extent, size_t &count);
  void parseBody();
  void parseRegisters();
  void parseShared();
  void parseDirective();
  void addShared(llvm::StringRef name, SharedVariable variable, ScopeNames &scope);
  bool declare(llvm::StringRef name, uint32_t line, Symbol symbol);
  std::optional<Symbol> findSpecial(llvm::StringRef name);
  void noteSync(const SyntaxStatement &statement);
  void finish();

  Lexer &lexer;
  Function &function;
  Program &program;
  Problem &problem;
  const llvm::StringMap<SharedVariable> &sharedOutside;
  Outer outer;
  Decoder decoder;
  std::vector<ScopeNames> scopes;
  llvm::StringMap<uint32_t> labels;
  std::vector<Jump> jumps;
  uint64_t sharedBytes = 0;
  std::optional<uint32_t> usedBytes; ///< of the next instruction, if it is a load
};

} // namespace grucc::ptxrun

#endif // GRUCC_TOOLS_GRUCC_PTX_RUN_PARSER_H
