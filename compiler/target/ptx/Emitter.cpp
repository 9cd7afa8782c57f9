//===- Emitter.cpp - A builder for kernels of a GPU -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compiler/target/ptx/Emitter.h"

#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include <cmath>

using namespace mlir;
using namespace grucc;
using namespace grucc::ptx;

// LLVM's numbers of address spaces.
static constexpr unsigned globalSpace = 1, sharedSpace = 3;
static constexpr StringRef sharedName = "shared";

Value Emitter::rem(Value a, int64_t b) { return createOrFold<arith::RemUIOp>(a, index(b)); }

Value Emitter::notZero(Value a) {
  return arith::CmpIOp::create(*this, arith::CmpIPredicate::ne, a, index(0));
}

Value Emitter::negate(Value condition) {
  return arith::XOrIOp::create(*this, condition, truth(true));
}

Value Emitter::all(ValueRange conditions) {
  Value result = conditions.front();
  for (Value condition : conditions.drop_front())
    result = both(result, condition);
  return result;
}

Value Emitter::thread() { return gpu::ThreadIdOp::create(*this, gpu::Dimension::x); }

Value Emitter::block(gpu::Dimension dimension) { return gpu::BlockIdOp::create(*this, dimension); }

void Emitter::barrier() { gpu::BarrierOp::create(*this); }

Value Emitter::anyInWarp(Value condition) {
  Value every = arith::ConstantOp::create(*this, getI32IntegerAttr(-1));
  return NVVM::VoteSyncOp::create(*this, getI1Type(), every, condition, NVVM::VoteSyncKind::any);
}

Value Emitter::global(Value parameter) {
  return LLVM::IntToPtrOp::create(*this, LLVM::LLVMPointerType::get(getContext(), globalSpace),
                                  parameter);
}

Value Emitter::shared(gpu::GPUModuleOp module) {
  auto global = module.lookupSymbol<LLVM::GlobalOp>(sharedName);
  if (!global) {
    OpBuilder::InsertionGuard guard(*this);
    setInsertionPointToStart(module.getBody());
    // Its size comes with the launch; vectors of four floats lie in it.
    global = LLVM::GlobalOp::create(*this, LLVM::LLVMArrayType::get(element, 0),
                                    /*isConstant=*/false, LLVM::Linkage::External, sharedName,
                                    Attribute(), /*alignment=*/16, sharedSpace);
  }
  return LLVM::AddressOfOp::create(*this, global);
}

Value Emitter::at(Value base, Value offset, Type type) {
  Value bits = arith::IndexCastOp::create(*this, getI64Type(), offset);
  return LLVM::GEPOp::create(*this, base.getType(), type, base, ArrayRef<LLVM::GEPArg>{bits});
}

Value Emitter::at(Value base, int64_t offset) {
  if (offset == 0)
    return base;
  return LLVM::GEPOp::create(*this, base.getType(), element, base,
                             ArrayRef<LLVM::GEPArg>{LLVM::GEPArg(int32_t(offset))});
}

Values Emitter::load(Value pointer, int64_t lanes, bool constant) {
  Type type = lanes == 1 ? element : vectorType(lanes);
  auto loaded = LLVM::LoadOp::create(*this, type, pointer, /*alignment=*/4 * lanes);
  loaded.setInvariant(constant);
  if (lanes == 1)
    return {loaded};
  Values values;
  for (int64_t i = 0; i < lanes; ++i)
    values.push_back(vector::ExtractOp::create(*this, loaded, i));
  return values;
}

void Emitter::store(ValueRange values, Value pointer) {
  Value value = values.front();
  if (values.size() > 1)
    value = vector::FromElementsOp::create(
        *this, VectorType::get({int64_t(values.size())}, value.getType()), values);
  LLVM::StoreOp::create(*this, value, pointer, /*alignment=*/4 * values.size());
}

Value Emitter::loadCount(Value pointer) {
  auto count = LLVM::LoadOp::create(*this, getI64Type(), pointer, /*alignment=*/8);
  count.setInvariant(true);
  return arith::IndexCastOp::create(*this, getIndexType(), count);
}

