//===- Variant.td - Which cell, and in what it is not torch's ---*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Variant.h holds the fields, for C++ that has no IR.
//
//===----------------------------------------------------------------------===//

#ifndef RNN_VARIANT_TD
#define RNN_VARIANT_TD

def Rnn_VariantParameter : AttrParameter<"::grucc::Variant", "what differs from torch"> {
  let cppAccessorType = "const ::grucc::Variant &";
}

def Rnn_VariantAttr : AttrDef<Rnn_Dialect, "Variant"> {
  let mnemonic = "variant";
  let summary = "in what a GRU differs from torch.nn.GRU (C15)";
  let description = [{
    | field | when left out | meaning |
    |---|---|---|
    | `reset` | after | `after`: the candidate is of r * (W_hn h + b_hn); `before`: of W_hn (r * h) + b_hn |
    | `gate_activation` | "sigmoid" | of r and z |
    | `candidate_activation` | "tanh" | of n |
    | `clip` | 0 | c > 0: what activations are of is brought into [-c, c] first |

    Activations, with alpha and beta as ONNX defines them, and their values where they
    are left out:

    | activation | f(x) |
    |---|---|
    | `sigmoid`, `tanh` | |
    | `relu` | max(0, x) |
    | `hard_sigmoid(0.2, 0.5)` | max(0, min(1, alpha x + beta)) |
    | `softsign` | x / (1 + abs(x)) |
    | `softplus` | log(1 + exp(x)) |
    | `affine(1, 0)` | alpha x + beta |
    | `leaky_relu(0.01)` | x, or alpha x where x < 0 |
    | `thresholded_relu(1)` | x where x > alpha, else 0 |
    | `scaled_tanh(1, 1)` | alpha tanh(beta x) |
    | `elu(1)` | x, or alpha (exp(x) - 1) where x < 0 |

    Example:

    ```mlir
    func.func private @gru(tensor<?x?x2xf32>, tensor<1x?x3xf32>)
        -> (tensor<?x?x3xf32>, tensor<1x?x3xf32>)
        attributes {rnn.network = #rnn.network<input_size = 2, hidden_size = 3, variant = <
            reset = before, gate_activation = "hard_sigmoid(0.25, 0.5)", clip = 3.0>>}
    ```
  }];
  let parameters = (ins Rnn_VariantParameter:$variant);
  let hasCustomAssemblyFormat = 1;
  let genVerifyDecl = 1;
  let extraClassDeclaration = [{
    /// Ops without the attribute have torch's: null stands for it, here and there.
    static VariantAttr of(::mlir::MLIRContext *context, const ::grucc::Variant &variant) {
      return variant.isTorch() ? VariantAttr() : get(context, variant);
    }
    static ::grucc::Variant in(VariantAttr attribute) {
      return attribute ? attribute.getVariant() : ::grucc::Variant();
    }
  }];
}

def Rnn_CellAttr : AttrDef<Rnn_Dialect, "Cell"> {
  let mnemonic = "cell";
  let summary = "which cell: the name of its op, and its variant";
  let description = [{
    The op's dialect must be loaded. Where it is left out, it is `rnn.gru_cell`, as torch has it.

    Example:

    ```mlir
    func.func @fold(%b_ih: tensor<9xf32>, %b_hh: tensor<9xf32>) -> tensor<9xf32> {
      %b_x, %b_hn = rnn.fold_biases %b_ih, %b_hh {cell = #rnn.cell<"rnn.gru_cell", <reset = before>>}
          : (tensor<9xf32>, tensor<9xf32>) -> (tensor<9xf32>, tensor<3xf32>)
      return %b_x : tensor<9xf32>
    }
    ```
  }];
  let parameters = (ins StringRefParameter<"name of the op">:$op,
                        OptionalParameter<"::grucc::rnn::VariantAttr">:$variant);
  let assemblyFormat = "`<` $op (`,` $variant^)? `>`";
  let constBuilderCall = "$_builder.getAttr<::grucc::rnn::CellAttr>($0)";
}
def Rnn_Cell
    : DefaultValuedOptionalAttr<Rnn_CellAttr, "\"rnn.gru_cell\", ::grucc::rnn::VariantAttr()">;

#endif // RNN_VARIANT_TD
