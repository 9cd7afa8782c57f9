/*===- open.c - Opens a model: a linked-in descriptor, or a shared library ===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "device.h"
#include "image.h"
#include "pool.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct grucc_reply {
  char *message;
  size_t size;
} grucc_reply;

/* What tells whether the other fields are where they are expected. */
static int check_abi(const grucc_model *model, grucc_reply reply) {
  if (model->abi_version == GRUCC_ABI_VERSION && model->size == sizeof(grucc_model))
    return GRUCC_OK;
  return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                   "model: found binary interface %" PRIu32 " with a descriptor of %" PRIu32
                   " bytes, expected %d with %zu",
                   model->abi_version, model->size, GRUCC_ABI_VERSION, sizeof(grucc_model));
}

static int check_descriptor(const grucc_model *model, grucc_reply reply) {
  int status = check_abi(model, reply);
  if (status)
    return status;
  const uint32_t known = GRUCC_MODEL_BIAS | GRUCC_MODEL_BATCH_FIRST | GRUCC_MODEL_BIDIRECTIONAL |
                         GRUCC_MODEL_FLOAT64 | GRUCC_MODEL_EXTERNAL_WEIGHTS | GRUCC_MODEL_TRAINING |
                         GRUCC_MODEL_CUDA;
  if (model->flags & ~known)
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                     "model: found flags %#" PRIx32 ", expected only bits of %#" PRIx32,
                     model->flags, known);
  /* The code knows its variant; what this runtime does not know may mean another calling of it. */
  int unknown = model->reserved || model->reset > GRUCC_RESET_BEFORE ||
                model->direction > GRUCC_DIRECTION_REVERSE || !(model->clip >= 0) ||
                (model->direction && (model->flags & GRUCC_MODEL_BIDIRECTIONAL));
  for (int i = 0; i < 4; ++i) {
    const grucc_activation *activation = &model->activations[i / 2][i % 2];
    unknown |= activation->reserved || activation->kind > GRUCC_ACTIVATION_ELU;
  }
  if (unknown)
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                     "model: found a network that this runtime does not know, expected a variant "
                     "of binary interface %d",
                     GRUCC_ABI_VERSION);
  const int64_t limit = INT64_MAX / 64; /* so that sizes times 6 or 8 cannot overflow */
  if (model->input_size < 1 || model->hidden_size < 1 || model->num_layers < 1 ||
      model->input_size > limit || model->hidden_size > limit || model->num_layers > limit)
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                     "model: found input_size %" PRId64 ", hidden_size %" PRId64
                     ", num_layers %" PRId64 ", expected positive sizes",
                     model->input_size, model->hidden_size, model->num_layers);
  if (model->pointer_bytes != sizeof(void *) || model->alignment < sizeof(int64_t) ||
      model->alignment > 4096 || (model->alignment & (model->alignment - 1)))
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                     "model: found pointers of %" PRIu32 " bytes and an alignment of %" PRIu32
                     ", expected %zu and a power of two from %zu to 4096",
                     model->pointer_bytes, model->alignment, sizeof(void *), sizeof(int64_t));
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  int64_t tensors = directions * model->num_layers * (model->flags & GRUCC_MODEL_BIAS ? 4 : 2);
  if (model->weights_count != tensors || !grucc_fits(model->weights_bytes))
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                     "model: found %" PRId64 " weight tensors of %" PRId64
                     " bytes, expected %" PRId64 " of 0 to %td",
                     model->weights_count, model->weights_bytes, tensors, PTRDIFF_MAX);
  int is_cuda = (model->flags & GRUCC_MODEL_CUDA) != 0; /* it has no functions */
  int streams = !(model->flags & (GRUCC_MODEL_BIDIRECTIONAL | GRUCC_MODEL_TRAINING)) &&
                model->direction == GRUCC_DIRECTION_FORWARD;
  int stream_functions = model->step && model->state_bytes && model->init_state &&
                         model->read_state && model->reset_state;
  int external = (model->flags & GRUCC_MODEL_EXTERNAL_WEIGHTS) != 0;
  if (!model->name || !model->target || !model->provenance ||
      (!is_cuda && (!model->run || !model->workspace_bytes || !model->supported ||
                    (streams && !stream_functions) || (external && !model->pack))))
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                     "model: found a NULL name or function, expected a whole descriptor");
  return GRUCC_OK;
}

static int check_architecture(const grucc_model *model, grucc_reply reply) {
  if (model->architecture == GRUCC_ARCHITECTURE_ANY ||
      model->architecture == GRUCC_HOST_ARCHITECTURE)
    return GRUCC_OK;
  return grucc_say(reply.message, reply.size, GRUCC_ERROR_CPU,
                   "cpu: found architecture %" PRIu32 ", expected %d, which this program is for",
                   model->architecture, GRUCC_HOST_ARCHITECTURE);
}

static int check_cpu(const grucc_model *model, const uint64_t has[GRUCC_FEATURE_WORDS],
                     grucc_reply reply) {
  uint64_t missing = 0;
  for (int32_t word = 0; word < GRUCC_FEATURE_WORDS; ++word)
    missing |= model->cpu_features[word] & ~has[word];
  if (!missing)
    return GRUCC_OK;
  char text[GRUCC_MESSAGE_SIZE];
  grucc_text words = grucc_text_at(text, sizeof text);
  grucc_append(&words, "cpu: found ");
  grucc_append_features(&words, has);
  grucc_append(&words, ", expected ");
  grucc_append_features(&words, model->cpu_features);
  return grucc_say(reply.message, reply.size, GRUCC_ERROR_CPU, "%s", text);
}

