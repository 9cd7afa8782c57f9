//===- Storage.td - What weights are kept in --------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Storage.h holds the same facts for C++: narrowing, and the narrowest storage of
// given values.
//
//===----------------------------------------------------------------------===//

#ifndef RNN_STORAGE_TD
#define RNN_STORAGE_TD

include "mlir/IR/EnumAttr.td"

def Rnn_StorageKind : I32Enum<"StorageKind", "numbers that weights are kept in", [
    I32EnumCase<"Exact", 0, "exact">,
    I32EnumCase<"Float32", 1, "float32">,
    I32EnumCase<"BFloat16", 2, "bfloat16">,
    I32EnumCase<"Float16", 3, "float16">,
    I32EnumCase<"Int8", 4, "int8">]> {
  let cppNamespace = "::grucc::rnn";
}

def Rnn_StorageAttr : AttrDef<Rnn_Dialect, "Storage"> {
  let mnemonic = "storage";
  let summary = "the numbers that one weight matrix is kept in, without loss";
  let description = [{
    Every value w of the matrix is widened to the network's own numbers before
    anything is computed, and is then the same to the bit, sign of zero included:

    | kind | bytes a weight | widened |
    |---|---|---|
    | `exact` | 4 or 8 | w = the network's own number |
    | `float32` | 4 | w = q, a float32; float64 networks only |
    | `bfloat16` | 2 | w = the float32 whose upper half is q; its lower half is zero |
    | `float16` | 2 | w = q, an IEEE half; no NaN |
    | `int8` | 1 | w = q * 2^exponent, -128 <= q <= 127, -64 <= exponent <= 64; no -0 |

    So no storage changes a result bit (N3, N4): arithmetic and its order are
    those of the network's own numbers.

    `rnn-narrow-weights` states the narrowest that holds a constant matrix;
    `rnn-select-storage` goes back to a wider one where that is faster. An op
    without the attribute has `exact`.

    Example:

    ```mlir
    func.func @project(%x: tensor<?x?x2xf32>, %w: tensor<9x2xf32>) -> tensor<?x?x9xf32> {
      %gates = rnn.project %x, %w {storage = #rnn.storage<int8, exponent = -7>}
          : (tensor<?x?x2xf32>, tensor<9x2xf32>) -> tensor<?x?x9xf32>
      return %gates : tensor<?x?x9xf32>
    }
    ```
  }];
  let parameters = (ins
    EnumParameter<Rnn_StorageKind>:$kind,
    DefaultValuedParameter<"int64_t", "0">:$exponent);
  let assemblyFormat = "`<` $kind (`,` `exponent` `=` $exponent^)? `>`";
  let genVerifyDecl = 1;
}

#endif // RNN_STORAGE_TD
