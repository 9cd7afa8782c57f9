//===- Network.td - The facts about a network -------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Network.h holds the fields, for C++ that has no IR.
//
//===----------------------------------------------------------------------===//

#ifndef RNN_NETWORK_TD
#define RNN_NETWORK_TD

def Rnn_NetworkParameter : AttrParameter<"::grucc::rnn::Network", "sizes and flags"> {
  let cppAccessorType = "const ::grucc::rnn::Network &";
}

def Rnn_NetworkAttr : AttrDef<Rnn_Dialect, "Network"> {
  let mnemonic = "network";
  let summary = "the sizes and flags of a network: torch.nn.GRU's arguments";
  let description = [{
    | field | when left out | meaning |
    |---|---|---|
    | `input_size`, `hidden_size` | | I and H: 1 to 2^31 - 1 (C1) |
    | `num_layers` | 1 | L: at most 1024 (C1) |
    | `bias` | true | whether cells have biases (C4) |
    | `batch_first` | false | input and output are `[B, T, .]` (C5) |
    | `bidirectional` | false | D = 2 directions (C7) |
    | `reverse` | false | the only direction is the reverse one (C15) |
    | `variant` | as torch | `#rnn.variant` (C15) |
    | `dropout` | 0 | p in [0, 1]: of the output of every layer but the last, in training (C6) |
    | `training` | false | whether runs draw dropout masks, or take them (C6) |
    | `dtype` | float32 | `float32` or `float64` (C12) |
    | `external_weights` | false | weights are arguments, given at run time; else constants |

    All tensors together have less than 2^31 bytes. `rnn-split-layers` writes it to
    the function as `rnn.network` when the `rnn.gru` goes; from then on it is the only
    place of these facts, and what is made of the function carries it on.

    Example:

    ```mlir
    func.func private @gru(tensor<?x?x2xf32>, tensor<2x?x3xf32>)
        -> (tensor<?x?x3xf32>, tensor<2x?x3xf32>)
        attributes {rnn.network = #rnn.network<
            input_size = 2, hidden_size = 3, num_layers = 2, dropout = 0.5, training = true>}
    ```
  }];
  let parameters = (ins Rnn_NetworkParameter:$network);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
}

def Rnn_DescriptorAttr : Rnn_Attr<"Descriptor", "descriptor"> {
  let summary = "what the descriptor and the header of a model say beside its network";
  let description = [{
    | field | unit | meaning |
    |---|---|---|
    | `name` | | the prefix of the model's symbols |
    | `workspace_rows` | bytes | of one step's workspace: for each part, bytes of one row |
    | `workspace_fixed` | bytes | of the same, beside the parts |
    | `weights_bytes` | bytes | of packed weights |
    | `step_rows` | rows | a run of one step has several threads from so many on; 0: never |
    | `row_bytes` | bytes | of the widest row of a step: its input, output or gates |

    `rnn-lower-layers` writes it as `rnn.descriptor` to the function @NAME.run,
    `rnn-emit-interface` moves it to NAME_run, for `rnn-emit-descriptor` and the header.

    Example:

    ```mlir
    func.func private @gru_run(!llvm.ptr) -> i32 attributes {
        rnn.network = #rnn.network<input_size = 2, hidden_size = 3>,
        rnn.descriptor = #rnn.descriptor<name = "gru", workspace_rows = [48, 12],
                                         workspace_fixed = 64, weights_bytes = 1024, step_rows = 0,
                                         row_bytes = 96>}
    ```
  }];
  let parameters = (ins
    StringRefParameter<"prefix of symbols">:$name,
    "::mlir::DenseI64ArrayAttr":$workspace_rows,
    "int64_t":$workspace_fixed,
    "int64_t":$weights_bytes,
    "int64_t":$step_rows,
    "int64_t":$row_bytes);
  let genVerifyDecl = 1;
}

#endif // RNN_NETWORK_TD
