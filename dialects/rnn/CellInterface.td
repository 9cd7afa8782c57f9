//===- CellInterface.td - What every recurrent cell is ----------*- tablegen -*-===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef RNN_CELL_INTERFACE_TD
#define RNN_CELL_INTERFACE_TD

include "mlir/IR/OpBase.td"

def Rnn_CellOpInterface : OpInterface<"CellOpInterface"> {
  let cppNamespace = "::grucc::rnn";
  let description = [{
    One step of a recurrent cell. Which gates it has, how many states, and which gates
    take their product from what (its rounds) stands in dialects/rnn/Cells.h, and so do
    its equations. Everything that asks how many rows a weight matrix has, which biases
    can be added before the recurrence or how a step goes asks this interface.

    Operands: `gates` `[B, G]`, the input part with its biases; `h` `[B, S*H]`, the
    states side by side; `w_hh` `[G, H]`; and perhaps `bias`: `[G]` = b_hh, or of the
    gates that keep theirs alone.
  }];
  let methods = [
    StaticInterfaceMethod<"The table and the equations of a variant, in numbers and as IR.",
      "::grucc::rnn::CellEquations", "getEquations", (ins "const ::grucc::Variant &":$variant)>,
    StaticInterfaceMethod<"A cell of this kind. Storage and variant may be null.",
      "::mlir::Operation *", "build",
      (ins "::mlir::OpBuilder &":$builder, "::mlir::Location":$location, "::mlir::Type":$type,
           "::mlir::ValueRange":$operands, "::grucc::rnn::StorageAttr":$storage,
           "::grucc::rnn::VariantAttr":$variant), [{
        ::llvm::SmallVector<::mlir::NamedAttribute> attributes;
        if (storage)
          attributes.emplace_back(builder.getStringAttr("storage"), storage);
        if (variant)
          attributes.emplace_back(builder.getStringAttr("variant"), variant);
        return ConcreteOp::create(builder, location, ::mlir::TypeRange(type), operands, attributes);
      }]>,
    InterfaceMethod<"The input part of the gates.", "::mlir::Value", "getGates">,
    InterfaceMethod<"The states before the step.", "::mlir::Value", "getH">,
    InterfaceMethod<"The recurrent weights.", "::mlir::Value", "getWHh">,
    InterfaceMethod<"What is added to the recurrent sums, or null.", "::mlir::Value", "getBias">,
    InterfaceMethod<"", "::mlir::MutableOperandRange", "getBiasMutable">,
    InterfaceMethod<"What the weights are kept in, or null.", "::grucc::rnn::StorageAttr",
      "getStorageAttr">,
    InterfaceMethod<"In what the cell differs from its op's own equations, or null.",
      "::grucc::rnn::VariantAttr", "getVariantAttr">,
  ];
  let extraSharedClassDeclaration = [{
    /// What other ops name this cell by.
    ::grucc::rnn::CellAttr getKind() { return ::grucc::rnn::kindOfCell($_op); }
    ::grucc::CellShape getShape() { return ::grucc::rnn::shapeOfCell($_op); }
  }];
  let verify = [{
    return ::grucc::rnn::verifyCell(::mlir::cast<::grucc::rnn::CellOpInterface>($_op));
  }];
}

#endif // RNN_CELL_INTERFACE_TD
