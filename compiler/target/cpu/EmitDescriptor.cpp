//===- EmitDescriptor.cpp - NAME_model -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/cpu/Functions.h"
#include "compiler/target/cpu/Interface.h"
#include "compiler/target/cpu/Levels.h"
#include "compiler/target/cpu/Passes.h"
#include "dialects/rnn/CStructs.h"
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
using rnn::ModelField;

/// What NAME_id_... is a hash of, beside provenance, which has the variant: all that header and
/// object must agree on.
static std::string textOf(const rnn::Network &network, rnn::DescriptorAttr facts) {
  Builder b(facts.getContext());
  auto number = [&](StringRef name, int64_t value) {
    return b.getNamedAttr(name, b.getI64IntegerAttr(value));
  };
  auto flag = [&](StringRef name, bool value) {
    return b.getNamedAttr(name, b.getBoolAttr(value));
  };
  std::string text;
  llvm::raw_string_ostream(text) << b.getDictionaryAttr(
      {b.getNamedAttr("name", b.getStringAttr(facts.getName())),
       number("input_size", network.inputSize), number("hidden_size", network.hiddenSize),
       number("num_layers", network.numLayers), flag("bias", network.bias),
       flag("batch_first", network.batchFirst), flag("external", network.externalWeights),
       flag("bidirectional", network.bidirectional),
       flag("float64", network.dtype == rnn::DType::Float64), flag("training", network.training),
       flag("streams", network.streams()),
       b.getNamedAttr("workspace_rows", facts.getWorkspaceRows()),
       number("workspace_fixed", facts.getWorkspaceFixed()),
       number("weights_bytes", facts.getWeightsBytes()),
       number("weights_count", network.weightsCount()), number("step_rows", facts.getStepRows())});
  return text;
}

static StringAttr idBytes(Builder &b, const ModelId &id) {
  return b.getStringAttr(StringRef(reinterpret_cast<const char *>(id.data()), id.size()));
}

static LLVM::LLVMArrayType idType(Builder &b) {
  return LLVM::LLVMArrayType::get(b.getI8Type(), sizeof(ModelId));
}

/// What the header asks for.
static void emitId(ImplicitLocOpBuilder &b, StringRef name, const ModelId &id) {
  LLVM::GlobalOp::create(b, idType(b), /*isConstant=*/true, LLVM::Linkage::External,
                         idSymbol(name, id), idBytes(b, id));
}

namespace {
class Descriptor {
public:
  /// `levelOf`: NAME, where this is another level of it; else empty.
  Descriptor(ModuleOp module, const rnn::Network &network, rnn::DescriptorAttr facts,
             StringRef levelOf)
      : module(module), network(network), facts(facts), b(module.getLoc(), module.getBodyRegion()),
        pointer(LLVM::LLVMPointerType::get(module.getContext())), name(facts.getName()),
        levelOf(levelOf) {
    b.setInsertionPointToEnd(module.getBody());
  }

  void emit(const rnn::Target &row, StringRef provenance, const ModelId &id) {
    bool isLowest = levelOf.empty();
    if (isLowest) // whose functions the header declares
      emitId(b, name, id);
    std::string nameText = text("name", isLowest ? name : levelOf),
                target = text("target", row.name), provenanceText = text("provenance", provenance);
    LLVM::LLVMStructType type = layout.type(b.getContext());
    LLVM::Linkage linkage = isLowest ? LLVM::Linkage::External : LLVM::Linkage::Internal;
    auto global = LLVM::GlobalOp::create(b, type, /*isConstant=*/true, linkage, name + "_model",
                                         Attribute(), row.bufferAlignment());
    b.setInsertionPointToStart(b.createBlock(&global.getInitializer()));
    // The checksum stays 0 until there is a library.
    value = LLVM::ZeroOp::create(b, type);
    set(ModelField::AbiVersion, abiVersion);
    set(ModelField::Size, layout.bytes(*row.platform));
    set(ModelField::Flags, modelFlags(network));
    set(ModelField::StepRows, facts.getStepRows());
    set(ModelField::Architecture, int64_t(row.platform->architecture));
    set(ModelField::PointerBytes, row.platform->pointerBytes());
    set(ModelField::Alignment, row.bufferAlignment());
    setVariant();
    set(ModelField::InputSize, network.inputSize);
    set(ModelField::HiddenSize, network.hiddenSize);
    set(ModelField::NumLayers, network.numLayers);
    set(ModelField::Dropout, b.getF64FloatAttr(network.dropout));
    Value features = constant(b.getI64IntegerAttr(int64_t(row.cpuFeatures)));
    value = LLVM::InsertValueOp::create(b, value, features,
                                        ArrayRef<int64_t>{int64_t(ModelField::CpuFeatures), 0});
    set(ModelField::WeightsBytes, facts.getWeightsBytes());
    set(ModelField::WeightsCount, network.weightsCount());
    set(ModelField::Id, LLVM::ConstantOp::create(b, idType(b), idBytes(b, id)));
    setAddress(ModelField::Name, nameText);
    setAddress(ModelField::Target, target);
    setAddress(ModelField::Provenance, provenanceText);
    for (auto field = ModelField::Run; field <= ModelField::Select;
         field = ModelField(int(field) + 1)) {
      const std::string &whose = field == ModelField::Select && !isLowest ? levelOf : name;
      std::string symbol = (whose + "_" + layout.field(field).name).str();
      if (module.lookupSymbol<LLVM::LLVMFuncOp>(symbol)) // else it stays NULL
        setAddress(field, symbol);
    }
    LLVM::ReturnOp::create(b, value);
  }

private:
  ModuleOp module;
  rnn::Network network;
  rnn::DescriptorAttr facts;
  ImplicitLocOpBuilder b;
  Type pointer;
  std::string name, levelOf;
  const rnn::CStruct &layout = rnn::CStruct::model();
  Value value;

