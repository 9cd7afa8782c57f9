/*===- watch.h - Notices heap, locks and maps of a program ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef WATCH_H
#define WATCH_H

/* While it is not 0, the first call of a watched function (watch.c) prints its name on
 * standard error and ends the program with exit code 3. */
extern volatile int is_watching;

#endif /* WATCH_H */
