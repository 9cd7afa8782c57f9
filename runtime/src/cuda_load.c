/*===- cuda_load.c - Kernels and weights on a device, shared by handles ---===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

/* What is loaded, and by how many handles. */
static pthread_mutex_t loading = PTHREAD_MUTEX_INITIALIZER;
static grucc_loaded *all_loaded;

/* Kernels may have this much dynamic shared memory without asking for more. */
static const int plain_shared_bytes = 48 << 10;

static int find_device(grucc_handle *handle, const grucc_driver *driver, grucc_loaded *loaded) {
  int count = 0, result = driver->count_devices(&count);
  if (result)
    return grucc_driver_fail(handle, driver, result, "device", "to count the devices");
  if (loaded->ordinal >= count)
    return grucc_fail(handle, GRUCC_ERROR_DEVICE, "device: found %d devices, expected device %d",
                      count, loaded->ordinal);
  int major = 0, minor = 0, least = loaded->model->capability;
  char name[128] = "";
  result = driver->get_device(&loaded->device, loaded->ordinal);
  if (!result)
    result = driver->get_device_name(name, sizeof name, loaded->device);
  if (!result)
    result = driver->get_device_attribute(&major, GRUCC_CU_DEVICE_COMPUTE_CAPABILITY_MAJOR,
                                          loaded->device);
  if (!result)
    result = driver->get_device_attribute(&minor, GRUCC_CU_DEVICE_COMPUTE_CAPABILITY_MINOR,
                                          loaded->device);
  if (result)
    return grucc_driver_fail(handle, driver, result, "device", "to ask for its capability");
  if (major * 10 + minor < least)
    return grucc_fail(handle, GRUCC_ERROR_DEVICE,
                      "device: found %.127s of compute capability %d.%d, expected %d.%d or more",
                      name, major, minor, least / 10, least % 10);
  return GRUCC_OK;
}

/* The driver compiles PTX here, and says what it does not like in a log. */
static int load_module(grucc_handle *handle, const grucc_driver *driver, grucc_loaded *loaded) {
  char log[256] = "";
  int options[] = {GRUCC_CU_JIT_ERROR_LOG_BUFFER, GRUCC_CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log, (void *)(uintptr_t)sizeof log};
  int result = driver->load_module(&loaded->module, loaded->model->kernels, 2, options, values);
  if (!result)
    return GRUCC_OK;
  loaded->module = NULL;
  log[sizeof log - 1] = '\0';
  for (char *at = log; *at; ++at)
    if (*at == '\n')
      *at = ' ';
  return grucc_driver_fail(handle, driver, result, "kernels", "the driver to load them%s%s",
                           *log ? ": " : "", log);
}

static int find_kernel(grucc_handle *handle, const grucc_driver *driver, const grucc_loaded *loaded,
                       const grucc_cuda_kernel *kernel, void **function) {
  if (!kernel->name)
    return GRUCC_OK;
  int result = driver->get_function(function, loaded->module, kernel->name);
  if (result)
    return grucc_driver_fail(handle, driver, result, "kernels", "to find %.120s", kernel->name);
  if (kernel->shared_bytes > plain_shared_bytes)
    result = driver->set_function_attribute(*function, GRUCC_CU_FUNC_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                                            kernel->shared_bytes);
  if (result)
    return grucc_driver_fail(handle, driver, result, "device",
                             "%" PRId32 " bytes of shared memory for %.120s", kernel->shared_bytes,
                             kernel->name);
  return GRUCC_OK;
}

static int upload_weights(grucc_handle *handle, const grucc_driver *driver, grucc_loaded *loaded) {
  const grucc_cuda_model *model = loaded->model;
  size_t bytes = (size_t)model->model.weights_bytes;
  int result = driver->allocate(&loaded->weights, bytes);
  if (result)
    loaded->weights = 0;
  else
    result = driver->copy_in(loaded->weights, model->weights, bytes, NULL);
  if (!result)
    result = driver->synchronize(); /* the streams of runs do not wait for this one */
  if (result)
    return grucc_driver_fail(handle, driver, result, "weights", "%zu bytes of the device", bytes);
  return GRUCC_OK;
}

/* With the context current. */
static int fill(grucc_handle *handle, const grucc_driver *driver, grucc_loaded *loaded) {
  const grucc_cuda_model *model = loaded->model;
  int status = load_module(handle, driver, loaded);
  if (!status)
    status = find_kernel(handle, driver, loaded, &model->project_input, &loaded->project_input);
  if (!status)
    status = find_kernel(handle, driver, loaded, &model->project_above, &loaded->project_above);
  if (!status)
    status = find_kernel(handle, driver, loaded, &model->scan, &loaded->scan);
  if (!status)
    status = find_kernel(handle, driver, loaded, &model->step, &loaded->step);
  return status ? status : upload_weights(handle, driver, loaded);
}

