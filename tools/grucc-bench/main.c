/*===- main.c - grucc-bench: times a compiled model -----------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "read_probes.h"
#include "report.h"

#include <stdio.h>

/* Steps of --steady go through so many inputs, over and over. */
enum { steady_inputs = 64 };

/* Times the model and prints what came out; NULL, or what is wrong with it. */
static const char *measure(const options *asked, grucc_handle *handle, const probes *machine,
                           const grucc_device_facts *device, subject *timed) {
  const grucc_model *model = grucc_descriptor(handle);
  report done = {.asked = asked, .model = model, .measured = machine, .device = device};
  if (!can_step(model) && (asked->is_step_only || asked->is_steady))
    return "a network that cannot stream";
  int64_t seq_len = asked->seq_len;
  if (asked->is_steady && seq_len > steady_inputs)
    seq_len = steady_inputs;
  const char *wrong = make_subject(timed, handle, seq_len, asked->batch);
  if (!wrong)
    wrong = check_subject(timed, asked->threads);
  timing run, step;
  steadiness steady;
  if (!wrong && asked->is_steady) {
    wrong = time_steadiness(timed, asked->seq_len, &steady);
    done.steady = &steady;
  } else if (!wrong) {
    if (can_step(model))
      done.step = &step;
    if (!asked->is_step_only)
      done.run = &run;
    if ((done.step && !time_calls(timed, call_step, asked->samples, &step)) ||
        (done.run && !time_calls(timed, call_run, asked->samples, &run)))
      wrong = "a call that failed, or no memory for the samples";
  }
  if (!wrong)
    (asked->is_json ? print_json : print_words)(&done);
  return wrong;
}

/* With the figures of this machine, where they are asked for; 0 after an error is printed. */
static int bench(const options *asked, grucc_handle *handle) {
  probes machine;
  grucc_device_facts device;
  const char *wrong = NULL;
  int has_device = is_for_gpu(grucc_descriptor(handle));
  if (has_device && (asked->probes || asked->threads > 1)) {
    print_error(asked->probes ? "--probes" : "--threads", "it for a GPU", "a model for a CPU");
    return 0;
  }
  /* The probes are those of a CPU. */
  int has_probes = !asked->is_unlimited && !asked->is_steady && !has_device;
  if (asked->probes) {
    if (!read_probes(asked->probes, grucc_descriptor(handle), &machine))
      return 0;
  } else if (has_probes) {
    const grucc_model *model = grucc_descriptor(handle);
    probe_request needed = {model->cpu_features[0], (model->flags & GRUCC_MODEL_FLOAT64) != 0,
                            (double)model->weights_bytes};
    wrong = measure_probes(&needed, /*whole=*/0, &machine);
    if (wrong) {
      print_error("probes", wrong, "another machine, --probes=FILE or --no-probes");
      return 0;
    }
  }
  subject timed = {0};
  if (has_device && grucc_describe_device(handle, &device) != GRUCC_OK)
    wrong = "no device";
  else
    wrong =
        measure(asked, handle, has_probes ? &machine : NULL, has_device ? &device : NULL, &timed);
  free_subject(&timed);
  if (wrong && has_device && grucc_last_error(handle)[0])
    fprintf(stderr, "%s: error: %s\n", asked->model, grucc_last_error(handle));
  else if (wrong)
    fprintf(stderr, "%s: error: model: found %s, expected one that can be timed\n", asked->model,
            wrong);
  return !wrong;
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
  int is_done = bench(&asked, handle);
  grucc_close(handle);
  if (!is_done)
    return 1;
  if (fflush(stdout) != 0 || ferror(stdout)) {
    print_error("standard output", "an error", "to write all of it");
    return 1;
  }
  return 0;
}
