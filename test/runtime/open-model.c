/*===- open-model.c - What grucc_open_model accepts and refuses -----------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: clang -std=c11 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -I%source/runtime/include -I%source/runtime/src %s \
 * RUN:   %build/lib/libgrucc_runtime_sanitized.a -o %t && %t
 */
#include "Inputs/expect.h"
#include "Inputs/model.c"
#include "handle.h"
#include <math.h>

static char message[GRUCC_MESSAGE_SIZE];

static void expect_refused(const grucc_model *model, int status, const char *text) {
  grucc_handle *handle = (grucc_handle *)message;
  expect(grucc_open_model(model, &handle, message, sizeof message) == status);
  expect_text(message, text);
  expect(handle == NULL);
}

static void opens_a_whole_descriptor(void) {
  grucc_handle *handle = NULL;
  expect(grucc_open_model(&encoder_model, &handle, NULL, 0) == GRUCC_OK);
  expect(grucc_descriptor(handle) == &encoder_model);
  expect_text(grucc_last_error(handle), "");
  grucc_close(handle);
  grucc_close(NULL);
}

static void refuses_null(void) {
  expect_refused(NULL, GRUCC_ERROR_NULL, "model: found NULL, expected a pointer");
  expect(grucc_open_model(&encoder_model, NULL, message, sizeof message) == GRUCC_ERROR_NULL);
  expect_text(message, "handle: found NULL, expected a pointer");
  expect(grucc_descriptor(NULL) == NULL);
  expect_text(grucc_last_error(NULL), "");
  expect(grucc_run(NULL, NULL) == GRUCC_ERROR_NULL);
  expect(grucc_step(NULL, NULL, NULL, NULL) == GRUCC_ERROR_NULL);
  expect(grucc_reserve(NULL, 1, 1) == GRUCC_ERROR_NULL);
  expect(grucc_new_state(NULL, 1, NULL) == GRUCC_ERROR_NULL);
  expect(grucc_place_state(NULL, NULL, 0, 1, NULL) == GRUCC_ERROR_NULL);
  expect(grucc_init_state(NULL, NULL, NULL) == GRUCC_ERROR_NULL);
  expect(grucc_read_state(NULL, NULL, NULL) == GRUCC_ERROR_NULL);
  expect(grucc_set_weights(NULL, NULL, 0) == GRUCC_ERROR_NULL);
  expect(grucc_set_packed_weights(NULL, NULL, 0) == GRUCC_ERROR_NULL);
  expect(grucc_describe_weight(NULL, 0, NULL, 0, NULL) == GRUCC_ERROR_NULL);
  expect(grucc_set_device(NULL, 0) == GRUCC_ERROR_NULL);
  expect(grucc_describe_device(NULL, NULL) == GRUCC_ERROR_NULL);
  expect(grucc_run_on_stream(NULL, NULL, NULL) == GRUCC_ERROR_NULL);
  expect(grucc_step_on_stream(NULL, NULL, NULL, NULL, NULL) == GRUCC_ERROR_NULL);
  grucc_free_state(NULL);
}

static void refuses_another_abi(void) {
  grucc_model model = encoder_model;
  char text[GRUCC_MESSAGE_SIZE];
  model.abi_version = 7;
  snprintf(text, sizeof text,
           "model: found binary interface 7 with a descriptor of %d bytes, expected %d with %d",
           (int)sizeof model, GRUCC_ABI_VERSION, (int)sizeof model);
  expect_refused(&model, GRUCC_ERROR_ABI, text);
  model = encoder_model;
  model.size -= 8;
  expect(grucc_open_model(&model, &(grucc_handle *){NULL}, NULL, 0) == GRUCC_ERROR_ABI);
}

/* Where pointers have 32 bits, what has more bytes than they tell apart is refused, not cut. */
#if UINTPTR_MAX == UINT32_MAX
#define POINTER "4"
#define OTHER_POINTER "8"
#define MOST_BYTES "2147483647"
#else
#define POINTER "8"
#define OTHER_POINTER "4"
#define MOST_BYTES "9223372036854775807"
#endif

