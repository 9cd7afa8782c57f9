//===- EmitDescriptor.cpp - NAME_model -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Interface.h"
#include "compiler/target/cpu/Passes.h"
#include "dialects/rnn/Rnn.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "llvm/ADT/StringExtras.h"

namespace grucc {
#define GEN_PASS_DEF_EMITDESCRIPTOR
#include "compiler/target/cpu/Passes.h.inc"
} // namespace grucc

using namespace mlir;
using namespace grucc;

// The layout below is grucc_model's of runtime/include/grucc/model.h, and so are
// the values of flags.

namespace {
class Descriptor {
public:
  Descriptor(ModuleOp module, DictionaryAttr facts)
      : module(module), facts(facts), b(module.getLoc(), module.getBodyRegion()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())) {
    b.setInsertionPointToEnd(module.getBody());
    name = cast<StringAttr>(facts.get("name")).str();
  }

  void emit(const rnn::Target &row, StringRef provenance, const ModelId &id) {
    auto idType = LLVM::LLVMArrayType::get(b.getI8Type(), sizeof(ModelId));
    LLVM::GlobalOp::create(b, idType, /*isConstant=*/true, LLVM::Linkage::External,
                           idSymbol(name, id), idBytes(id));
    std::string nameText = text("name", name), target = text("target", row.name),
                provenanceText = text("provenance", provenance);
    Type i32 = b.getI32Type(), i64 = b.getI64Type();
    auto words = [&](unsigned count) { return LLVM::LLVMArrayType::get(i64, count); };
    SmallVector<Type> types(10, i32);
    types.append({i64, i64, i64, b.getF64Type(), b.getF64Type(), words(activationWords),
                  words(featureWords), i64, i64, i64, idType});
    types.append(3 + std::size(modelFunctions), pointer);
    auto type = LLVM::LLVMStructType::getLiteral(b.getContext(), types);
    auto global = LLVM::GlobalOp::create(b, type, /*isConstant=*/true, LLVM::Linkage::External,
                                         name + "_model", Attribute(), /*alignment=*/64);
    b.setInsertionPointToStart(b.createBlock(&global.getInitializer()));
    value = LLVM::ZeroOp::create(b, type);
    set(constant(i32, abiVersion));
    set(constant(i32, modelBytes));
    set(constant(i32, flags()));
    set(constant(i32, number("step_rows")));
    for (int64_t value : {int64_t(row.platform->architecture),
                          int64_t(row.platform->pointerBytes()), bufferAlignment})
      set(constant(i32, value));
    position += 3; // reset, direction and reserved stay 0
    for (StringRef field : {"input_size", "hidden_size", "num_layers"})
      set(constant(i64, number(field)));
    double dropout = 0;
    if (auto attribute = module->getAttrOfType<FloatAttr>("rnn.dropout"))
      dropout = attribute.getValueAsDouble();
    set(LLVM::ConstantOp::create(b, b.getF64Type(), b.getF64FloatAttr(dropout)));
    position += 2; // clip and activations stay torch's
    value = LLVM::InsertValueOp::create(b, value, constant(i64, row.cpuFeatures),
                                        ArrayRef<int64_t>{position++, 0});
    for (StringRef field : {"weights_bytes", "weights_count"})
      set(constant(i64, number(field)));
    ++position; // checksum
    set(LLVM::ConstantOp::create(b, idType, idBytes(id)));
    for (const std::string &symbol : {nameText, target, provenanceText})
      set(LLVM::AddressOfOp::create(b, pointer, symbol));
    for (StringRef function : modelFunctions) {
      std::string symbol = (name + "_" + function).str();
      if (module.lookupSymbol<LLVM::LLVMFuncOp>(symbol))
        set(LLVM::AddressOfOp::create(b, pointer, symbol));
      else
        ++position; // stays NULL
    }
    LLVM::ReturnOp::create(b, value);
  }

private:
  ModuleOp module;
  DictionaryAttr facts;
  ImplicitLocOpBuilder b;
  Type pointer;
  std::string name;
  Value value;
  int64_t position = 0;

  int64_t number(StringRef field) { return cast<IntegerAttr>(facts.get(field)).getInt(); }
  bool flag(StringRef field) { return cast<BoolAttr>(facts.get(field)).getValue(); }
  uint32_t flags() {
    uint32_t bits = 0, bit = 1;
    for (StringRef name :
         {"bias", "batch_first", "bidirectional", "float64", "external", "training"}) {
      bits |= flag(name) ? bit : 0;
      bit <<= 1;
    }
    return bits;
  }
  StringAttr idBytes(const ModelId &id) {
    return b.getStringAttr(StringRef(reinterpret_cast<const char *>(id.data()), id.size()));
  }
  Value constant(Type type, int64_t number) {
    return LLVM::ConstantOp::create(b, type, b.getIntegerAttr(type, number));
  }
  void set(Value field) {
    value = LLVM::InsertValueOp::create(b, value, field, ArrayRef<int64_t>{position++});
  }
  /// A NUL-terminated private string; its symbol.
  std::string text(StringRef what, StringRef contents) {
    std::string symbol = (name + "." + what).str(), terminated = contents.str() + '\0';
    auto type = LLVM::LLVMArrayType::get(b.getI8Type(), terminated.size());
    LLVM::GlobalOp::create(b, type, /*isConstant=*/true, LLVM::Linkage::Internal, symbol,
                           b.getStringAttr(terminated));
    return symbol;
  }
};

struct EmitDescriptor : grucc::impl::EmitDescriptorBase<EmitDescriptor> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    auto facts = module->getAttrOfType<DictionaryAttr>("rnn.descriptor");
    auto machine = module->getAttrOfType<rnn::MachineAttr>("rnn.machine");
    if (!facts || !machine) {
      module.emitError("found no rnn.descriptor, expected rnn-emit-kernels to have run");
      return signalPassFailure();
    }
    // What the frontend knew, and what has been chosen since; kept for the header.
    std::string provenance;
    if (auto text = module->getAttrOfType<StringAttr>("rnn.provenance"))
      provenance = text.getValue().str();
    llvm::raw_string_ostream out(provenance);
    out << "target: " << machine.getTarget() << " (" << machine.getName() << ")\n";
    if (Attribute schedule = module->getAttr("rnn.schedule"))
      out << "schedule: " << schedule << "\n";
    module->setAttr("rnn.provenance", StringAttr::get(&getContext(), provenance));
    std::string factText;
    llvm::raw_string_ostream(factText) << facts;
    ModelId id = hashModel(provenance, factText);
    module->setAttr("rnn.id", StringAttr::get(&getContext(), llvm::toHex(id, /*LowerCase=*/true)));
    Descriptor(module, facts).emit(machine.getRow(), provenance, id);
  }
};
} // namespace
