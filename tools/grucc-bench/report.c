/*===- report.c - What grucc-bench prints ---------------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "report.h"

#include <inttypes.h>
#include <stdio.h>

static double number_at(const probes *measured, const probe_field *field) {
  return *(const double *)((const char *)measured + field->offset);
}

static int is_float64(const grucc_model *m) { return (m->flags & GRUCC_MODEL_FLOAT64) != 0; }

static int is_bidirectional(const grucc_model *m) {
  return (m->flags & GRUCC_MODEL_BIDIRECTIONAL) != 0;
}

static call_cost run_cost(const report *printed) {
  return cost_of_run(printed->model, printed->asked->seq_len, printed->asked->batch,
                     printed->measured);
}

static int64_t threads_of_step(const report *printed) {
  return step_threads(printed->model, printed->asked->batch, printed->asked->threads);
}

static call_cost step_cost(const report *printed) {
  return cost_of_step(printed->model, printed->asked->batch, printed->measured);
}

/* Operations and bytes a microsecond, in thousands, are 10^9 a second. */
static double giga(double count, const timing *taken) { return count / (taken->minimum * 1e3); }

static void print_json_call(const char *what, int64_t threads, const timing *taken,
                            call_cost cost) {
  printf(",\n  \"%s\": {\"threads\": %" PRId64
         ", \"minimum_us\": %.6g, \"median_us\": %.6g, \"samples\": %" PRId64
         ", \"calls\": %" PRId64 ", \"flops\": %.0f, \"gflops\": %.6g"
         ", \"weights_read_bytes\": %.0f, \"weights_gb_s\": %.6g",
         what, threads, taken->minimum, taken->median, taken->samples, taken->calls, cost.flops,
         giga(cost.flops, taken), cost.weights_bytes, giga(cost.weights_bytes, taken));
  if (cost.limit > 0)
    printf(", \"limit_threads\": 1, \"limit_us\": %.6g, \"limit_ratio\": %.6g", cost.limit,
           taken->minimum / cost.limit);
  printf("}");
}

static void print_json_stream(const char *what, const stream_timing *taken) {
  printf("\"%s\": {\"largest_us\": %.6g, \"step\": %" PRId64
         ", \"median_us\": %.6g, \"ratio\": %.6g}",
         what, taken->largest, taken->step, taken->median, taken->ratio);
}

/* Names of devices are plain words; what JSON would have to escape is left out. */
static void print_json_device(const grucc_device_facts *device) {
  printf(",\n  \"device\": {\"name\": \"");
  for (const char *at = device->name; *at; ++at)
    if (*at >= ' ' && *at <= '~' && *at != '"' && *at != '\\')
      putchar(*at);
  printf("\", \"number\": %" PRId32 ", \"capability\": \"%" PRId32 ".%" PRId32
         "\", \"cuda\": \"%" PRId32 ".%" PRId32 "\"}",
         device->device, device->capability / 10, device->capability % 10, device->driver / 1000,
         device->driver % 1000 / 10);
}

void print_json(const report *printed) {
  const grucc_model *m = printed->model;
  const options *asked = printed->asked;
  /* Name and target are words of letters, digits, '_' and '-': nothing to escape. */
  printf("{\n  \"name\": \"%s\",\n  \"target\": \"%s\",\n  \"dtype\": \"%s\""
         ",\n  \"input_size\": %" PRId64 ",\n  \"hidden_size\": %" PRId64
         ",\n  \"num_layers\": %" PRId64 ",\n  \"bidirectional\": %s"
         ",\n  \"weights_bytes\": %" PRId64 ",\n  \"seq_len\": %" PRId64 ",\n  \"batch\": %" PRId64
         ",\n  \"threads\": %" PRId64,
         m->name, m->target, is_float64(m) ? "float64" : "float32", m->input_size, m->hidden_size,
         m->num_layers, is_bidirectional(m) ? "true" : "false", m->weights_bytes, asked->seq_len,
         asked->batch, asked->threads);
  if (printed->device)
    print_json_device(printed->device);
  if (printed->run)
    print_json_call("run", asked->threads, printed->run, run_cost(printed));
  if (printed->step)
    print_json_call("step", threads_of_step(printed), printed->step, step_cost(printed));
  if (printed->steady) {
    printf(",\n  \"steady\": {\"repeats\": %d, ", steady_repeats);
    print_json_stream("sound", &printed->steady->sound);
    printf(", ");
    print_json_stream("silence", &printed->steady->silence);
    printf("}");
  }
  if (printed->measured) {
    const char *separator = ",\n  \"probes\": {";
    for (int i = 0; i < probe_field_count; ++i) {
      double number = number_at(printed->measured, &probe_fields[i]);
      if (number > 0) {
        printf("%s\"%s\": %.12g", separator, probe_fields[i].name, number);
        separator = ", ";
      }
    }
    printf("}");
  }
  printf("\n}\n");
}

