/*===- probe_threads.h - What it costs to have a second thread ------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#ifndef GRUCC_PROBE_PROBE_THREADS_H
#define GRUCC_PROBE_PROBE_THREADS_H

/* From the call of a thread that sleeps until it runs, the median; and from a write of one thread
 * until another that waits for it has read it and a line of data, the least. 0 where there is a
 * single CPU, or no thread. */
int time_threads(double *start_ns, double *meeting_ns);

#endif /* GRUCC_PROBE_PROBE_THREADS_H */