/* Whether another level of an artifact is what the caller has opened, but for its code. */
static int is_same_network(const grucc_model *level, const grucc_model *model) {
  return level->flags == model->flags && level->architecture == model->architecture &&
         level->reset == model->reset && level->direction == model->direction &&
         level->input_size == model->input_size && level->hidden_size == model->hidden_size &&
         level->num_layers == model->num_layers && strcmp(level->name, model->name) == 0;
}

/* The level of the artifact that is best for this CPU, once for all calls. */
static int select_level(const grucc_model **model, grucc_reply reply) {
  int status = check_architecture(*model, reply);
  if (status)
    return status;
  uint64_t has[GRUCC_FEATURE_WORDS];
  for (int32_t word = 0; word < GRUCC_FEATURE_WORDS; ++word)
    has[word] = grucc_cpu_features(word);
  if ((*model)->select) {
    const grucc_model *level = (*model)->select(has);
    if (!level)
      return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                       "model: found no level, expected select to return one");
    status = check_descriptor(level, reply);
    if (status)
      return status;
    if (!is_same_network(level, *model))
      return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                       "model: found a level of another network, expected one of %s",
                       (*model)->name);
    *model = level;
  }
  return check_cpu(*model, has, reply);
}

static int make_handle(const grucc_model *model, grucc_handle **handle, grucc_reply reply) {
  int status = check_descriptor(model, reply), is_cuda = 0;
  if (!status) {
    is_cuda = (model->flags & GRUCC_MODEL_CUDA) != 0;
    status = is_cuda ? grucc_check_cuda_model(model, reply.message, reply.size)
                     : select_level(&model, reply);
  }
  if (status)
    return status;
  *handle = calloc(1, sizeof **handle);
  if (*handle && is_cuda) {
    (*handle)->device = calloc(1, sizeof *(*handle)->device);
    if ((*handle)->device) {
      (*handle)->device->model = (const grucc_cuda_model *)model;
    } else {
      free(*handle);
      *handle = NULL;
    }
  }
  if (!*handle)
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_MEMORY,
                     "handle: found no memory, expected %zu bytes", sizeof **handle);
  (*handle)->model = model;
  (*handle)->file = -1;
  return GRUCC_OK;
}

int grucc_open_model(const grucc_model *model, grucc_handle **handle, char *message,
                     size_t message_size) {
  grucc_reply reply = {message, message_size};
  if (handle)
    *handle = NULL;
  if (!model || !handle)
    return grucc_say(message, message_size, GRUCC_ERROR_NULL, "%s: found NULL, expected a pointer",
                     model ? "handle" : "model");
  return make_handle(model, handle, reply);
}

/*===-- Shared libraries --------------------------------------------------===*/

/* Checks the image, and loads what has been checked. */
static int open_image(grucc_image *image, int mapped, grucc_handle **handle, grucc_reply reply) {
  int status = grucc_check_head(image);
  if (!status)
    status = mapped ? grucc_map_image(image) : grucc_copy_image(image);
  if (!status)
    status = grucc_find_model(image);
  if (!status)
    status = check_abi(image->model, reply);
  if (!status)
    status = grucc_check_checksum(image);
  if (!status)
    status = grucc_check_dynamic(image);
  void *library = NULL;
  const grucc_model *model = NULL;
  if (!status)
    status = grucc_load_image(image, &library, &model);
  if (!status)
    status = make_handle(model, handle, reply);
  if (status) {
    grucc_unload(library, -1);
    return status;
  }
  (*handle)->library = library;
  (*handle)->file = image->file;
  image->file = -1;
  return GRUCC_OK;
}

static int open_path(const char *path, int mapped, grucc_handle **handle, grucc_reply reply) {
  if (handle)
    *handle = NULL;
  if (!path || !handle)
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_NULL,
                     "%s: found NULL, expected a pointer", path ? "handle" : "path");
  grucc_image image;
  memset(&image, 0, sizeof image);
  image.message = reply.message;
  image.message_size = reply.size;
  int status = grucc_open_image(path, &image);
  if (!status)
    status = open_image(&image, mapped, handle, reply);
  grucc_free_image(&image);
  return status;
}

int grucc_open_file(const char *path, grucc_handle **handle, char *message, size_t message_size) {
  return open_path(path, 0, handle, (grucc_reply){message, message_size});
}

int grucc_open_mapped(const char *path, grucc_handle **handle, char *message, size_t message_size) {
  return open_path(path, 1, handle, (grucc_reply){message, message_size});
}

int grucc_loaded_file(const grucc_handle *handle) { return handle ? handle->file : -1; }

void grucc_close(grucc_handle *handle) {
  if (!handle)
    return;
  grucc_free_pool(handle->pool);
  grucc_free_device(handle);
  free(handle->workspace);
  free(handle->owned_weights);
  grucc_unload(handle->library, handle->file);
  free(handle);
}

const grucc_model *grucc_descriptor(const grucc_handle *handle) {
  return handle ? handle->model : NULL;
}

const char *grucc_last_error(const grucc_handle *handle) { return handle ? handle->message : ""; }

/* What the model itself has refused. */
int grucc_check_model(grucc_handle *handle, const char *function, int status) {
  if (status)
    return grucc_fail(handle, status, "%s_%s: found status %d, %s, expected success",
                      handle->model->name, function, status, grucc_status_text(status));
  return GRUCC_OK;
}
