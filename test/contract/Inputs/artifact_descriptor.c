/* Prints every field of two descriptors that are linked into one program, one
 * line each. The headers of both models and the runtime's agree on every layout. */
#include "first.h"
#include "second.h"

#include "grucc/model.h"

#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

#define SAME(model, field)                                                                         \
  _Static_assert(offsetof(model, field) == offsetof(grucc_args, field) &&                          \
                     sizeof(((model *)0)->field) == sizeof(((grucc_args *)0)->field),              \
                 #model "." #field)
#define SAME_ARGS(model)                                                                           \
  SAME(model, size);                                                                               \
  SAME(model, seq_len);                                                                            \
  SAME(model, batch);                                                                              \
  SAME(model, input);                                                                              \
  SAME(model, h_0);                                                                                \
  SAME(model, lengths);                                                                            \
  SAME(model, batch_sizes);                                                                        \
  SAME(model, output);                                                                             \
  SAME(model, h_n);                                                                                \
  SAME(model, workspace);                                                                          \
  SAME(model, weights);                                                                            \
  SAME(model, dropout_seed);                                                                       \
  SAME(model, dropout_mask);                                                                       \
  SAME(model, parallel_for);                                                                       \
  SAME(model, parallel_context);                                                                   \
  SAME(model, threads);                                                                            \
  SAME(model, barrier);                                                                            \
  _Static_assert(sizeof(model) == sizeof(grucc_args), #model)
SAME_ARGS(first_args);
SAME_ARGS(second_args);

/* The layout is the binary interface: it may not even change by accident. */
_Static_assert(sizeof(grucc_args) == 136, "grucc_args");
_Static_assert(sizeof(grucc_model) == 368, "grucc_model");
_Static_assert(offsetof(grucc_model, architecture) == 16, "architecture");
_Static_assert(offsetof(grucc_model, input_size) == 40, "input_size");
_Static_assert(offsetof(grucc_model, dropout) == 64, "dropout");
_Static_assert(sizeof(grucc_activation) == 24, "grucc_activation");
_Static_assert(offsetof(grucc_model, activations) == 80, "activations");
_Static_assert(offsetof(grucc_model, cpu_features) == 176, "cpu_features");
_Static_assert(offsetof(grucc_model, weights_count) == 216, "weights_count");
_Static_assert(offsetof(grucc_model, checksum) == 224, "checksum");
_Static_assert(offsetof(grucc_model, id) == 232, "id");
_Static_assert(offsetof(grucc_model, name) == 264, "name");
_Static_assert(offsetof(grucc_model, run) == 288, "run");
_Static_assert(offsetof(grucc_model, select) == 360, "select");

/* The header's sizes are constants, also of several rows. */
enum { CONSTANT_SIZES = SECOND_STATE_BYTES(5) + SECOND_STEP_WORKSPACE_BYTES(5) };

/* The functions that the descriptor holds are the ones that the header declares. */
#define IS(model, member, function)                                                                \
  printf(#member "=%d\n", (void (*)(void))model.member == (void (*)(void))function)

static void print(const grucc_model *m) {
  printf("abi_version=%" PRIu32 "\nsize=%" PRIu32 "\nflags=%" PRIu32 "\nstep_rows=%" PRIu32 "\n",
         m->abi_version, m->size, m->flags, m->step_rows);
  printf("input_size=%" PRId64 "\nhidden_size=%" PRId64 "\nnum_layers=%" PRId64 "\n", m->input_size,
         m->hidden_size, m->num_layers);
  printf("dropout=%g\ncpu_features=%" PRIu64 "\nweights_bytes=%" PRId64 "\nweights_count=%" PRId64
         "\n",
         m->dropout, m->cpu_features[0], m->weights_bytes, m->weights_count);
  printf("architecture=%" PRIu32 "\npointer_bytes=%" PRIu32 "\nalignment=%" PRIu32 "\n",
         m->architecture, m->pointer_bytes, m->alignment);
  uint64_t variants = m->reset | m->direction | m->reserved | (m->clip != 0);
  for (int i = 0; i < 4; ++i) {
    const grucc_activation *a = &m->activations[i / 2][i % 2];
    variants |= a->kind | a->reserved | (a->alpha != 0) | (a->beta != 0);
  }
  variants |= m->cpu_features[1] | m->cpu_features[2] | m->cpu_features[3];
  printf("beyond_torch=%" PRIu64 "\nselect=%d\nsupported=%d\n", variants, m->select != 0,
         m->supported());
  printf("name=%s\ntarget=%s\nstate_bytes=%" PRId64 "\nworkspace_bytes=%" PRId64 "\n", m->name,
         m->target, m->state_bytes(1), m->workspace_bytes(1, 1));
  for (const char *c = m->provenance; *c; ++c)
    if (c == m->provenance || c[-1] == '\n')
      printf("provenance: %.*s\n", (int)__builtin_strcspn(c, "\n"), c);
}

/* The constants say what the functions return, whatever the batch. */
static int has_constant_sizes(void) {
  int same = CONSTANT_SIZES == second_state_bytes(5) + second_workspace_bytes(1, 5);
  for (int64_t b = 1; b < 2000; b += b < 70 ? 1 : 131)
    same &= FIRST_STATE_BYTES(b) == first_state_bytes(b) &&
            FIRST_STEP_WORKSPACE_BYTES(b) == first_workspace_bytes(1, b) &&
            SECOND_STATE_BYTES(b) == second_state_bytes(b) &&
            SECOND_STEP_WORKSPACE_BYTES(b) == second_workspace_bytes(1, b);
  return same;
}

int main(void) {
  print(&first_model);
  IS(first_model, run, first_run);
  IS(first_model, step, first_step);
  IS(first_model, init_state, first_init_state);
  IS(first_model, read_state, first_read_state);
  IS(first_model, reset_state, first_reset_state);
  printf("pack=%d\n", first_model.pack == 0);
  printf("--\n");
  print(&second_model);
  IS(second_model, run, second_run);
  IS(second_model, step, second_step);
  IS(second_model, init_state, second_init_state);
  IS(second_model, read_state, second_read_state);
  IS(second_model, reset_state, second_reset_state);
  printf("constants=%d\n", has_constant_sizes());
  IS(second_model, pack, second_pack);
  printf("header=%d\n", SECOND_INPUT_SIZE == second_model.input_size &&
                            SECOND_HIDDEN_SIZE == second_model.hidden_size &&
                            SECOND_NUM_LAYERS == second_model.num_layers &&
                            SECOND_STATES == second_model.num_layers &&
                            SECOND_OUTPUT_SIZE == second_model.hidden_size &&
                            SECOND_ALIGNMENT == GRUCC_ALIGNMENT &&
                            SECOND_WEIGHTS_BYTES == second_model.weights_bytes &&
                            SECOND_WEIGHTS_COUNT == second_model.weights_count);
  return 0;
}
