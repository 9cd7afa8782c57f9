/*===- open.c - Opens a model: a linked-in descriptor, or a shared library ===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#define _GNU_SOURCE /* dladdr */
#include "device.h"
#include "image.h"
#include "pool.h"
#include <dlfcn.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct grucc_reply {
  char *message;
  size_t size;
} grucc_reply;

/* The binary interface and the sizes; reads abi_version and size first. */
static int check_descriptor(const grucc_model *model, grucc_reply reply) {
  if (model->abi_version != GRUCC_ABI_VERSION || model->size != sizeof(grucc_model))
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                     "model: found binary interface %" PRIu32 " with a descriptor of %" PRIu32
                     " bytes, expected %d with %zu",
                     model->abi_version, model->size, GRUCC_ABI_VERSION, sizeof(grucc_model));
  const uint32_t known = GRUCC_MODEL_BIAS | GRUCC_MODEL_BATCH_FIRST | GRUCC_MODEL_BIDIRECTIONAL |
                         GRUCC_MODEL_FLOAT64 | GRUCC_MODEL_EXTERNAL_WEIGHTS | GRUCC_MODEL_TRAINING |
                         GRUCC_MODEL_CUDA;
  if (model->flags & ~known)
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                     "model: found flags %#" PRIx32 ", expected only bits of %#" PRIx32,
                     model->flags, known);
  /* What nothing writes yet would mean something that this runtime does not know. */
  int variant = model->reset || model->direction || model->clip != 0;
  for (int i = 0; i < 4; ++i)
    variant |= model->activations[i / 2][i % 2].kind != GRUCC_ACTIVATION_TORCH;
  if (model->reserved || (variant && (model->flags & GRUCC_MODEL_CUDA)))
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                     "model: found a network that this runtime does not know, expected "
                     "torch.nn.GRU's");
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
  if (model->weights_count != tensors || model->weights_bytes < 0)
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_ABI,
                     "model: found %" PRId64 " weight tensors of %" PRId64
                     " bytes, expected %" PRId64,
                     model->weights_count, model->weights_bytes, tensors);
  int is_cuda = (model->flags & GRUCC_MODEL_CUDA) != 0; /* it has no functions */
  int streams = !(model->flags & (GRUCC_MODEL_BIDIRECTIONAL | GRUCC_MODEL_TRAINING));
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

