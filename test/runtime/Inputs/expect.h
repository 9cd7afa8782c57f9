/*===- expect.h - Checks for the tests of the runtime ---------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#ifndef GRUCC_TEST_RUNTIME_EXPECT_H
#define GRUCC_TEST_RUNTIME_EXPECT_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define expect(condition)                                                                          \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition);                    \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

#define expect_text(found, expected)                                                               \
  do {                                                                                             \
    const char *text_ = (found);                                                                   \
    if (strcmp(text_, (expected)) != 0) {                                                          \
      fprintf(stderr, "%s:%d: found    %s\n", __FILE__, __LINE__, text_);                          \
      fprintf(stderr, "%s:%d: expected %s\n", __FILE__, __LINE__, (expected));                     \
      exit(1);                                                                                     \
    }                                                                                              \
  } while (0)

/* A call on `handle` fails with that status and that message. */
#define expect_failure(handle, call, expected_status, text)                                        \
  do {                                                                                             \
    int status_ = (call);                                                                          \
    if (status_ != (expected_status))                                                              \
      fprintf(stderr, "%s:%d: found status %d\n", __FILE__, __LINE__, status_);                    \
    expect_text(grucc_last_error(handle), text);                                                   \
    expect(status_ == (expected_status));                                                          \
  } while (0)

#define expect_success(handle, call)                                                               \
  do {                                                                                             \
    int status_ = (call);                                                                          \
    if (status_)                                                                                   \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, grucc_last_error(handle));                \
    expect(status_ == 0);                                                                          \
  } while (0)

#endif /* GRUCC_TEST_RUNTIME_EXPECT_H */
