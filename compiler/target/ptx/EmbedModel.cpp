//===- EmbedModel.cpp - A model for a GPU as an object of data -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/EmbedModel.h"

#include "compiler/target/ModelAbi.h"
#include "compiler/target/Optimize.h"
#include "dialects/rnn/CStructs.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"

using namespace llvm;
using namespace grucc;
using namespace grucc::ptx;
using rnn::ModelField;

// The layout below is grucc_cuda_model's of runtime/include/grucc/cuda.h, which
// begins with a grucc_model of model.h, and so are the values of flags.
static constexpr uint32_t cudaModelBytes = 520;
static constexpr uint64_t modelAlignment = 64, weightsAlignment = 256;

namespace {
/// Constants of the module that becomes the object.
class Embedding {
public:
  Embedding(Module &module, const Model &model, const ModelFacts &facts, Visibility visibility)
      : module(module), context(module.getContext()), model(model), facts(facts),
        visibility(visibility), i32(Type::getInt32Ty(context)), i64(Type::getInt64Ty(context)),
        pointer(PointerType::getUnqual(context)) {}

  /// Defines NAME_model and everything that it points to, and NAME_id_....
  GlobalVariable *emit() {
    define(idSymbol(facts.name, facts.id), idBytes(), GlobalValue::ExternalLinkage, 1);
    SmallVector<Constant *> fields = {descriptor(),
                                      text("kernels", model.kernels, /*alignment=*/16),
                                      number(i64, model.kernels.size()),
                                      bytes("weights"),
                                      number(i32, model.target->capability),
                                      number(i32, model.precision),
                                      number(i64, model.scanMinSteps),
                                      number(i64, model.scanMaxBatch)};
    for (auto [what, kernel] : {std::pair("project_input", &model.projectInput),
                                std::pair("project_above", &model.projectAbove),
                                std::pair("scan", &model.scan), std::pair("step", &model.step)})
      fields.push_back(launch(what, *kernel));
    fields.push_back(layers());
    return define(facts.name + "_model", ConstantStruct::getAnon(context, fields),
                  GlobalValue::ExternalLinkage, modelAlignment);
  }

private:
  Module &module;
  LLVMContext &context;
  const Model &model;
  const ModelFacts &facts;
  Visibility visibility;
  Type *i32, *i64, *pointer;

  Constant *number(Type *type, int64_t value) {
    return ConstantInt::get(type, value, /*IsSigned=*/true);
  }

  GlobalVariable *define(const Twine &name, Constant *value, GlobalValue::LinkageTypes linkage,
                         uint64_t alignment) {
    auto *global =
        new GlobalVariable(module, value->getType(), /*isConstant=*/true, linkage, value, name);
    global->setAlignment(Align(alignment));
    if (linkage == GlobalValue::ExternalLinkage && visibility == Visibility::Hidden)
      global->setVisibility(GlobalValue::HiddenVisibility);
    return global;
  }

  GlobalVariable *internal(StringRef what, Constant *value, uint64_t alignment) {
    return define(facts.name + "." + what, value, GlobalValue::InternalLinkage, alignment);
  }

  /// Contents with a NUL behind them: what is no text has it as well.
  Constant *text(StringRef what, StringRef contents, uint64_t alignment = 1) {
    return internal(what, ConstantDataArray::getString(context, contents), alignment);
  }

  Constant *bytes(StringRef what) {
    StringRef contents(model.weights.data(), model.weights.size());
    return internal(what, ConstantDataArray::getString(context, contents, /*AddNull=*/false),
                    weightsAlignment);
  }

  Constant *launch(StringRef what, const Kernel &kernel) {
    Constant *name = kernel.name.empty() ? ConstantPointerNull::get(cast<PointerType>(pointer))
                                         : text(("kernel." + what).str(), kernel.name);
    return ConstantStruct::getAnon({name, number(i32, kernel.threads),
                                    number(i32, kernel.sharedBytes), number(i32, kernel.rows),
                                    number(i32, kernel.columns)});
  }

