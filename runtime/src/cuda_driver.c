/*===- cuda_driver.c - Opens the CUDA driver, and words its errors --------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "cuda_driver.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* The first driver that reads PTX of sm_86; that of later targets needs later ones, which they say
 * when they load it. 1000 * major + 10 * minor. */
static const int least_version = 11010;

/* Opened once, and never closed: the driver has threads of its own. */
static pthread_mutex_t opening = PTHREAD_MUTEX_INITIALIZER;
static grucc_driver opened;
static int is_open;

static int open_driver(grucc_handle *handle, grucc_driver *driver) {
  void *library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library)
    return grucc_fail(handle, GRUCC_ERROR_DEVICE,
                      "driver: found no libcuda.so.1, expected NVIDIA's driver (%s)", dlerror());
  void *address;
#define FIND(field, symbol, parameters)                                                            \
  if (!(address = dlsym(library, symbol)))                                                         \
    return grucc_fail(handle, GRUCC_ERROR_DEVICE,                                                  \
                      "driver: found no %s, expected CUDA 11.1 or newer", symbol);                 \
  memcpy(&driver->field, &address, sizeof address);
  GRUCC_DRIVER_CALLS(FIND)
#undef FIND
  int result = driver->init(0), version = 0;
  if (!result)
    result = driver->get_version(&version);
  if (result)
    return grucc_driver_fail(handle, driver, result, "driver", "it to start");
  if (version < least_version)
    return grucc_fail(handle, GRUCC_ERROR_DEVICE,
                      "driver: found CUDA %d.%d, expected CUDA %d.%d or newer", version / 1000,
                      version % 1000 / 10, least_version / 1000, least_version % 1000 / 10);
  return GRUCC_OK;
}

int grucc_need_driver(grucc_handle *handle, const grucc_driver **driver) {
  pthread_mutex_lock(&opening);
  int status = is_open ? GRUCC_OK : open_driver(handle, &opened);
  is_open = !status;
  pthread_mutex_unlock(&opening);
  *driver = &opened;
  return status;
}

int grucc_driver_fail(grucc_handle *handle, const grucc_driver *driver, int result,
                      const char *what, const char *expected, ...) {
  const char *name = NULL, *text = NULL;
  if (driver->get_error_name(result, &name) || !name)
    name = "an unknown error";
  if (driver->get_error_text(result, &text) || !text)
    text = "without a text";
  char words[GRUCC_MESSAGE_SIZE];
  va_list list;
  va_start(list, expected);
  if (vsnprintf(words, sizeof words, expected, list) < 0)
    words[0] = '\0';
  va_end(list);
  int status = result == GRUCC_CU_OUT_OF_MEMORY ? GRUCC_ERROR_MEMORY : GRUCC_ERROR_DEVICE;
  return grucc_fail(handle, status, "%s: found %s (%s), expected %s", what, name, text, words);
}
