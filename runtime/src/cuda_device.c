/*===- cuda_device.c - Which GPU a handle is on, and what it is -----------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"

int grucc_check_is_device(grucc_handle *handle, const char *name) {
  if (handle->device)
    return GRUCC_OK;
  return grucc_fail(handle, GRUCC_ERROR_UNSUPPORTED,
                    "%s: found a model for a CPU, expected one for a GPU", name);
}

int grucc_set_device(grucc_handle *handle, int device) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  int status = grucc_check_is_device(handle, "device");
  if (status)
    return status;
  if (device < 0)
    return grucc_fail(handle, GRUCC_ERROR_SHAPE, "device: found %d, expected 0 or more", device);
  if (device != handle->device->ordinal) {
    grucc_leave_device(handle);
    handle->device->ordinal = device;
  }
  status = grucc_enter(handle);
  if (!status)
    grucc_leave(handle);
  return status;
}

int grucc_describe_device(grucc_handle *handle, grucc_device_facts *facts) {
  if (!handle)
    return GRUCC_ERROR_NULL;
  if (!facts)
    return grucc_fail(handle, GRUCC_ERROR_NULL, "facts: found NULL, expected room for them");
  int status = grucc_check_is_device(handle, "device");
  if (!status)
    status = grucc_enter(handle);
  if (status)
    return status;
  const struct grucc_device *device = handle->device;
  const grucc_driver *driver = device->driver;
  int at = device->loaded->device, major = 0, minor = 0, version = 0;
  *facts = (grucc_device_facts){.device = device->ordinal};
  int result = driver->get_device_name(facts->name, sizeof facts->name, at);
  if (!result)
    result = driver->get_device_attribute(&major, GRUCC_CU_DEVICE_COMPUTE_CAPABILITY_MAJOR, at);
  if (!result)
    result = driver->get_device_attribute(&minor, GRUCC_CU_DEVICE_COMPUTE_CAPABILITY_MINOR, at);
  if (!result)
    result = driver->get_version(&version);
  facts->name[sizeof facts->name - 1] = '\0';
  facts->capability = major * 10 + minor;
  facts->driver = version;
  if (result)
    status = grucc_driver_fail(handle, driver, result, "device", "to ask what it is");
  grucc_leave(handle);
  return status;
}