  Constant *layers() {
    SmallVector<uint64_t> words;
    for (const LayerWeights &layer : model.layers)
      for (int64_t offset : {layer.wIh, layer.bias, layer.wHh, layer.wHhStep, layer.bHn})
        words.push_back(offset);
    return internal("layers", ConstantDataArray::get(context, words), /*alignment=*/8);
  }

  uint32_t flags() const { return modelFlags(facts.network) | 1u << 6 /* GRUCC_MODEL_CUDA */; }

  Constant *idBytes() {
    return ConstantDataArray::get(context, ArrayRef<uint8_t>(facts.id.data(), facts.id.size()));
  }

  const rnn::Platform &objects() { return model.target->platform->objects(); }

  /// grucc_model: no function and no feature of a CPU.
  Constant *descriptor() {
    const rnn::CStruct &layout = rnn::CStruct::model();
    StructType *type = layout.type(context);
    SmallVector<Constant *> fields;
    for (Type *field : type->elements())
      fields.push_back(Constant::getNullValue(field));
    auto set = [&](ModelField field, Constant *value) { fields[size_t(field)] = value; };
    auto setNumber = [&](ModelField field, int64_t value) {
      set(field, number(type->getElementType(unsigned(field)), value));
    };
    setNumber(ModelField::AbiVersion, abiVersion);
    setNumber(ModelField::Size, layout.bytes(objects()));
    setNumber(ModelField::Flags, flags());
    setNumber(ModelField::Architecture, uint32_t(objects().architecture));
    setNumber(ModelField::PointerBytes, objects().pointerBytes());
    setNumber(ModelField::Alignment, rnn::usualAlignment);
    setNumber(ModelField::Reset, int64_t(facts.network.variant.reset));
    setNumber(ModelField::Direction, facts.network.reverse);
    set(ModelField::Clip, ConstantFP::get(Type::getDoubleTy(context), facts.network.variant.clip));
    auto activations = activationWords(facts.network.variant);
    set(ModelField::Activations, ConstantDataArray::get(context, ArrayRef<uint64_t>(activations)));
    setNumber(ModelField::InputSize, facts.network.inputSize);
    setNumber(ModelField::HiddenSize, facts.network.hiddenSize);
    setNumber(ModelField::NumLayers, facts.network.numLayers);
    set(ModelField::Dropout, ConstantFP::get(Type::getDoubleTy(context), facts.network.dropout));
    setNumber(ModelField::WeightsBytes, model.weights.size());
    setNumber(ModelField::WeightsCount, facts.network.weightsCount());
    set(ModelField::Id, idBytes());
    set(ModelField::Name, text("name", facts.name));
    set(ModelField::Target, text("target", model.target->name));
    set(ModelField::Provenance, text("provenance", facts.provenance));
    return ConstantStruct::get(type, fields);
  }
};
} // namespace

Expected<std::unique_ptr<MemoryBuffer>>
grucc::ptx::embedModel(const Model &model, const ModelFacts &facts, Visibility visibility) {
  std::string error;
  std::unique_ptr<TargetMachine> machine =
      createTargetMachine(model.target->platform->objects(), error);
  if (!machine)
    return createStringError("error: target: " + error);
  LLVMContext context;
  Module module("grucc", context);
  module.setDataLayout(machine->createDataLayout());
  module.setTargetTriple(machine->getTargetTriple());
  module.setPICLevel(PICLevel::BigPIC);
  GlobalVariable *descriptor = Embedding(module, model, facts, visibility).emit();
  if (module.getDataLayout().getTypeAllocSize(descriptor->getValueType()) != cudaModelBytes)
    return createStringError("error: target: found another size than grucc_cuda_model's");

  SmallString<0> object;
  raw_svector_ostream out(object);
  legacy::PassManager passes;
  if (machine->addPassesToEmitFile(passes, out, nullptr, CodeGenFileType::ObjectFile))
    return createStringError("error: target: found no code generator for objects of " +
                             model.target->name);
  passes.run(module);
  return std::make_unique<SmallVectorMemoryBuffer>(std::move(object),
                                                   /*RequiresNullTerminator=*/false);
}
