/*===- status.c - One line of text for every status -----------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "grucc/runtime.h"

static const char *const texts[] = {
    [GRUCC_OK] = "success",
    [GRUCC_ERROR_ARGS_SIZE] = "the arguments have another size than the model was compiled with",
    [GRUCC_ERROR_SHAPE] = "a shape, length or count does not fit the model",
    [GRUCC_ERROR_NULL] = "a required pointer is NULL",
    [GRUCC_ERROR_ALIGNMENT] = "a pointer is not aligned as required",
    [GRUCC_ERROR_UNSUPPORTED] = "the model was not compiled for this argument",
    [GRUCC_ERROR_FILE] = "the file cannot be read, or is no compiled model",
    [GRUCC_ERROR_ABI] = "the model has another binary interface, or a damaged descriptor",
    [GRUCC_ERROR_CPU] = "this CPU lacks a feature that the model requires",
    [GRUCC_ERROR_MEMORY] = "out of memory, or more than was reserved",
    [GRUCC_ERROR_DEVICE] = "no GPU or driver that runs the model, or it has reported an error",
};

const char *grucc_status_text(int status) {
  if (status < 0 || status >= (int)(sizeof texts / sizeof *texts))
    return "unknown status";
  return texts[status];
}