/* Frees what fill has made, as far as it came. */
static void empty(const grucc_driver *driver, grucc_loaded *loaded) {
  void *context;
  if (loaded->context && !driver->push_context(loaded->context)) {
    if (loaded->weights)
      driver->release(loaded->weights);
    if (loaded->module)
      driver->unload_module(loaded->module);
    driver->pop_context(&context);
  }
  if (loaded->context)
    driver->release_context(loaded->device);
}

static int load(grucc_handle *handle, const grucc_driver *driver, grucc_loaded *loaded) {
  int status = find_device(handle, driver, loaded);
  if (status)
    return status;
  void *context = NULL;
  int result = driver->retain_context(&loaded->context, loaded->device);
  if (result)
    loaded->context = NULL;
  else
    result = driver->push_context(loaded->context);
  if (result) {
    status = grucc_driver_fail(handle, driver, result, "device", "a context on it");
  } else {
    status = fill(handle, driver, loaded);
    driver->pop_context(&context);
  }
  if (status)
    empty(driver, loaded);
  return status;
}

/* The one of the handle's model and device, loaded now or before. */
static int acquire(grucc_handle *handle, const grucc_driver *driver) {
  struct grucc_device *device = handle->device;
  int status = GRUCC_OK;
  pthread_mutex_lock(&loading);
  grucc_loaded *loaded = all_loaded;
  while (loaded && (loaded->model != device->model || loaded->ordinal != device->ordinal))
    loaded = loaded->next;
  if (!loaded) {
    loaded = calloc(1, sizeof *loaded);
    if (!loaded) {
      status = grucc_fail(handle, GRUCC_ERROR_MEMORY, "device: found no memory, expected %zu bytes",
                          sizeof *loaded);
    } else {
      loaded->model = device->model;
      loaded->ordinal = device->ordinal;
      status = load(handle, driver, loaded);
    }
    if (status) {
      free(loaded);
    } else {
      loaded->next = all_loaded;
      all_loaded = loaded;
    }
  }
  if (!status) {
    ++loaded->users;
    device->driver = driver;
    device->loaded = loaded;
  }
  pthread_mutex_unlock(&loading);
  return status;
}

static void release(struct grucc_device *device) {
  pthread_mutex_lock(&loading);
  grucc_loaded *loaded = device->loaded;
  if (--loaded->users == 0) {
    grucc_loaded **at = &all_loaded;
    while (*at != loaded)
      at = &(*at)->next;
    *at = loaded->next;
    empty(device->driver, loaded);
    free(loaded);
  }
  pthread_mutex_unlock(&loading);
  device->loaded = NULL;
}

int grucc_enter(grucc_handle *handle) {
  struct grucc_device *device = handle->device;
  if (!device->loaded) {
    const grucc_driver *driver;
    int status = grucc_need_driver(handle, &driver);
    if (!status)
      status = acquire(handle, driver);
    if (status)
      return status;
  }
  int result = device->driver->push_context(device->loaded->context);
  if (result)
    return grucc_driver_fail(handle, device->driver, result, "device", "its context");
  if (device->stream)
    return GRUCC_OK;
  result = device->driver->make_stream(&device->stream, GRUCC_CU_STREAM_NON_BLOCKING);
  if (!result)
    return GRUCC_OK;
  device->stream = NULL;
  grucc_leave(handle);
  return grucc_driver_fail(handle, device->driver, result, "device", "a stream");
}

void grucc_leave(grucc_handle *handle) {
  void *context;
  handle->device->driver->pop_context(&context);
}

void grucc_leave_device(grucc_handle *handle) {
  struct grucc_device *device = handle->device;
  if (!device->loaded)
    return;
  void *context;
  if (!device->driver->push_context(device->loaded->context)) {
    if (device->pending.is_there)
      device->driver->synchronize();
    if (device->workspace)
      device->driver->release(device->workspace);
    grucc_free_counts(device, /*has_context=*/1);
    if (device->stream)
      device->driver->free_stream(device->stream);
    device->driver->pop_context(&context);
  }
  grucc_free_counts(device, /*has_context=*/0);
  release(device);
  device->stream = NULL;
  device->workspace = 0;
  device->workspace_bytes = 0;
  device->pending.is_there = 0;
  handle->reserved = 0;
}

void grucc_free_device(grucc_handle *handle) {
  if (!handle->device)
    return;
  grucc_leave_device(handle);
  free(handle->device);
}