static void refuses_damaged_descriptors(void) {
#define DAMAGED(change, text)                                                                      \
  do {                                                                                             \
    grucc_model model = encoder_model;                                                             \
    model.change;                                                                                  \
    expect_refused(&model, GRUCC_ERROR_ABI, "model: found " text);                                 \
  } while (0)
  DAMAGED(flags |= 1u << 9, "flags 0x201, expected only bits of 0x7f");
  DAMAGED(input_size = 0, "input_size 0, hidden_size 2, num_layers 2, expected positive sizes");
  DAMAGED(hidden_size = -2, "input_size 3, hidden_size -2, num_layers 2, expected positive sizes");
  DAMAGED(num_layers = INT64_MAX, "input_size 3, hidden_size 2, num_layers 9223372036854775807, "
                                  "expected positive sizes");
  DAMAGED(weights_count = 7, "7 weight tensors of 32 bytes, expected 8 of 0 to " MOST_BYTES);
  DAMAGED(weights_bytes = -1, "8 weight tensors of -1 bytes, expected 8 of 0 to " MOST_BYTES);
  if (sizeof(void *) == 4)
    DAMAGED(weights_bytes = (1ll << 32) + 32,
            "8 weight tensors of 4294967328 bytes, expected 8 of 0 to " MOST_BYTES);
#define MISSING(field) DAMAGED(field = NULL, "a NULL name or function, expected a whole descriptor")
  MISSING(name);
  MISSING(target);
  MISSING(provenance);
  MISSING(run);
  MISSING(step);
  MISSING(state_bytes);
  MISSING(workspace_bytes);
  MISSING(init_state);
  MISSING(read_state);
  MISSING(reset_state);
  MISSING(supported);
#define UNKNOWN                                                                                    \
  "a network that this runtime does not know, expected a variant of binary interface 4"
  DAMAGED(reserved = 1, UNKNOWN);
  DAMAGED(reset = GRUCC_RESET_BEFORE + 1, UNKNOWN);
  DAMAGED(direction = GRUCC_DIRECTION_REVERSE + 1, UNKNOWN);
  DAMAGED(clip = -1, UNKNOWN);
  DAMAGED(clip = NAN, UNKNOWN);
  DAMAGED(activations[0][1].kind = GRUCC_ACTIVATION_ELU + 1, UNKNOWN);
  DAMAGED(activations[1][0].reserved = 1, UNKNOWN);
#define PLACED(pointers, bytes)                                                                    \
  "pointers of " pointers " bytes and an alignment of " bytes ", expected " POINTER                \
  " and a power of two from 8 to 4096"
  DAMAGED(pointer_bytes = 12 - sizeof(void *), PLACED(OTHER_POINTER, "64"));
  DAMAGED(alignment = 48, PLACED(POINTER, "48"));
  DAMAGED(alignment = 0, PLACED(POINTER, "0"));
  DAMAGED(alignment = 8192, PLACED(POINTER, "8192"));
  DAMAGED(flags |= GRUCC_MODEL_EXTERNAL_WEIGHTS,
          "a NULL name or function, expected a whole descriptor");
}

static void refuses_a_missing_cpu_feature(void) {
  grucc_model model = encoder_model;
  model.cpu_features[0] = 1ull << 40 | GRUCC_CPU_FMA;
  model.cpu_features[3] = 1;
  expect(grucc_open_model(&model, &(grucc_handle *){NULL}, message, sizeof message) ==
         GRUCC_ERROR_CPU);
  expect(strstr(message, "cpu: found ") == message);
#if defined(__x86_64__)
  expect(strstr(message, ", expected FMA bit 40 bit 192") != NULL);
#elif defined(__aarch64__)
  expect(strstr(message, ", expected SVE of 256 bits bit 40 bit 192") != NULL);
#else
  expect(strstr(message, ", expected bit 2 bit 40 bit 192") != NULL);
#endif
  for (int32_t word = 0; word < GRUCC_FEATURE_WORDS; ++word)
    model.cpu_features[word] = grucc_cpu_features(word);
  expect(grucc_cpu_features(-1) == 0 && grucc_cpu_features(GRUCC_FEATURE_WORDS) == 0);
  grucc_handle *handle = NULL;
  expect(grucc_open_model(&model, &handle, message, sizeof message) == GRUCC_OK);
  grucc_close(handle);
}

/* Code of another architecture, which a descriptor that is linked in cannot be by accident. */
static void refuses_another_architecture(void) {
  grucc_model model = encoder_model;
  model.architecture = 99;
  expect(grucc_open_model(&model, &(grucc_handle *){NULL}, message, sizeof message) ==
         GRUCC_ERROR_CPU);
  expect(strstr(message, "cpu: found architecture 99, expected ") == message);
}

/* An artifact's levels: which one select returns is the test's word, as what it was asked. */
static const grucc_model *level;
static uint64_t asked[GRUCC_FEATURE_WORDS];
static const grucc_model *select_level(const uint64_t features[GRUCC_FEATURE_WORDS]) {
  memcpy(asked, features, sizeof asked);
  return level;
}

static void takes_the_best_level(void) {
  grucc_model lowest = encoder_model, best = encoder_model;
  lowest.select = best.select = select_level;
  lowest.cpu_features[0] = 1ull << 41; /* the lowest itself need not run here */
  best.weights_bytes += 64;
  level = &best;
  grucc_handle *handle = NULL;
  expect(grucc_open_model(&lowest, &handle, message, sizeof message) == GRUCC_OK);
  expect(grucc_descriptor(handle) == &best);
  for (int32_t word = 0; word < GRUCC_FEATURE_WORDS; ++word)
    expect(asked[word] == grucc_cpu_features(word));
  grucc_close(handle);
  level = &lowest;
  expect(grucc_open_model(&lowest, &handle, message, sizeof message) == GRUCC_ERROR_CPU);
  expect(strstr(message, "cpu: found ") == message);
}