  Value constant(TypedAttr number) { return LLVM::ConstantOp::create(b, number.getType(), number); }
  void set(ModelField field, Value contents) {
    value = LLVM::InsertValueOp::create(b, value, contents, ArrayRef<int64_t>{int64_t(field)});
  }
  void set(ModelField field, TypedAttr number) { set(field, constant(number)); }
  void set(ModelField field, int64_t number) {
    Type type = layout.type(b.getContext()).getBody()[size_t(field)];
    set(field, b.getIntegerAttr(type, number));
  }
  /// C15; zeros, which are there already, say torch's.
  void setVariant() {
    if (network.variant.isTorch() && !network.reverse)
      return;
    set(ModelField::Reset, int64_t(network.variant.reset));
    set(ModelField::Direction, network.reverse);
    set(ModelField::Clip, b.getF64FloatAttr(network.variant.clip));
    for (auto [index, word] : llvm::enumerate(activationWords(network.variant)))
      value = LLVM::InsertValueOp::create(
          b, value, constant(b.getI64IntegerAttr(int64_t(word))),
          ArrayRef<int64_t>{int64_t(ModelField::Activations), int64_t(index)});
  }
  void setAddress(ModelField field, StringRef symbol) {
    set(field, LLVM::AddressOfOp::create(b, pointer, symbol));
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
    SmallVector<LLVM::LLVMFuncOp> runs;
    for (auto run : getOperation().getOps<LLVM::LLVMFuncOp>())
      if (run->hasAttr(rnn::DescriptorAttr::name))
        runs.push_back(run);
    if (runs.empty()) {
      getOperation().emitError("found no rnn.descriptor, expected rnn-emit-interface to have run");
      return signalPassFailure();
    }
    for (LLVM::LLVMFuncOp run : runs)
      if (failed(check(run)))
        return signalPassFailure();
    // First: descriptors hold its address.
    emitSelects(runs);
    for (LLVM::LLVMFuncOp run : runs)
      describe(run);
  }

  static rnn::DescriptorAttr factsOf(LLVM::LLVMFuncOp run) {
    return run->getAttrOfType<rnn::DescriptorAttr>(rnn::DescriptorAttr::name);
  }
  /// NAME, of NAME_LEVEL_run; else empty.
  static StringRef levelOf(LLVM::LLVMFuncOp run) {
    auto name = run->getAttrOfType<StringAttr>(rnn::levelOfName);
    return name ? name.getValue() : StringRef();
  }

  static LogicalResult check(LLVM::LLVMFuncOp run) {
    auto network = run->getAttrOfType<rnn::NetworkAttr>(rnn::NetworkAttr::name);
    auto machine = run->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
    if (!network || !machine)
      return run.emitError() << (network ? "rnn.machine" : "rnn.network")
                             << ": found none, expected it beside rnn.descriptor";
    return success();
  }

  void emitSelects(ArrayRef<LLVM::LLVMFuncOp> runs) {
    llvm::MapVector<StringRef, SmallVector<cpu::SelectedLevel>> networks;
    for (LLVM::LLVMFuncOp run : runs) {
      StringRef name = factsOf(run).getName();
      networks[levelOf(run).empty() ? name : levelOf(run)].push_back(
          {(name + "_model").str(), (name + "_supported").str(),
           &run->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name).getRow()});
    }
    for (auto &[name, levels] : networks)
      if (levels.size() > 1)
        cpu::emitSelect(getOperation(), name, levels);
  }

  /// Of the network that NAME_run is the main function of.
  void describe(LLVM::LLVMFuncOp run) {
    rnn::DescriptorAttr facts = factsOf(run);
    auto network = run->getAttrOfType<rnn::NetworkAttr>(rnn::NetworkAttr::name);
    auto machine = run->getAttrOfType<rnn::MachineAttr>(rnn::MachineAttr::name);
    // What the frontend knew, and what has been chosen since; kept for the header.
    std::string provenance;
    if (auto text = run->getAttrOfType<StringAttr>("rnn.provenance"))
      provenance = text.getValue().str();
    llvm::raw_string_ostream out(provenance);
    out << "target: " << machine.getTarget() << " (" << machine.getName() << ")\n";
    if (Attribute schedule = run->getAttr(rnn::ScheduleAttr::name))
      out << "schedule: " << schedule << "\n";
    run->setAttr("rnn.provenance", StringAttr::get(&getContext(), provenance));
    ModelId id = hashModel(provenance, textOf(network.getNetwork(), facts));
    run->setAttr("rnn.id", StringAttr::get(&getContext(), llvm::toHex(id, /*LowerCase=*/true)));
    if (!cpu::keepsFunctions(run, "model")) {
      auto b = ImplicitLocOpBuilder::atBlockEnd(run.getLoc(), getOperation().getBody());
      return emitId(b, facts.getName(), id);
    }
    Descriptor(getOperation(), network.getNetwork(), facts, levelOf(run))
        .emit(machine.getRow(), provenance, id);
  }
};
} // namespace
