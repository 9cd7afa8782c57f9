/*===- random_reals.h - Numbers for tensors that are timed ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef GRUCC_TOOLS_SUPPORT_RANDOM_REALS_H
#define GRUCC_TOOLS_SUPPORT_RANDOM_REALS_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Fills `reals`, `count` doubles or floats, with numbers uniform in [-limit, limit): never silence,
 * and the same on every machine. `state` goes on from call to call; it begins with 1. */
void grucc_random_reals(void *reals, size_t count, int is_double, double limit, uint32_t *state);

#ifdef __cplusplus
}
#endif

#endif /* GRUCC_TOOLS_SUPPORT_RANDOM_REALS_H */