static void refuses_levels_that_are_none(void) {
  grucc_model lowest = encoder_model, other = encoder_model;
  lowest.select = select_level;
  level = NULL;
  expect_refused(&lowest, GRUCC_ERROR_ABI, "model: found no level, expected select to return one");
  level = &other;
  other.step = NULL;
  expect_refused(&lowest, GRUCC_ERROR_ABI,
                 "model: found a NULL name or function, expected a whole descriptor");
#define ANOTHER(change)                                                                            \
  do {                                                                                             \
    other = encoder_model;                                                                         \
    other.change;                                                                                  \
    expect_refused(&lowest, GRUCC_ERROR_ABI,                                                       \
                   "model: found a level of another network, expected one of encoder");            \
  } while (0)
  ANOTHER(input_size += 1);
  ANOTHER(hidden_size += 1);
  ANOTHER(flags ^= GRUCC_MODEL_BATCH_FIRST);
  ANOTHER(reset = GRUCC_RESET_BEFORE);
  ANOTHER(architecture = GRUCC_ARCHITECTURE_ANY - 1);
  ANOTHER(name = "decoder");
  /* Nobody asks code of another architecture. */
  lowest.architecture = 99;
  level = NULL;
  expect(grucc_open_model(&lowest, &(grucc_handle *){NULL}, message, sizeof message) ==
         GRUCC_ERROR_CPU);
}

/* Registers as cpuid would fill them, and what each level needs of them. */
static void decodes_cpuid(void) {
  const grucc_cpuid all = {~0u, ~0u, ~0u, ~0ull};
  const grucc_cpuid haswell = {0x7ffafbffu, 0x000027abu, 0x21u, 7};
  uint64_t v2 = GRUCC_CPU_SSE4_2, v3 = v2 | GRUCC_CPU_AVX2 | GRUCC_CPU_FMA;
  grucc_cpuid id = {0, 0, 0, 0};
  expect(grucc_decode_cpuid(&id) == 0);
  expect(grucc_decode_cpuid(&all) == (v3 | GRUCC_CPU_AVX512));
  expect(grucc_decode_cpuid(&haswell) == v3);
  id = haswell, id.xcr0 = 3; /* the system does not save ymm */
  expect(grucc_decode_cpuid(&id) == v2);
  id = haswell, id.leaf1_ecx &= ~(1u << 12); /* no FMA */
  expect(grucc_decode_cpuid(&id) == (v2 | GRUCC_CPU_AVX2));
  id = haswell, id.leaf7_ebx &= ~(1u << 8); /* no BMI2 */
  expect(grucc_decode_cpuid(&id) == (v2 | GRUCC_CPU_FMA));
  id = haswell, id.extended1_ecx = 0; /* no LZCNT */
  expect(grucc_decode_cpuid(&id) == (v2 | GRUCC_CPU_FMA));
  id = all, id.xcr0 = 7; /* the system does not save zmm */
  expect(grucc_decode_cpuid(&id) == v3);
  id = all, id.leaf7_ebx &= ~(1u << 31); /* no AVX-512 VL */
  expect(grucc_decode_cpuid(&id) == v3);
  id = all, id.leaf1_ecx &= ~(1u << 23); /* no POPCNT */
  expect((grucc_decode_cpuid(&id) & v2) == 0);
}

static void has_a_text_for_every_status(void) {
  for (int status = GRUCC_OK; status <= GRUCC_ERROR_DEVICE; ++status) {
    expect(grucc_status_text(status) && *grucc_status_text(status));
    for (int other = GRUCC_OK; other < status; ++other)
      expect(strcmp(grucc_status_text(status), grucc_status_text(other)) != 0);
  }
  expect_text(grucc_status_text(-1), "unknown status");
  expect_text(grucc_status_text(GRUCC_ERROR_DEVICE + 1), "unknown status");
}

static void cuts_long_messages(void) {
  char small[12] = "xxxxxxxxxxx";
  expect(grucc_open_model(NULL, &(grucc_handle *){NULL}, small, 10) == GRUCC_ERROR_NULL);
  expect(memcmp(small, "model: fo\0x", 11) == 0);
}

int main(void) {
  opens_a_whole_descriptor();
  refuses_null();
  refuses_another_abi();
  refuses_damaged_descriptors();
  refuses_a_missing_cpu_feature();
  refuses_another_architecture();
  takes_the_best_level();
  refuses_levels_that_are_none();
  decodes_cpuid();
  has_a_text_for_every_status();
  cuts_long_messages();
}
