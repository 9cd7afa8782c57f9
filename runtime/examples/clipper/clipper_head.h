/*===- clipper_head.h - The linear output of the clipper ------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* Written by train.py. */
#ifndef CLIPPER_HEAD_H
#define CLIPPER_HEAD_H

static const float head_weight[24] = {
    -0x1.6d421c0000000p-4f, -0x1.7c576a0000000p-3f, 0x1.9eeb240000000p-4f,
    -0x1.a1112a0000000p-2f, 0x1.f311b20000000p-3f, -0x1.7f60400000000p-3f,
    -0x1.920b4a0000000p-4f, 0x1.3e7fc40000000p-4f, -0x1.88159e0000000p-3f,
    -0x1.2e17140000000p-2f, -0x1.595bae0000000p-3f, 0x1.3e27e20000000p-2f,
    -0x1.5f7dc20000000p-3f, 0x1.40fed20000000p-3f, 0x1.8a4ede0000000p-3f,
    0x1.c69ac80000000p-3f, 0x1.a565f40000000p-3f, 0x1.6e4dc20000000p-5f,
    -0x1.39bd740000000p-3f, -0x1.3f9d000000000p-2f, -0x1.2a16b00000000p-3f,
    0x1.d2a14c0000000p-4f, 0x1.28e7680000000p-3f, 0x1.e596ea0000000p-4f};
static const float head_bias = 0x1.5127c80000000p-4f;

#endif /* CLIPPER_HEAD_H */
