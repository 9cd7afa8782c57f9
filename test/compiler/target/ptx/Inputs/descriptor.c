/* Prints what a model's descriptor says, and writes its kernels and weights to files. */
#include "embedded.h"
#include "grucc/cuda.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static void print_kernel(const char *what, const grucc_cuda_kernel *kernel) {
  printf("%s: %s, %" PRId32 " threads, %" PRId32 " bytes, %" PRId32 " rows, %" PRId32 " columns\n",
         what, kernel->name ? kernel->name : "none", kernel->threads, kernel->shared_bytes,
         kernel->rows, kernel->columns);
}

int main(void) {
  const grucc_cuda_model *cuda = &embedded_model;
  const grucc_model *model = &cuda->model;
  printf("abi: %s\n", model->abi_version == GRUCC_ABI_VERSION &&
                              model->size == sizeof(grucc_model) && !model->step_rows
                          ? "ours"
                          : "another");
  printf("flags: %#" PRIx32 "\n", model->flags);
  printf("sizes: %" PRId64 " %" PRId64 " %" PRId64 " %g\n", model->input_size, model->hidden_size,
         model->num_layers, model->dropout);
  printf("tensors: %" PRId64 "\n", model->weights_count);
  printf("features: %" PRIu64 "\n", model->cpu_features[0]);
  printf("architecture: %" PRIu32 " %" PRIu32 " %" PRIu32 "\n", model->architecture,
         model->pointer_bytes, model->alignment);
  printf("name: %s for %s\n", model->name, model->target);
  printf("functions: %s\n", model->run || model->step || model->state_bytes ||
                                    model->workspace_bytes || model->init_state ||
                                    model->read_state || model->reset_state || model->pack ||
                                    model->supported || model->select
                                ? "some"
                                : "none");
  printf("capability: %" PRId32 ", precision %" PRId32 "\n", cuda->capability, cuda->precision);
  printf("scan from %" PRId64 " steps, up to %" PRId64 " rows\n", cuda->scan_min_steps,
         cuda->scan_max_batch);
  print_kernel("project_input", &cuda->project_input);
  print_kernel("project_above", &cuda->project_above);
  print_kernel("scan", &cuda->scan);
  print_kernel("step", &cuda->step);
  printf("aligned: %d\n", (uintptr_t)cuda->weights % 256 == 0 && (uintptr_t)cuda % 8 == 0);
  int64_t directions = model->flags & GRUCC_MODEL_BIDIRECTIONAL ? 2 : 1;
  for (int64_t i = 0; i < directions * model->num_layers; ++i) {
    const grucc_cuda_layer *l = &cuda->layers[i];
    printf("%s{%" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 ", %" PRId64 "}", i ? ", " : "",
           l->w_ih, l->bias, l->w_hh, l->w_hh_step, l->b_hn);
  }
  printf("\n%s", model->provenance);
  FILE *kernels = fopen("kernels", "wb"), *weights = fopen("weights", "wb");
  size_t count = strlen(cuda->kernels);
  int written = count == (size_t)cuda->kernels_bytes &&
                fwrite(cuda->kernels, 1, count, kernels) == count &&
                fwrite(cuda->weights, 1, (size_t)model->weights_bytes, weights) ==
                    (size_t)model->weights_bytes;
  return !written | fclose(kernels) | fclose(weights);
}
