/*===- pointers.c - What a loaded descriptor points to --------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#include "grucc/cuda.h"
#include "image.h"
#include <string.h>

/* Whether `text`, loaded at base, is a string that ends inside the file. */
static int is_text(const grucc_image *image, uintptr_t base, const char *text) {
  uint64_t address = (uint64_t)((uintptr_t)text - base);
  for (;; ++address, ++text) {
    if (!grucc_find_load(image, address, 1, PF_R, 1))
      return 0;
    if (!*text)
      return 1;
  }
}

/* Whether the function, NULL or not, is the exported symbol NAME_suffix. */
static int is_exported(const grucc_image *image, uintptr_t base, const char *name,
                       const char *suffix, uintptr_t function) {
  char symbol_name[GRUCC_MESSAGE_SIZE];
  if (!function)
    return 1; /* check_descriptor knows which may be NULL */
  if (strlen(name) + strlen(suffix) + 2 > sizeof symbol_name)
    return 0;
  grucc_say(symbol_name, sizeof symbol_name, GRUCC_OK, "%s_%s", name, suffix);
  const Elf64_Sym *symbol = grucc_find_symbol(image, symbol_name);
  return symbol && symbol->st_value == (uint64_t)(function - base) &&
         grucc_find_load(image, symbol->st_value, 1, PF_X, 0);
}

/* The same for what a grucc_cuda_model adds to the descriptor. */
static int check_cuda_pointers(const grucc_image *image, uintptr_t base,
                               const grucc_cuda_model *cuda) {
  const grucc_model *model = &cuda->model;
  uint64_t layers = (uint64_t)model->num_layers * sizeof(grucc_cuda_layer); /* at most 2^63 */
  if (model->flags & GRUCC_MODEL_BIDIRECTIONAL)
    layers *= 2;
  const struct {
    const char *what;
    const void *data;
    uint64_t bytes;
  } blocks[] = {{"kernels", cuda->kernels, (uint64_t)cuda->kernels_bytes + 1},
                {"weights", cuda->weights, (uint64_t)model->weights_bytes},
                {"layers", cuda->layers, layers}};
  for (size_t i = 0; i < sizeof blocks / sizeof *blocks; ++i)
    if (!blocks[i].bytes || (uintptr_t)blocks[i].data % (i == 2 ? 8 : 1) ||
        !grucc_find_load(image, (uint64_t)((uintptr_t)blocks[i].data - base), blocks[i].bytes, PF_R,
                         0))
      return grucc_refuse(image, "model: found %s outside the file, expected them inside",
                          blocks[i].what);
  const char *names[] = {cuda->project_input.name, cuda->project_above.name, cuda->scan.name,
                         cuda->step.name};
  for (size_t i = 0; i < sizeof names / sizeof *names; ++i)
    if (names[i] && !is_text(image, base, names[i]))
      return grucc_refuse(image, "model: found a text outside the file, expected it inside");
  return GRUCC_OK;
}

int grucc_check_pointers(const grucc_image *image, uintptr_t base, const grucc_model *model) {
  if (!is_text(image, base, model->name) || !is_text(image, base, model->target) ||
      !is_text(image, base, model->provenance))
    return grucc_refuse(image, "model: found a text outside the file, expected it inside");
  const struct {
    const char *suffix;
    uintptr_t function;
  } functions[] = {{"run", (uintptr_t)model->run},
                   {"step", (uintptr_t)model->step},
                   {"state_bytes", (uintptr_t)model->state_bytes},
                   {"workspace_bytes", (uintptr_t)model->workspace_bytes},
                   {"init_state", (uintptr_t)model->init_state},
                   {"read_state", (uintptr_t)model->read_state},
                   {"reset_state", (uintptr_t)model->reset_state},
                   {"pack", (uintptr_t)model->pack},
                   {"supported", (uintptr_t)model->supported},
                   {"select", (uintptr_t)model->select}};
  for (size_t i = 0; i < sizeof functions / sizeof *functions; ++i)
    if (!is_exported(image, base, model->name, functions[i].suffix, functions[i].function))
      return grucc_refuse(image, "model: found another function, expected the symbol %.80s_%s",
                          model->name, functions[i].suffix);
  if (!(model->flags & GRUCC_MODEL_CUDA))
    return GRUCC_OK;
  if (!grucc_find_load(image, image->entry->st_value, sizeof(grucc_cuda_model), PF_R, 0))
    return grucc_refuse(image, "grucc_model_entry: found it outside the data, expected it inside");
  return check_cuda_pointers(image, base, (const grucc_cuda_model *)model);
}
