/* Runs a model with every buffer exactly as long as its header says, between two
 * pages that must not be touched: once at the front of its pages, once at the
 * back. Built once for baked weights and once for external ones; prints every
 * result's bits in hexadecimal, so that the outputs of builds can be compared. */
#define _DEFAULT_SOURCE
#include "net.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { I = NET_INPUT_SIZE, H = NET_HIDDEN_SIZE, L = NET_NUM_LAYERS, PAGE = 4096 };

static int at_back; /* where a buffer lies in its pages */

/* `bytes` bytes that begin, or end, at the border of a page that must not be touched. */
static void *guarded(size_t bytes, size_t alignment) {
  size_t room = (bytes + PAGE - 1) / PAGE * PAGE;
  char *pages = mmap(NULL, room + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED || (room && mprotect(pages + PAGE, room, PROT_READ | PROT_WRITE)))
    abort();
  memset(pages + PAGE, 0x7f, room); /* large numbers: what is read must be written before */
  size_t skip = at_back ? (room - bytes) / alignment * alignment : 0;
  return pages + PAGE + skip;
}

static float *random_floats(size_t count) {
  static unsigned random = 7;
  float *floats = guarded(count * sizeof(float), sizeof(float));
  for (size_t i = 0; i < count; ++i) {
    random = random * 1664525u + 1013904223u;
    floats[i] = ((float)(random >> 8) / (1 << 23) - 1.0f) / 4;
  }
  return floats;
}

static void print(const char *what, const float *floats, size_t count) {
  unsigned hash = 2166136261u;
  for (size_t i = 0; i < count; ++i) {
    unsigned bits;
    memcpy(&bits, floats + i, sizeof bits);
    hash = (hash ^ bits) * 16777619u;
  }
  printf("%s %08x\n", what, hash);
}

static void require(int condition, const char *what) {
  if (condition)
    return;
  printf("FAILED %s\n", what);
  exit(1);
}

#ifdef NET_WEIGHTS_BYTES
/* The tensors of the file that the baked model was made of, packed. */
static const void *weights(const char *path) {
  const float *tensors[NET_WEIGHTS_COUNT];
  FILE *file = fopen(path, "rb");
  require(file != NULL, "weights file");
  for (int n = 0; n < NET_WEIGHTS_COUNT; ++n) {
    int per_layer = NET_WEIGHTS_COUNT / L, which = n % per_layer;
    size_t columns = which == 0 ? (n == 0 ? I : H) : which == 1 ? H : 1, count = 3 * H * columns;
    float *tensor = guarded(count * sizeof(float), sizeof(float));
    require(fread(tensor, sizeof(float), count, file) == count, "weights");
    tensors[n] = tensor;
  }
  fclose(file);
  char *packed = guarded(NET_WEIGHTS_BYTES, 64);
  require(net_pack(tensors, packed + 4) == 4, "pack refuses misaligned weights");
  require(net_pack(NULL, packed) == 3, "pack refuses no tensors");
  const float *first = tensors[0];
  tensors[0] = NULL;
  require(net_pack(tensors, packed) == 3, "pack refuses a tensor that is NULL");
  tensors[0] = first;
  require(net_pack(tensors, packed) == 0, "pack");
  return packed;
}
#else
static const void *weights(const char *path) {
  (void)path;
  return NULL;
}
#endif

static void run(int64_t t, int64_t b, int use_h_0, const void *packed) {
  size_t rows = (size_t)(t * b);
  int64_t workspace = net_workspace_bytes(t, b), state = net_state_bytes(b);
  require(workspace >= 0 && state > 0, "sizes");
  net_args args;
  memset(&args, 0, sizeof args);
  args.size = sizeof args;
  args.seq_len = t;
  args.batch = b;
  args.input = random_floats(rows * I);
  args.h_0 = use_h_0 ? random_floats((size_t)b * L * H) : NULL;
  args.output = guarded(rows * H * sizeof(float), sizeof(float));
  args.h_n = guarded((size_t)b * L * H * sizeof(float), sizeof(float));
  args.workspace = guarded((size_t)workspace, 64);
  args.weights = packed;
  require(net_run(&args) == 0, "run");
  printf("T=%d B=%d h_0=%d\n", (int)t, (int)b, use_h_0);
  print("output", args.output, rows * H);
  print("h_n", args.h_n, (size_t)b * L * H);

  /* The last step of a stream that begins where the sequence did. */
  void *stream = guarded((size_t)state, 64),
       *scratch = guarded((size_t)net_workspace_bytes(1, b), 64);
  float *x = guarded((size_t)b * I * sizeof(float), sizeof(float));
  float *y = guarded((size_t)b * H * sizeof(float), sizeof(float));
  float *h_n = guarded((size_t)b * L * H * sizeof(float), sizeof(float));
  require(net_init_state(stream, args.h_0, b) == 0, "init_state");
  for (int64_t step = 0; step < t; ++step) {
    memcpy(x, args.input + (size_t)(step * b) * I, (size_t)b * I * sizeof(float));
    require(net_step(x, y, stream, scratch, packed, b) == 0, "step");
    require(!memcmp(y, args.output + (size_t)(step * b) * H, (size_t)b * H * sizeof(float)),
            "a step gives the bits of a run");
  }
  require(net_read_state(stream, h_n, b) == 0, "read_state");
  require(!memcmp(h_n, args.h_n, (size_t)b * L * H * sizeof(float)), "the state ends as h_n");

  /* h_n may be h_0. */
  if (use_h_0) {
    float *state_in_place = guarded((size_t)b * L * H * sizeof(float), sizeof(float));
    memcpy(state_in_place, args.h_0, (size_t)b * L * H * sizeof(float));
    args.h_0 = args.h_n = state_in_place;
    require(net_run(&args) == 0 && !memcmp(state_in_place, h_n, (size_t)b * L * H * sizeof(float)),
            "h_n may be h_0");
  }
}

int main(int argc, char **argv) {
  require(argc == 2, "one argument");
  static const int64_t lengths[] = {0, 1, 7}, batches[] = {0, 1, 2, 5, 17};
  for (at_back = 0; at_back < 2; ++at_back) {
    const void *packed = weights(argv[1]);
    for (int t = 0; t < 3; ++t)
      for (int b = 0; b < 5; ++b)
        run(lengths[t], batches[b], (t + b) % 2, packed);
    run(61, 17, 1, packed); /* more rows than one chunk of projections */
  }
  return 0;
}
