/*===- probes.c - How fast this machine computes and reads ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "probes.h"
#include "clock.h"
#include "grucc/runtime.h"
#include "probe_loops.h"
#include "probe_threads.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const double far_probe_mib[far_probe_count] = {2, 4, 8, 12, 16, 24, 32, 48, 64};

#define FAR(number, mib) {"far_" #mib "_mib_gb_s", offsetof(probes, far_gb_s[number])}

#define LEVEL(name, level)                                                                         \
  {name "_bytes", offsetof(probes, level.bytes)},                                                  \
      {name "_probe_bytes", offsetof(probes, level.probe_bytes)},                                  \
      {name "_gb_s", offsetof(probes, level.gb_s)},                                                \
      {name "_gb_s_by_1", offsetof(probes, level.gb_s_by[0])},                                     \
      {name "_gb_s_by_2", offsetof(probes, level.gb_s_by[1])},                                     \
      {name "_gb_s_by_4", offsetof(probes, level.gb_s_by[2])}, {                                   \
    name "_gb_s_by_8", offsetof(probes, level.gb_s_by[3])                                          \
  }

const probe_field probe_fields[] = {
    {"vector_bits", offsetof(probes, vector_bits)},
    {"float32_gflops", offsetof(probes, float32_gflops)},
    {"float64_gflops", offsetof(probes, float64_gflops)},
    {"cycle_ns", offsetof(probes, cycle_ns)},
    {"fma_cycles", offsetof(probes, fma_cycles)},
    {"divide_cycles", offsetof(probes, divide_cycles)},
    {"ops_per_cycle", offsetof(probes, ops_per_cycle)},
    {"gate_cycles", offsetof(probes, gate_cycles)},
    LEVEL("l1", l1),
    LEVEL("l2", l2),
    LEVEL("l3", l3),
    LEVEL("memory", memory),
    {"l2_pair_gb_s", offsetof(probes, l2_pair_gb_s)},
    FAR(0, 2),
    FAR(1, 4),
    FAR(2, 8),
    FAR(3, 12),
    FAR(4, 16),
    FAR(5, 24),
    FAR(6, 32),
    FAR(7, 48),
    FAR(8, 64),
    {"l3_near_bytes", offsetof(probes, l3_near_bytes)},
    {"start_ns", offsetof(probes, start_ns)},
    {"meeting_ns", offsetof(probes, meeting_ns)},
};
const int probe_field_count = sizeof probe_fields / sizeof *probe_fields;

static const double MiB = 1024 * 1024;

/* Other programs take the core for milliseconds: many short rounds, the best counts. */
enum { rounds = 40, loop_rounds = 100, memory_rounds = 3, turns = 1 << 13, memory_bytes = 1 << 25 };

/* Bytes of a level that holds data, of the first core; 0 where there is none. sysconf counts an L3
 * of several parts as one, and knows none on some machines; so /sys goes first. */
static double cache_bytes(int level) {
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
  const int names[] = {_SC_LEVEL1_DCACHE_SIZE, _SC_LEVEL2_CACHE_SIZE, _SC_LEVEL3_CACHE_SIZE};
  long known = sysconf(names[level - 1]);
  return known > 0 ? (double)known : 0;
}

/* Nanoseconds of one turn of a loop. */
static double time_turn(void (*loop)(int64_t)) {
  double best = -1;
  for (int round = 0; round < loop_rounds; ++round) {
    double start = read_clock();
    loop(turns);
    double taken = read_clock() - start;
    if (best < 0 || taken < best)
      best = taken;
  }
  return best * 1e3 / turns;
}

/* The same at several depths of the stack, where what a loop keeps there may lie badly beside what
 * it reads. */
static double time_turn_anywhere(void (*loop)(int64_t)) {
  double best = -1;
  for (size_t depth = 64; depth < 4096; depth += 832) {
    volatile char *below = __builtin_alloca(depth);
    below[0] = 0;
    double taken = time_turn(loop);
    if (best < 0 || taken < best)
      best = taken;
  }
  return best;
}

static double at_most(double a, double b) { return a < b ? a : b; }
static double at_least(double a, double b) { return a > b ? a : b; }

/* `bytes`, or a little less, as a whole number of granules. */
static int64_t whole_granules(double bytes) {
  return (int64_t)bytes / probe_granule * probe_granule;
}

static void take_best(read_probe *probe, int number, double gb_s) {
  probe->gb_s_by[number] = at_least(probe->gb_s_by[number], gb_s);
  probe->gb_s = at_least(probe->gb_s, gb_s);
}

/* Reads `bytes` over and over, at several places of `room`: how well a level holds them also
 * depends on which pages they lie in. All numbers of streams take turns. */
static void time_reads(const probe_loops *loops, const char *room, size_t size, double bytes,
                       read_probe *probe) {
  int64_t whole = whole_granules(bytes);
  int64_t passes = 1 + (int64_t)(4 * MiB) / whole, places = (int64_t)size / whole;
  int most = bytes > 8 * MiB ? rounds / 4 : rounds;
  for (int round = 0; round < most; ++round)
    for (int number = 0; number < probe_stream_counts; ++number) {
      const char *data = room + round % places * whole;
      loops->read(data, whole, 1, 1 << number);
      double start = read_clock();
      loops->read(data, whole, passes, 1 << number);
      double taken = read_clock() - start;
      take_best(probe, number, (double)(whole * passes) / taken / 1e3);
    }
  probe->probe_bytes = (double)whole;
}

