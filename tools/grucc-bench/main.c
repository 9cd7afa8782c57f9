/*===- main.c - grucc-bench: times a compiled model -----------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "grucc/runtime.h"
#include "options.h"
#include "subject.h"
#include "timing.h"

#include <inttypes.h>
#include <stdio.h>

static void print_json_timing(const char *what, const timing *taken) {
  printf(",\n  \"%s\": {\"minimum_us\": %.6g, \"median_us\": %.6g, \"samples\": %" PRId64
         ", \"calls\": %" PRId64 "}",
         what, taken->minimum, taken->median, taken->samples, taken->calls);
}

static void print_json(const options *asked, const grucc_model *m, const timing *run,
                       const timing *step) {
  /* Name and target are words of letters, digits, '_' and '-': nothing to escape. */
  printf("{\n  \"name\": \"%s\",\n  \"target\": \"%s\",\n  \"input_size\": %" PRId64
         ",\n  \"hidden_size\": %" PRId64 ",\n  \"num_layers\": %" PRId64
         ",\n  \"seq_len\": %" PRId64 ",\n  \"batch\": %" PRId64 ",\n  \"threads\": 1",
         m->name, m->target, m->input_size, m->hidden_size, m->num_layers, asked->seq_len,
         asked->batch);
  if (run)
    print_json_timing("run", run);
  print_json_timing("step", step);
  printf("\n}\n");
}

static void print_words(const options *asked, const grucc_model *m, const timing *run,
                        const timing *step) {
  printf("%s: GRU %" PRId64 " -> %" PRId64 ", %" PRId64 " layer%s, %s, one thread\n", m->name,
         m->input_size, m->hidden_size, m->num_layers, m->num_layers == 1 ? "" : "s", m->target);
  const char *line =
      "%-4s  T = %-6" PRId64 " B = %-4" PRId64 " minimum %10.3f us   median %10.3f us"
      "   (%" PRId64 " samples of %" PRId64 " calls)\n";
  if (run)
    printf(line, "run", asked->seq_len, asked->batch, run->minimum, run->median, run->samples,
           run->calls);
  printf(line, "step", (int64_t)1, asked->batch, step->minimum, step->median, step->samples,
         step->calls);
}

/* Times the model and prints what came out; NULL, or what is wrong with it. */
static const char *measure(const options *asked, const grucc_model *model, subject *timed) {
  const char *wrong = make_subject(timed, model, asked->seq_len, asked->batch);
  if (!wrong)
    wrong = check_subject(timed);
  if (wrong)
    return wrong;
  timing run, step;
  if (!time_calls(timed, call_step, asked->samples, &step) ||
      (!asked->is_step_only && !time_calls(timed, call_run, asked->samples, &run)))
    return "a call that failed, or no memory for the samples";
  (asked->is_json ? print_json : print_words)(asked, model, asked->is_step_only ? NULL : &run,
                                              &step);
  return NULL;
}

int main(int argc, char **argv) {
  options asked;
  if (!read_options(argc, argv, &asked))
    return 2;
  if (asked.is_help) {
    print_help();
    return 0;
  }
  grucc_handle *handle;
  char message[GRUCC_MESSAGE_SIZE];
  if (grucc_open_file(asked.model, &handle, message, sizeof message) != GRUCC_OK) {
    fprintf(stderr, "%s: error: %s\n", asked.model, message);
    return 1;
  }
  subject timed;
  const char *wrong = measure(&asked, grucc_descriptor(handle), &timed);
  free_subject(&timed);
  grucc_close(handle);
  if (wrong) {
    fprintf(stderr, "%s: error: model: found %s, expected one that can be timed\n", asked.model,
            wrong);
    return 1;
  }
  if (fflush(stdout) != 0 || ferror(stdout)) {
    print_error("standard output", "an error", "to write all of it");
    return 1;
  }
  return 0;
}