Values Emitter::valuesIf(Value condition, int64_t count, function_ref<Values()> then) {
  return chooseValues(condition, then, [&] { return Values(count, zero()); });
}

Values Emitter::chooseValues(Value condition, function_ref<Values()> then,
                             function_ref<Values()> otherwise) {
  auto branch = [&](function_ref<Values()> body) {
    return [this, body](OpBuilder &builder, Location) {
      OpBuilder::InsertionGuard guard(*this);
      restoreInsertionPoint(builder.saveInsertionPoint());
      scf::YieldOp::create(*this, body());
    };
  };
  auto op = scf::IfOp::create(*this, condition, branch(then), branch(otherwise));
  return Values(op.getResults());
}

Values Emitter::loadWords(Value pointer, int64_t count, bool constant) {
  Type word = getI32Type(), type = count == 1 ? word : VectorType::get({count}, word);
  auto loaded = LLVM::LoadOp::create(*this, type, pointer, /*alignment=*/4 * count);
  loaded.setInvariant(constant);
  if (count == 1)
    return {loaded};
  Values words;
  for (int64_t i = 0; i < count; ++i)
    words.push_back(vector::ExtractOp::create(*this, loaded, i));
  return words;
}

void Emitter::storeNarrow(const GpuStorage &storage, Value number, Value pointer) {
  // Products of an infinity with 0 and sums of two are NaN: none is made of a number that is only
  // too large. Infinities and NaN stay what they are.
  auto largest = llvm::APFloat::getLargest(storage.semantics());
  auto word = [&](uint32_t value) {
    return arith::ConstantOp::create(*this, getI32IntegerAttr(int32_t(value)));
  };
  Value bits = arith::BitcastOp::create(*this, getI32Type(), number);
  Value size = arith::BitcastOp::create(*this, element, both(bits, word(INT32_MAX)));
  Value held = arith::MinNumFOp::create(*this, size, this->number(largest.convertToDouble()));
  Value withSign = either(arith::BitcastOp::create(*this, getI32Type(), held),
                          both(bits, word(uint32_t(INT32_MIN))));
  Value isFinite =
      arith::CmpFOp::create(*this, arith::CmpFPredicate::OLT, size, this->number(INFINITY));
  Value kept = select(isFinite, arith::BitcastOp::create(*this, element, withSign), number);
  Value narrow = arith::TruncFOp::create(*this, storage.type(getContext()), kept);
  unsigned width = wordBits / storage.perWord;
  Value stored = arith::BitcastOp::create(*this, getIntegerType(width), narrow);
  LLVM::StoreOp::create(*this, stored, pointer, /*alignment=*/width / 8);
}

Values Emitter::multiply(const GpuStorage &storage, int64_t depth, ValueRange weights,
                         ValueRange states, ValueRange sums) {
  bool isFloat16 = storage.kind == rnn::StorageKind::Float16;
  assert((isFloat16 || storage.kind == rnn::StorageKind::BFloat16) && "kinds with such products");
  auto kind = isFloat16 ? NVVM::MMATypes::f16 : NVVM::MMATypes::bf16;
  auto operands = [&](ValueRange words) {
    Values values(words);
    for (Value &value : values)
      if (isFloat16)
        value =
            LLVM::BitcastOp::create(*this, VectorType::get({2}, storage.type(getContext())), value);
    return values;
  };
  auto result = LLVM::LLVMStructType::getLiteral(getContext(), SmallVector<Type>(4, element));
  Values now(sums);
  int64_t turns = storage.k / depth;
  for (int64_t turn = 0; turn < turns; ++turn) {
    Value all = NVVM::MmaOp::create(
        *this, result, operands(weights.slice(turn * 2, 4 / turns)),
        operands(states.slice(turn, 2 / turns)), now,
        ArrayRef<int64_t>{storage.units, storage.rows, depth}, std::nullopt, std::nullopt,
        std::array<NVVM::MMATypes, 2>{kind, kind},
        std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row, NVVM::MMALayout::col});
    for (int64_t i = 0; i < 4; ++i)
      now[i] = LLVM::ExtractValueOp::create(*this, all, i);
  }
  return now;
}