static int check_cpu(const grucc_model *model, grucc_reply reply) {
  if (model->architecture != GRUCC_ARCHITECTURE_ANY &&
      model->architecture != GRUCC_HOST_ARCHITECTURE)
    return grucc_say(reply.message, reply.size, GRUCC_ERROR_CPU,
                     "cpu: found architecture %" PRIu32 ", expected %d, which this program is for",
                     model->architecture, GRUCC_HOST_ARCHITECTURE);
  uint64_t has[GRUCC_FEATURE_WORDS], missing = 0;
  for (int32_t word = 0; word < GRUCC_FEATURE_WORDS; ++word) {
    has[word] = grucc_cpu_features(word);
    missing |= model->cpu_features[word] & ~has[word];
  }
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

static int make_handle(const grucc_model *model, void *library, grucc_handle **handle,
                       grucc_reply reply) {
  int status = check_descriptor(model, reply), is_cuda = 0;
  if (!status) {
    is_cuda = (model->flags & GRUCC_MODEL_CUDA) != 0;
    status = is_cuda ? grucc_check_cuda_model(model, reply.message, reply.size)
                     : check_cpu(model, reply);
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
  (*handle)->library = library;
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
  return make_handle(model, NULL, handle, reply);
}

/*===-- Shared libraries --------------------------------------------------===*/

/* The path in words that the loader has not seen for another file: it takes two
 * equal names for one library, even when the file has been replaced meanwhile.
 * "dir/model.so" ==> "dir/" "." or "" + "/" for every bit of the inode "model.so".
 * With "./" in front a bare name is not looked for in the library path. */
static char *name_for_loader(const char *path, uint64_t inode) {
  const char *slash = strrchr(path, '/'), *file = slash ? slash + 1 : path;
  size_t folder = (size_t)(file - path), capacity = folder + 2 + 2 * 64 + strlen(file) + 1;
  char *name = malloc(capacity);
  if (!name)
    return NULL;
  char *at = name;
  memcpy(at, path, folder);
  at += folder;
  *at++ = '.';
  *at++ = '/';
  for (; inode; inode >>= 1) {
    if (inode & 1)
      *at++ = '.';
    *at++ = '/';
  }
  memcpy(at, file, strlen(file) + 1);
  return name;
}

/* The descriptor of the loaded library, checked as far as loading it goes. */
static int load_model(const char *path, const grucc_image *image, void **library,
                      const grucc_model **model) {
  char *name = name_for_loader(path, image->inode);
  if (!name)
    return grucc_say(image->message, image->message_size, GRUCC_ERROR_MEMORY,
                     "path: found no memory, expected %zu bytes", strlen(path));
  *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  int status = GRUCC_OK;
  if (!*library) {
    const char *reason = dlerror();
    size_t length = strlen(name);
    if (strncmp(reason, name, length) == 0 && strncmp(reason + length, ": ", 2) == 0)
      reason += length + 2;
    status = grucc_refuse(image, "file: found %s, expected to load it", reason);
  }
  free(name);
  if (status)
    return status;

  const void *entry = dlsym(*library, "grucc_model_entry");
  Dl_info place;
  if (!entry || !dladdr(entry, &place))
    return grucc_refuse(image,
                        "grucc_model_entry: found no such symbol, expected a compiled model");
  uintptr_t base = (uintptr_t)entry - (uintptr_t)image->entry->st_value;
  const Elf64_Phdr *first = image->segments;
  while (first->p_type != PT_LOAD)
    ++first;
  uintptr_t start = base + (uintptr_t)(first->p_vaddr / first->p_align * first->p_align);
  if ((uintptr_t)place.dli_fbase != start)
    return grucc_refuse(image, "file: found an older version of it already loaded, expected the "
                               "file not to change while it is open");

  /* Another version's descriptor may be shorter; its first two fields never change. */
  *model = entry;
  uint64_t address = image->entry->st_value;
  if (address % 8 || !grucc_find_load(image, address, 8, PF_R, 0))
    return grucc_refuse(image, "grucc_model_entry: found it outside the data, expected it inside");
  if ((*model)->abi_version != GRUCC_ABI_VERSION || (*model)->size != sizeof(grucc_model))
    return check_descriptor(*model, (grucc_reply){image->message, image->message_size});
  if (!grucc_find_load(image, address, sizeof(grucc_model), PF_R, 0))
    return grucc_refuse(image, "grucc_model_entry: found it outside the data, expected it inside");
  status = check_descriptor(*model, (grucc_reply){image->message, image->message_size});
  return status ? status : grucc_check_pointers(image, base, *model);
}

int grucc_open_file(const char *path, grucc_handle **handle, char *message, size_t message_size) {
  grucc_reply reply = {message, message_size};
  if (handle)
    *handle = NULL;
  if (!path || !handle)
    return grucc_say(message, message_size, GRUCC_ERROR_NULL, "%s: found NULL, expected a pointer",
                     path ? "handle" : "path");
  grucc_image image;
  memset(&image, 0, sizeof image);
  image.message = message;
  image.message_size = message_size;
  void *library = NULL;
  const grucc_model *model = NULL;
  int status = grucc_map_image(path, &image);
  if (!status)
    status = grucc_check_segments(&image);
  if (!status)
    status = grucc_check_dynamic(&image);
  if (!status)
    status = grucc_check_segment_kinds(&image);
  if (!status)
    status = load_model(path, &image, &library, &model);
  if (!status)
    status = make_handle(model, library, handle, reply);
  if (status && library)
    dlclose(library);
  grucc_unmap_image(&image);
  return status;
}

void grucc_close(grucc_handle *handle) {
  if (!handle)
    return;
  grucc_free_pool(handle->pool);
  grucc_free_device(handle);
  free(handle->workspace);
  free(handle->owned_weights);
  if (handle->library)
    dlclose(handle->library);
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
