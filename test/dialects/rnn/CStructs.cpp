//===- CStructs.cpp - rnn-c-structs: what generated code takes C structs for -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// rnn-c-structs TRIPLE: a C file that a compiler for TRIPLE takes only where its structs are
// those of dialects/rnn/CStructs.h, field by field.
//
//===----------------------------------------------------------------------===//

#include "dialects/rnn/CStructs.h"
#include "compiler/target/ModelAbi.h"
#include "grucc/model.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace grucc;

static_assert(abiVersion == GRUCC_ABI_VERSION && rnn::usualAlignment == GRUCC_ALIGNMENT);
static_assert(int(Ok) == GRUCC_OK && int(ErrorArgsSize) == GRUCC_ERROR_ARGS_SIZE &&
              int(ErrorShape) == GRUCC_ERROR_SHAPE && int(ErrorNull) == GRUCC_ERROR_NULL &&
              int(ErrorAlignment) == GRUCC_ERROR_ALIGNMENT &&
              int(ErrorUnsupported) == GRUCC_ERROR_UNSUPPORTED);

static void expect(const llvm::Twine &what, int64_t bytes) {
  llvm::outs() << "_Static_assert(" << what << " == " << bytes << ", \"\");\n";
}

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  llvm::outs() << "#include \"grucc/model.h\"\n#include <stddef.h>\n";
  for (const rnn::CStruct *type : {&rnn::CStruct::args(), &rnn::CStruct::model()}) {
    llvm::SmallVector<int64_t> offsets = type->offsets(llvm::Triple(argv[1]));
    for (auto [field, offset] : llvm::zip(type->fields(), offsets))
      expect("offsetof(" + type->name() + ", " + field.name + ")", offset);
    expect("sizeof(" + type->name() + ")", offsets.back());
  }
  return 0;
}