/* Where several threads were asked for, it is said of what stays on one. */
static void print_call(const char *what, int64_t seq_len, int64_t threads, const report *printed,
                       const timing *taken, call_cost cost) {
  int are_several = printed->asked->threads > 1;
  printf("%-5s T = %-6" PRId64 " B = %-4" PRId64 " minimum %10.3f us   median %10.3f us"
         "   (%" PRId64 " samples of %" PRId64 " calls)%s\n",
         what, seq_len, printed->asked->batch, taken->minimum, taken->median, taken->samples,
         taken->calls, are_several && threads == 1 ? ", on one thread" : "");
  printf("      %.4g GFLOP/s, %.4g GB/s of weights", giga(cost.flops, taken),
         giga(cost.weights_bytes, taken));
  if (cost.limit > 0)
    printf(", limit%s %.3f us, time / limit %.2f", are_several ? " of one thread" : "", cost.limit,
           taken->minimum / cost.limit);
  printf("\n");
}

static void print_stream(const char *what, const steadiness *taken, const stream_timing *stream) {
  printf("%-8s %" PRId64 " steps: largest %.3f us at step %" PRId64
         ", median %.3f us, ratio %.2f (least of %d)\n",
         what, taken->steps, stream->largest, stream->step, stream->median, stream->ratio,
         steady_repeats);
}

static void print_bytes(double bytes) {
  const double KiB = 1024, MiB = 1024 * KiB;
  if (bytes >= MiB)
    printf("%.4g MiB", bytes / MiB);
  else
    printf("%.4g KiB", bytes / KiB);
}

static void print_read(const char *level, const read_probe *probe) {
  if (probe->gb_s <= 0)
    return;
  printf("reads %-7s %8.1f GB/s", level, probe->gb_s);
  if (probe->gb_s_by[0] > 0)
    printf(" (from 1, 2, 4, 8 places %.1f, %.1f, %.1f, %.1f)", probe->gb_s_by[0], probe->gb_s_by[1],
           probe->gb_s_by[2], probe->gb_s_by[3]);
  if (probe->bytes > 0) {
    printf(", of ");
    print_bytes(probe->bytes);
  }
  if (probe->probe_bytes > 0) {
    printf(", probed with ");
    print_bytes(probe->probe_bytes);
  }
  printf("\n");
}

static void print_peak(const char *dtype, double gflops) {
  if (gflops > 0)
    printf(", %s peak %.1f GFLOP/s", dtype, gflops);
}

static void print_machine(const probes *measured) {
  printf("cycle %.4f ns", measured->cycle_ns);
  if (measured->vector_bits > 0)
    printf(", vectors of %g bits", measured->vector_bits);
  if (measured->gate_cycles > 0)
    printf(", gates of one %.1f cycles", measured->gate_cycles);
  print_peak("float32", measured->float32_gflops);
  print_peak("float64", measured->float64_gflops);
  printf("\n");
  print_read("L1", &measured->l1);
  print_read("L2", &measured->l2);
  print_read("L3", &measured->l3);
  print_read("memory", &measured->memory);
  const char *separator = "reads of ";
  for (int number = 0; number < far_probe_count; ++number)
    if (measured->far_gb_s[number] > 0) {
      printf("%s%g MiB %.1f", separator, far_probe_mib[number], measured->far_gb_s[number]);
      separator = ", ";
    }
  if (*separator == ',')
    printf(" GB/s\n");
  if (measured->start_ns > 0)
    printf("a thread begins after %.1f us, meets another in %.0f ns\n", measured->start_ns / 1e3,
           measured->meeting_ns);
}

void print_words(const report *printed) {
  const grucc_model *m = printed->model;
  printf("%s: GRU %" PRId64 " -> %" PRId64 ", %" PRId64 " layer%s, %s%s%s, ", m->name,
         m->input_size, m->hidden_size, m->num_layers, m->num_layers == 1 ? "" : "s",
         is_bidirectional(m) ? "both directions, " : "", is_float64(m) ? "float64, " : "",
         m->target);
  const grucc_device_facts *device = printed->device;
  if (device)
    printf("on device %" PRId32 ", %.127s of compute capability %" PRId32 ".%" PRId32
           ", CUDA %" PRId32 ".%" PRId32 ", from and to the host's memory\n",
           device->device, device->name, device->capability / 10, device->capability % 10,
           device->driver / 1000, device->driver % 1000 / 10);
  else if (printed->asked->threads == 1)
    printf("one thread\n");
  else
    printf("%" PRId64 " threads\n", printed->asked->threads);
  if (printed->run)
    print_call("run", printed->asked->seq_len, printed->asked->threads, printed, printed->run,
               run_cost(printed));
  if (printed->step)
    print_call("step", 1, threads_of_step(printed), printed, printed->step, step_cost(printed));
  if (printed->steady) {
    print_stream("sound", printed->steady, &printed->steady->sound);
    print_stream("silence", printed->steady, &printed->steady->silence);
  }
  if (printed->measured)
    print_machine(printed->measured);
}
