/*===- probes.c - How fast this machine computes and reads ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "probes.h"
#include "grucc/runtime.h"
#include "probe_loops.h"
#include "timing.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const probe_field probe_fields[probe_field_count] = {
    {"vector_bits", offsetof(probes, vector_bits)},
    {"float32_gflops", offsetof(probes, float32_gflops)},
    {"float64_gflops", offsetof(probes, float64_gflops)},
    {"cycle_ns", offsetof(probes, cycle_ns)},
    {"l1_bytes", offsetof(probes, l1.bytes)},
    {"l1_probe_bytes", offsetof(probes, l1.probe_bytes)},
    {"l1_gb_s", offsetof(probes, l1.gb_s)},
    {"l2_bytes", offsetof(probes, l2.bytes)},
    {"l2_probe_bytes", offsetof(probes, l2.probe_bytes)},
    {"l2_gb_s", offsetof(probes, l2.gb_s)},
    {"l3_bytes", offsetof(probes, l3.bytes)},
    {"l3_probe_bytes", offsetof(probes, l3.probe_bytes)},
    {"l3_gb_s", offsetof(probes, l3.gb_s)},
    {"memory_probe_bytes", offsetof(probes, memory.probe_bytes)},
    {"memory_gb_s", offsetof(probes, memory.gb_s)},
};

static const double MiB = 1024 * 1024;

/* Other programs take the core for milliseconds: many short rounds, the best counts. */
enum { rounds = 40, memory_rounds = 4, turns = 1 << 15, memory_bytes = 1 << 25 };

/* Bytes of a level that holds data, of the first core; 0 where there is none. sysconf knows
 * none on some machines whose /sys does. */
static double cache_bytes(int level) {
  const int names[] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE};
  long known = sysconf(names[level - 1]);
  if (known > 0)
    return (double)known;
  for (int index = 0; index < 8; ++index) {
    char path[80], kind[16];
    int found_level;
    double kib;
    const char *const parts[] = {"level", "type", "size"}, *const forms[] = {"%d", "%15s", "%lf"};
    void *const values[] = {&found_level, kind, &kib};
    int read = 0;
    for (int part = 0; part < 3; ++part) {
      snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%d/%s", index,
               parts[part]);
      FILE *file = fopen(path, "r");
      read += file && fscanf(file, forms[part], values[part]) == 1;
      if (file)
        fclose(file);
    }
    if (read == 3 && found_level == level && strcmp(kind, "Instruction") != 0)
      return kib * 1024;
  }
  return 0;
}

/* Nanoseconds of one turn of a loop. */
static double time_turn(void (*loop)(int64_t)) {
  double best = -1;
  for (int round = 0; round < rounds; ++round) {
    double start = read_clock();
    loop(turns);
    double taken = read_clock() - start;
    if (best < 0 || taken < best)
      best = taken;
  }
  return best * 1e3 / turns;
}

/* Reads `bytes` over and over, at several places of `room`: how well a level holds them also
 * depends on which pages they lie in. */
static void time_reads(const probe_loops *loops, const char *room, size_t size, double bytes,
                       read_probe *probe) {
  int64_t whole = (int64_t)bytes / probe_granule * probe_granule;
  int64_t passes = 1 + (int64_t)(16 * MiB) / whole, places = (int64_t)size / whole;
  double best = -1;
  for (int round = 0; round < rounds; ++round) {
    const char *data = room + round % places * whole;
    loops->read(data, whole, 1);
    double start = read_clock();
    loops->read(data, whole, passes);
    double taken = read_clock() - start;
    if (best < 0 || taken < best)
      best = taken;
  }
  probe->probe_bytes = (double)whole;
  probe->gb_s = (double)(whole * passes) / best / 1e3;
}

/* Reads all of `room` from memory. */
static void time_memory(const probe_loops *loops, const char *room, size_t size,
                        read_probe *probe) {
  int64_t whole = (int64_t)size / probe_granule * probe_granule;
  double best = -1;
  for (int round = 0; round < memory_rounds; ++round) {
    flush_caches(room, whole);
    double start = read_clock();
    loops->read(room, whole, 1);
    double taken = read_clock() - start;
    if (best < 0 || taken < best)
      best = taken;
  }
  probe->probe_bytes = (double)whole;
  probe->gb_s = (double)whole / best / 1e3;
}

static double at_most(double a, double b) { return a < b ? a : b; }
static double at_least(double a, double b) { return a > b ? a : b; }

/* Nanoseconds of a cycle: a multiply-add that waits for the last one takes 4, and where
 * there is no fused one, a product and a sum take 8. */
static double time_cycle(const probe_loops *loops) {
  int is_fused = (grucc_cpu_features(0) & GRUCC_CPU_FMA) != 0;
  if (is_fused && loops->vector_bytes == 16)
    loops = find_probe_loops(GRUCC_CPU_AVX2);
  return time_turn(loops->chain) / (is_fused ? 4 : 8);
}

const char *measure_probes(const grucc_model *model, probes *measured) {
  const probe_loops *loops = find_probe_loops(model->cpu_features[0]);
  if (!loops)
    return "a processor that there are no probes for";
  *measured = (probes){.vector_bits = 8 * loops->vector_bytes};
  read_probe *l1 = &measured->l1, *l2 = &measured->l2, *l3 = &measured->l3;
  l1->bytes = cache_bytes(1);
  l2->bytes = cache_bytes(2);
  l3->bytes = cache_bytes(3);
  if (l1->bytes < 2 * probe_granule || l2->bytes < l1->bytes)
    return "a machine that does not say how large its caches are";

  double operations = 2 * probe_chains * loops->vector_bytes;
  measured->float32_gflops = operations / sizeof(float) / time_turn(loops->float32);
  if (model->flags & GRUCC_MODEL_FLOAT64)
    measured->float64_gflops = operations / sizeof(double) / time_turn(loops->float64);
  measured->cycle_ns = time_cycle(loops);

  /* Of L1 three quarters. Of L2 half: above that it depends on how the pages share its sets
   * whether they all stay. L3 is shared and may be huge: what the weights need of it, yet so
   * much that L2 holds little, at most three quarters. */
  double beyond = at_most(at_least(4 * l2->bytes, (double)model->weights_bytes), 64 * MiB);
  double l3_probe = at_most(0.75 * l3->bytes, beyond);
  size_t size = (size_t)at_least(at_least(memory_bytes, l3_probe), 2 * l2->bytes) / 64 * 64;
  char *room = aligned_alloc(64, size);
  if (!room)
    return "no memory for the probes";
  memset(room, 1, size);
  time_reads(loops, room, size, 0.75 * l1->bytes, l1);
  time_reads(loops, room, size, 0.5 * l2->bytes, l2);
  if (l3->bytes > l2->bytes)
    time_reads(loops, room, size, l3_probe, l3);
  time_memory(loops, room, memory_bytes, &measured->memory);
  free(room);
  return NULL;
}
