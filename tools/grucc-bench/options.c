/*===- options.c - The command line of grucc-bench ------------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void print_help(void) {
  puts("OVERVIEW: times a model that grucc compiled, on one thread\n"
       "\n"
       "USAGE: grucc-bench MODEL.so [options]\n"
       "\n"
       "  --seq-len=T  Time steps of run (default 100)\n"
       "  --batch=B    Rows of run and step (default 1)\n"
       "  --step       Time step alone\n"
       "  --repeat=N   Samples, of which the minimum and the median are printed (default 20)\n"
       "  --json       Print JSON\n"
       "  --help       Print this text\n"
       "\n"
       "Before any time is taken, T steps must give the bits of a run over T.\n"
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
  if (text[0] < '0' || text[0] > '9' || *end || errno || value < 1 || value > 1000000000) {
    print_error(name, text[0] ? text : "nothing", "a whole number from 1 to 1000000000");
    *is_bad = 1;
  }
  *count = value;
  return 1;
}

int read_options(int argc, char **argv, options *read) {
  *read = (options){.seq_len = 100, .batch = 1, .samples = 20};
  for (int i = 1; i < argc; ++i) {
    const char *argument = argv[i];
    int is_bad = 0;
    if (strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0)
      read->is_help = 1;
    else if (strcmp(argument, "--step") == 0)
      read->is_step_only = 1;
    else if (strcmp(argument, "--json") == 0)
      read->is_json = 1;
    else if (is_count(argument, "--seq-len", &read->seq_len, &is_bad) ||
             is_count(argument, "--batch", &read->batch, &is_bad) ||
             is_count(argument, "--repeat", &read->samples, &is_bad))
      ;
    else if (argument[0] == '-' || read->model) {
      print_error(argument, argument[0] == '-' ? "an unknown option" : "a second model",
                  "one that --help lists");
      return 0;
    } else
      read->model = argument;
    if (is_bad)
      return 0;
  }
  if (!read->model && !read->is_help) {
    print_error("MODEL.so", "nothing", "grucc-bench MODEL.so; see grucc-bench --help");
    return 0;
  }
  return 1;
}
