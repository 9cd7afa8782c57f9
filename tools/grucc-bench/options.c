/*===- options.c - The command line of grucc-bench ------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#define _GNU_SOURCE /* CPU sets */
#include "options.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Half of a stream is silent: long enough for states to die away. */
enum { default_seq_len = 100, default_steady_steps = 20000, most = 1000000000 };

void print_help(void) {
  puts("OVERVIEW: times a model that grucc compiled, beside what this machine could reach\n"
       "\n"
       "USAGE: grucc-bench MODEL.so [options]\n"
       "\n"
       "  --seq-len=T    Time steps of run (default 100)\n"
       "  --batch=B      Rows of run and step (default 1)\n"
       "  --threads=N    Threads (default 1), at most as many as CPUs that it may use; the model\n"
       "                 keeps small runs and steps on one. Limits are of one thread\n"
       "  --step         Time step alone\n"
       "  --repeat=N     Samples, of which the minimum and the median are printed (default 20)\n"
       "  --no-probes    Measure nothing of the machine, and print no limit\n"
       "  --probes=FILE  Take the machine's figures from JSON, as --json prints them under\n"
       "                 \"probes\"\n"
       "  --steady       Time every step of two streams of T steps (default 20000) instead:\n"
       "                 one of noise, one that is zero from the middle on\n"
       "  --json         Print JSON\n"
       "  --help         Print this text\n"
       "\n"
       "Before any time is taken, T steps must give the bits of a run over T, and both on N\n"
       "threads those of one. Beside a time stand its operations a second (a\n"
       "multiply-add is two), the bytes of weights that it reads at the least (all of them\n"
       "once, those of the recurrence in every step), and the limit of one thread:\n"
       "projections at peak, every step of the recurrence at peak or at the rate of the\n"
       "caches that hold its weights, and 34 cycles for 64 bytes of new state. The formula\n"
       "is in tools/grucc-bench/limit.c. --steady prints the largest of the steps' times,\n"
       "each the least of 5 streams, over the median of the steps with sound.\n"
       "A model for a GPU is timed as the runtime runs it, from the host's memory and back:\n"
       "what a call takes, not what its kernels do. No limit is printed; with 16-bit weights\n"
       "two runs must give the same bits, and steps need not.\n"
       "Exit codes: 0 done, 1 the model is bad or its results are, 2 the command line is bad");
}

void print_error(const char *argument, const char *found, const char *expected) {
  fprintf(stderr, "grucc-bench: error: %s: found %s, expected %s\n", argument, found, expected);
}

/* Whether `argument` is `name`=VALUE; its value is a count from 1 to 10^9. */
static int is_count(const char *argument, const char *name, int64_t *count, int *is_bad) {
  size_t length = strlen(name);
  if (strncmp(argument, name, length) != 0 || argument[length] != '=')
    return 0;
  const char *text = argument + length + 1;
  char *end;
  errno = 0;
  long long value = strtoll(text, &end, 10);
  if (text[0] < '0' || text[0] > '9' || *end || errno || value < 1 || value > most) {
    print_error(name, text[0] ? text : "nothing", "a whole number from 1 to 1000000000");
    *is_bad = 1;
  }
  *count = value;
  return 1;
}

/* Whether every thread has a CPU of its own: the runtime would start no more than that. */
static int has_cpus(int64_t threads) {
  cpu_set_t cpus;
  if (threads == 1 || sched_getaffinity(0, sizeof cpus, &cpus) || threads <= CPU_COUNT(&cpus))
    return 1;
  char found[32], expected[64];
  snprintf(found, sizeof found, "%" PRId64, threads);
  snprintf(expected, sizeof expected, "at most %d, the CPUs that it may use", CPU_COUNT(&cpus));
  print_error("--threads", found, expected);
  return 0;
}

/* Whether there is a model, and the options go together. */
static int is_whole(const options *read) {
  if (!read->model)
    print_error("MODEL.so", "nothing", "grucc-bench MODEL.so; see grucc-bench --help");
  else if (read->is_steady && (read->is_step_only || read->probes || read->threads > 1))
    print_error("--steady",
                read->probes         ? "--probes"
                : read->is_step_only ? "--step"
                                     : "several threads",
                "streams alone");
  else if (read->is_unlimited && read->probes)
    print_error("--no-probes", "--probes", "one of them");
  else
    return has_cpus(read->threads);
  return 0;
}

int read_options(int argc, char **argv, options *read) {
  *read = (options){.batch = 1, .samples = 20, .threads = 1};
  const struct {
    const char *name;
    int *is_set;
  } flags[] = {{"--help", &read->is_help},      {"-h", &read->is_help},
               {"--step", &read->is_step_only}, {"--steady", &read->is_steady},
               {"--json", &read->is_json},      {"--no-probes", &read->is_unlimited}};
  for (int i = 1; i < argc; ++i) {
    const char *argument = argv[i];
    int is_flag = 0, is_bad = 0;
    for (size_t f = 0; f < sizeof flags / sizeof *flags; ++f)
      if (strcmp(argument, flags[f].name) == 0)
        is_flag = *flags[f].is_set = 1;
    if (is_flag || is_count(argument, "--seq-len", &read->seq_len, &is_bad) ||
        is_count(argument, "--batch", &read->batch, &is_bad) ||
        is_count(argument, "--repeat", &read->samples, &is_bad) ||
        is_count(argument, "--threads", &read->threads, &is_bad))
      ;
    else if (strncmp(argument, "--probes=", 9) == 0)
      read->probes = argument + 9;
    else if (argument[0] == '-' || read->model) {
      print_error(argument, argument[0] == '-' ? "an unknown option" : "a second model",
                  "one that --help lists");
      return 0;
    } else
      read->model = argument;
    if (is_bad)
      return 0;
  }
  if (!read->seq_len)
    read->seq_len = read->is_steady ? default_steady_steps : default_seq_len;
  return read->is_help || is_whole(read);
}
