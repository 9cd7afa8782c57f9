/*===- constructor.h - Code that runs when a library is loaded ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

__attribute__((constructor)) static void runs_when_loaded(void) { __builtin_trap(); }
