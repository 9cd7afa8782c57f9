/*===- plain_gru.h - A GRU's step as it is written by hand ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef PLAIN_GRU_H
#define PLAIN_GRU_H

/* weight_ih: [3 * HIDDEN, INPUT], above layer 0 [3 * HIDDEN, HIDDEN]; weight_hh: [3 * HIDDEN,
 * HIDDEN]; bias_ih, bias_hh: [3 * HIDDEN]. */
struct plain_layer {
  const float *weight_ih, *weight_hh, *bias_ih, *bias_hh;
};

/* One step: x: [INPUT], h: [LAYERS, HIDDEN], whose last row is the output. */
void plain_gru_step(const struct plain_layer *layers, const float *x, float (*h)[HIDDEN]);

#endif
