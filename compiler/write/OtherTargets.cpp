//===- OtherTargets.cpp - Code generators that a static grucc leaves out -===//
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// lld initialises all code generators of LLVM, for optimisation while it links, and asks for
// Polly's passes; grucc gives it finished objects alone. Where all is linked from archives, a
// function here keeps the code generator that it would initialise out of the program.
//
//===----------------------------------------------------------------------===//

#include "llvm/Plugins/PassPlugin.h"

#define GRUCC_LEAVE_OUT(target)                                                                    \
  extern "C" void LLVMInitialize##target##TargetInfo() {}                                          \
  extern "C" void LLVMInitialize##target##Target() {}                                              \
  extern "C" void LLVMInitialize##target##TargetMC() {}                                            \
  extern "C" void LLVMInitialize##target##AsmPrinter() {}                                          \
  extern "C" void LLVMInitialize##target##AsmParser() {}

GRUCC_LEAVE_OUT(AMDGPU)
GRUCC_LEAVE_OUT(AVR)
GRUCC_LEAVE_OUT(BPF)
GRUCC_LEAVE_OUT(Hexagon)
GRUCC_LEAVE_OUT(Lanai)
GRUCC_LEAVE_OUT(LoongArch)
GRUCC_LEAVE_OUT(M68k)
GRUCC_LEAVE_OUT(MSP430)
GRUCC_LEAVE_OUT(Mips)
GRUCC_LEAVE_OUT(PowerPC)
GRUCC_LEAVE_OUT(SPIRV)
GRUCC_LEAVE_OUT(Sparc)
GRUCC_LEAVE_OUT(SystemZ)
GRUCC_LEAVE_OUT(VE)
GRUCC_LEAVE_OUT(XCore)
GRUCC_LEAVE_OUT(Xtensa)

llvm::PassPluginLibraryInfo getPollyPluginInfo() { return {}; }