/* Reads `bytes` over and over as one row does that goes through two blocks of a panel at a time. */
static double time_pairs(const probe_loops *loops, const char *room, size_t size, double bytes) {
  int64_t pair = 2 * (int64_t)probe_block * probe_gate_count * loops->vector_bytes;
  int64_t whole = (int64_t)bytes / pair * pair;
  int64_t passes = 1 + (int64_t)(4 * MiB) / whole, places = (int64_t)size / whole;
  double best = 0;
  for (int round = 0; round < rounds; ++round) {
    const char *data = room + round % places * whole;
    loops->read_pairs(data, whole, 1);
    double start = read_clock();
    loops->read_pairs(data, whole, passes);
    double taken = read_clock() - start;
    best = at_least(best, (double)(whole * passes) / taken / 1e3);
  }
  return best;
}

/* Reads all of `room` from memory. */
static void time_memory(const probe_loops *loops, const char *room, size_t size,
                        read_probe *probe) {
  int64_t whole = whole_granules((double)size);
  for (int round = 0; round < memory_rounds; ++round)
    for (int number = 0; number < probe_stream_counts; ++number) {
      flush_caches(room, whole);
      double start = read_clock();
      loops->read(room, whole, 1, 1 << number);
      double taken = read_clock() - start;
      take_best(probe, number, (double)whole / taken / 1e3);
    }
  probe->probe_bytes = (double)whole;
}

/* The largest part of L3 that is read at half the speed of what is near. */
static double find_near(const probe_loops *loops, const char *room, size_t size, double l2_bytes,
                        double l3_bytes) {
  read_probe near = {0};
  time_reads(loops, room, size, at_most(at_most(4 * l2_bytes, l3_bytes), (double)size), &near);
  double found = near.probe_bytes;
  for (int part = 1; part <= 8; ++part) {
    read_probe probe = {0};
    double bytes = at_most(l3_bytes * part / 8, (double)size);
    if (bytes <= near.probe_bytes)
      continue;
    time_reads(loops, room, size, bytes, &probe);
    if (probe.gb_s < near.gb_s / 2)
      break;
    found = probe.probe_bytes;
  }
  return found;
}

/* Up to the first that is as much as `bytes`. */
static void time_far(const probe_loops *loops, const char *room, size_t size, double bytes,
                     probes *measured) {
  for (int number = 0; number < far_probe_count; ++number) {
    double own = far_probe_mib[number] * MiB;
    if (own < 2 * measured->l2.bytes)
      continue;
    if (bytes <= 2 * measured->l2.bytes || own > (double)size)
      return;
    read_probe probe = {0};
    time_reads(loops, room, size, own, &probe);
    measured->far_gb_s[number] = probe.gb_s;
    if (own >= bytes)
      return;
  }
}

static void time_arithmetic(const probe_loops *loops, int is_float64, probes *measured) {
  double operations = 2 * probe_chains * loops->vector_bytes;
  measured->float32_gflops = operations / sizeof(float) / time_turn(loops->float32);
  if (is_float64)
    measured->float64_gflops = operations / sizeof(double) / time_turn(loops->float64);
  double cycle = time_turn(multiply_chain) / multiplication_cycles;
  measured->cycle_ns = cycle;
  measured->fma_cycles = time_turn(loops->chain) / cycle;
  measured->divide_cycles = time_turn(loops->quotients) / cycle / probe_chains;
  measured->ops_per_cycle = probe_chains / (time_turn(loops->integers) / cycle);
  measured->gate_cycles = time_turn_anywhere(loops->gates) / cycle / probe_gates;
}

const char *measure_probes(const probe_request *asked, int whole, probes *measured) {
  const probe_loops *loops = find_probe_loops(asked->features);
  if (!loops)
    return "a processor that there are no probes for";
  *measured = (probes){.vector_bits = 8 * loops->vector_bytes};
  read_probe *l1 = &measured->l1, *l2 = &measured->l2, *l3 = &measured->l3;
  l1->bytes = cache_bytes(1);
  l2->bytes = cache_bytes(2);
  l3->bytes = cache_bytes(3);
  if (l1->bytes < 2 * probe_granule || l2->bytes < l1->bytes)
    return "a machine that does not say how large its caches are";

  time_arithmetic(loops, asked->is_float64, measured);
  /* Of L1 three quarters. Of L2 half: above that it depends on how the pages share its sets
   * whether they all stay. L3 is shared and may be huge: what is asked for of it, yet so
   * much that L2 holds little, at most three quarters. */
  double beyond = at_most(at_least(4 * l2->bytes, asked->bytes), 64 * MiB);
  double l3_probe = at_most(0.75 * l3->bytes, beyond);
  double most = at_least(at_least(memory_bytes, l3_probe), 2 * l2->bytes);
  if (asked->bytes > memory_bytes)
    most = at_least(most, at_most(2 * asked->bytes, 64 * MiB));
  size_t size = (size_t)(whole ? at_least(most, at_most(l3->bytes, 64 * MiB)) : most);
  size = size / probe_granule * probe_granule;
  char *room = aligned_alloc(64, size);
  if (!room)
    return "no memory for the probes";
  memset(room, 1, size);
  time_reads(loops, room, size, 0.75 * l1->bytes, l1);
  time_reads(loops, room, size, 0.5 * l2->bytes, l2);
  measured->l2_pair_gb_s = time_pairs(loops, room, size, 0.5 * l2->bytes);
  if (l3->bytes > l2->bytes) {
    time_reads(loops, room, size, l3_probe, l3);
    if (whole)
      measured->l3_near_bytes = find_near(loops, room, size, l2->bytes, l3->bytes);
  }
  time_memory(loops, room, memory_bytes, &measured->memory);
  time_far(loops, room, size, whole ? (double)size : asked->bytes, measured);
  free(room);
  if (!time_threads(&measured->start_ns, &measured->meeting_ns))
    measured->start_ns = measured->meeting_ns = 0;
  return NULL;
}
