/*===- keyword_head.h - The readout of the keyword network ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* Written by train.py. */
#ifndef KEYWORD_HEAD_H
#define KEYWORD_HEAD_H

enum { WORDS = 4 };
static const char *const words[WORDS] = {"none", "yah", "aye", "way"};
static const float head_weight[WORDS][24] = {
  {-0x1.2ef6980000000p-1f, 0x1.e97dfc0000000p-3f, -0x1.887df60000000p-2f,
  -0x1.c1f4520000000p-3f, 0x1.0abab40000000p-2f, 0x1.64c3080000000p-2f,
  0x1.12ffd40000000p-1f, 0x1.dcf6960000000p-3f, -0x1.dbcf140000000p-4f,
  -0x1.24ad700000000p-6f, 0x1.1f5d500000000p-1f, 0x1.48ca800000000p-2f,
  0x1.22daca0000000p-3f, 0x1.5e355c0000000p-5f, 0x1.bd6bf40000000p-8f,
  -0x1.258b900000000p-1f, -0x1.43051c0000000p-2f, 0x1.c893a20000000p-2f,
  -0x1.3b23ca0000000p-1f, -0x1.ca8c240000000p-2f, -0x1.2551b60000000p-1f,
  -0x1.6d88560000000p-3f, 0x1.3eb6b80000000p-1f, -0x1.0ce5560000000p-1f},
  {0x1.390c860000000p-1f, -0x1.408b260000000p-2f, 0x1.8c17d60000000p-3f,
  -0x1.8b9fce0000000p-3f, 0x1.d01c7a0000000p-2f, -0x1.df53840000000p-2f,
  -0x1.1c9e0a0000000p-1f, 0x1.4f912a0000000p-3f, 0x1.076e400000000p-2f,
  0x1.0fde440000000p-3f, 0x1.cc832e0000000p-2f, -0x1.0928f40000000p-2f,
  -0x1.f84a200000000p-2f, 0x1.4213160000000p-4f, -0x1.1b2d940000000p-1f,
  0x1.1bb5380000000p-1f, -0x1.21564a0000000p-2f, -0x1.fcb1f60000000p-5f,
  -0x1.9da2aa0000000p-2f, -0x1.252bfe0000000p-1f, -0x1.a7682c0000000p-2f,
  0x1.73d0fe0000000p-2f, -0x1.d48c9e0000000p-5f, 0x1.19c0100000000p-3f},
  {-0x1.46b5a60000000p-4f, -0x1.796dd60000000p-6f, -0x1.28f17c0000000p-3f,
  -0x1.c94f3c0000000p-8f, -0x1.89d6940000000p-4f, 0x1.290fae0000000p-2f,
  0x1.d540c00000000p-2f, -0x1.60756a0000000p-6f, -0x1.05b5160000000p-1f,
  0x1.2ecca80000000p-3f, -0x1.4f18360000000p-1f, -0x1.98d5100000000p-2f,
  0x1.4b1ba80000000p-2f, 0x1.85267c0000000p-2f, -0x1.d5a3400000000p-2f,
  -0x1.0e5a5c0000000p-1f, 0x1.3f609e0000000p-2f, -0x1.3ee92c0000000p-3f,
  0x1.bda3b20000000p-2f, 0x1.dec6b40000000p-3f, 0x1.44298c0000000p-1f,
  -0x1.14d96e0000000p-1f, 0x1.9d992a0000000p-2f, 0x1.807c720000000p-2f},
  {0x1.11b8ac0000000p-1f, -0x1.35c61e0000000p-5f, -0x1.4f51000000000p-6f,
  -0x1.9a8a240000000p-3f, -0x1.78a4e60000000p-2f, -0x1.1ad2980000000p-2f,
  -0x1.4fb49a0000000p-2f, -0x1.4ef9440000000p-2f, 0x1.42117e0000000p-2f,
  0x1.fceb880000000p-4f, -0x1.4e44c40000000p-2f, 0x1.abab340000000p-3f,
  0x1.4964fe0000000p-3f, -0x1.1b58800000000p-4f, 0x1.3bc3580000000p-1f,
  0x1.ff8d700000000p-2f, 0x1.9384c00000000p-2f, -0x1.7c543c0000000p-2f,
  0x1.3c6ad40000000p-1f, 0x1.cda74a0000000p-2f, 0x1.e8d7e00000000p-3f,
  0x1.becc260000000p-2f, -0x1.2c01c80000000p-1f, 0x1.2ecec80000000p-4f}};
static const float head_bias[WORDS] = {-0x1.2538f80000000p-4f, -0x1.f58e0e0000000p-4f,
  0x1.9828820000000p-5f, -0x1.0207ea0000000p-3f};

#endif /* KEYWORD_HEAD_H */
