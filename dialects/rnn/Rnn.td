//===- Rnn.td - The rnn dialect ---------------------------------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The nouns of grucc. Letters used for shapes in every comment:
//   T steps, B batch, I input size, H hidden size, D directions, L layers,
//   G = gates * H (row blocks; a GRU's: 3H, in the order r, z, n).
//
//===----------------------------------------------------------------------===//

#ifndef RNN_TD
#define RNN_TD

include "mlir/IR/OpBase.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/BuiltinAttributeInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Rnn_Dialect : Dialect {
  let name = "rnn";
  let cppNamespace = "::grucc::rnn";
  let summary = "gated recurrent networks, from the whole network down to one cell";
  let description = [{
    A network enters as one `rnn.gru`, which carries the whole contract of
    `torch.nn.GRU`. It is split into `rnn.layer`s (one layer, one direction,
    time-major), each of which becomes an `rnn.project` (the input part of the
    gates, for all time steps at once) and an `rnn.scan` over time whose body is
    an `rnn.gru_cell`. `#rnn.schedule` says how these run on a machine that
    `#rnn.machine` describes; it never says what they compute.

    What is true of a whole network stands on its function, each attribute under its own
    name, so that a module may hold several networks: `rnn.network = #rnn.network<...>`,
    `rnn.machine`, `rnn.schedule` and `rnn.memory`, `rnn.gpu` and `rnn.gpu_schedule`; `rnn.precision`, f16
    or bf16, is what weights and the operands of products are rounded to; `rnn.provenance`, a
    string, says what the model was made of. Where a target has replaced the function, they
    stand on what took its place: on @NAME.run, which becomes NAME_run, with `rnn.descriptor`
    and then `rnn.id`, the model's hash, or on the `gpu.module` of the kernels, with `rnn.cuda`.
    A model for a higher level of a CPU in the same artifact says of whom it is one, `rnn.level_of`,
    and those that may share them where their weights are, `rnn.weights`.
  }];
  let useDefaultAttributePrinterParser = 1;
  let hasConstantMaterializer = 1;
  let hasOperationAttrVerify = 1;
  let dependentDialects = ["::mlir::arith::ArithDialect", "::mlir::LLVM::LLVMDialect"];
}

class Rnn_Op<string mnemonic, list<Trait> traits = []> : Op<Rnn_Dialect, mnemonic, traits>;

// Result types follow from the operands; a result may say more or less than what
// is inferred, as long as no static dimension contradicts another.
def Rnn_InferTypes : InferTypeOpAdaptorBase<[{
  static bool isCompatibleReturnTypes(::mlir::TypeRange inferred, ::mlir::TypeRange given) {
    return ::grucc::rnn::areCompatible(inferred, given);
  }
}]>;

// A count, signed in C++ as every size is.
def Rnn_Count : TypedSignlessIntegerAttrBase<I64, "int64_t", "64-bit count"> {
  let convertFromStorage = "$_self.getInt()";
}

// float32 or float64 (C12). `rank` dimensions, any of them dynamic.
class Rnn_Tensor<int rank>
    : RankedTensorOf<[F32, F64], [HasAnyRankOfPred<[rank]>], rank#"-D tensor">;
def Rnn_Vector : Rnn_Tensor<1>;
def Rnn_Matrix : Rnn_Tensor<2>;
def Rnn_Sequence : Rnn_Tensor<3>;
def Rnn_Counts : RankedTensorOf<[I64], [HasAnyRankOfPred<[1]>], "1-D tensor">;

include "dialects/rnn/Schedule.td"
include "dialects/rnn/GpuSchedule.td"
include "dialects/rnn/Machine.td"
include "dialects/rnn/GpuPlan.td"
include "dialects/rnn/Network.td"
include "dialects/rnn/Variant.td"
include "dialects/rnn/Storage.td"
include "dialects/rnn/CellInterface.td"
include "dialects/rnn/NetworkOps.td"
include "dialects/rnn/LayerOps.td"
include "dialects/rnn/BiasOps.td"
include "dialects/rnn/CellOps.td"
include "dialects/rnn/ActivationOps.td"
include "dialects/rnn/KernelOps.td"
include "dialects/rnn/RowOps.td"
include "dialects/rnn/TeamOps.td"
include "dialects/rnn/Memory.td"
include "dialects/rnn/InterfaceOps.td"

#endif // RNN_TD
