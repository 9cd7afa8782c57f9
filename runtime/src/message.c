/*===- message.c - Messages of fixed capacity -----------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "handle.h"
#include <stdarg.h>
#include <stdio.h>

grucc_text grucc_text_at(char *data, size_t capacity) {
  grucc_text text = {data, capacity, 0};
  if (capacity)
    data[0] = '\0';
  return text;
}

static void append_list(grucc_text *text, const char *format, va_list list) {
  size_t left = text->capacity - text->length;
  if (left <= 1)
    return;
  size_t start = text->length;
  int written = vsnprintf(text->data + start, left, format, list);
  if (written > 0)
    text->length += (size_t)written < left ? (size_t)written : left - 1;
  /* Names from a damaged file may hold anything; a message stays one line. */
  for (size_t i = start; i < text->length; ++i)
    if ((unsigned char)text->data[i] < ' ' || text->data[i] == 0x7f)
      text->data[i] = '?';
}

void grucc_append(grucc_text *text, const char *format, ...) {
  va_list list;
  va_start(list, format);
  append_list(text, format, list);
  va_end(list);
}

int grucc_say(char *message, size_t size, int status, const char *format, ...) {
  if (!message || !size)
    return status;
  grucc_text text = grucc_text_at(message, size);
  va_list list;
  va_start(list, format);
  append_list(&text, format, list);
  va_end(list);
  return status;
}

int grucc_fail(grucc_handle *handle, int status, const char *format, ...) {
  grucc_text text = grucc_text_at(handle->message, sizeof handle->message);
  va_list list;
  va_start(list, format);
  append_list(&text, format, list);
  va_end(list);
  return status;
}
