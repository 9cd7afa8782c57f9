/*===- read_probes.c - Reads a machine's figures from JSON ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
#include "read_probes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One object of numbers, `{"l1_bytes": 49152, ...}`: all the JSON that probes are; or, in a
 * machine's file, the object `probes`. */
typedef struct reader {
  const char *path;
  const char *at; /* within a text that ends with NUL */
} reader;

static int refuse(const reader *from, const char *argument, const char *found,
                  const char *expected) {
  fprintf(stderr, "%s: error: %s: found %s, expected %s\n", from->path, argument, found, expected);
  return 0;
}

/* Whether the next character that is no space is `wanted`; then it is behind. */
static int take(reader *from, char wanted) {
  from->at += strspn(from->at, " \t\r\n");
  if (*from->at != wanted)
    return 0;
  ++from->at;
  return 1;
}

static int refuse_syntax(const reader *from) {
  char found[32];
  int line = (int)strcspn(from->at, "\n");
  snprintf(found, sizeof found, "'%.*s'", line < 20 ? line : 20, from->at);
  return refuse(from, "probes", *from->at ? found : "its end", "one JSON object of numbers");
}

/* "name":, of at most `size` - 1 characters */
static int read_name(reader *from, char *name, size_t size) {
  if (!take(from, '"'))
    return refuse_syntax(from);
  size_t length = strcspn(from->at, "\"");
  if (length >= size || from->at[length] != '"')
    return refuse_syntax(from);
  memcpy(name, from->at, length);
  name[length] = '\0';
  from->at += length + 1;
  return take(from, ':') || refuse_syntax(from);
}

/* One number of `name`. */
static int read_field(reader *from, const char *name, probes *read) {
  from->at += strspn(from->at, " \t\r\n");
  char *end;
  double number = strtod(from->at, &end);
  /* strtod also knows "inf", "nan", "0x1" and "+1", which JSON does not. */
  if (strspn(from->at, "0123456789.eE+-") != (size_t)(end - from->at) || *from->at == '+' ||
      end == from->at)
    return refuse_syntax(from);
  from->at = end;
  for (int i = 0; i < probe_field_count; ++i) {
    double *field = (double *)((char *)read + probe_fields[i].offset);
    if (strcmp(name, probe_fields[i].name) != 0)
      continue;
    if (!(number > 0 && number < 1e18))
      return refuse(from, name, "another number", "one above 0 and below 10^18");
    if (*field > 0)
      return refuse(from, name, "it twice", "it once");
    *field = number;
    return 1;
  }
  return refuse(from, name, "an unknown name", "those that --json prints under \"probes\"");
}

/* Behind the value that is next, whatever it is: what a machine's file has beside the probes is
 * for grucc, which reads it strictly. */
static int skip_value(reader *from) {
  int depth = 0;
  do {
    from->at += strspn(from->at, " \t\r\n:,");
    if (*from->at == '"') {
      for (++from->at; *from->at && *from->at != '"'; ++from->at)
        from->at += *from->at == '\\' && from->at[1];
      if (!take(from, '"'))
        return refuse_syntax(from);
    } else if (*from->at == '{' || *from->at == '[') {
      ++depth;
      ++from->at;
    } else if ((*from->at == '}' || *from->at == ']') && depth > 0) {
      --depth;
      ++from->at;
    } else {
      size_t length = strcspn(from->at, " \t\r\n,}]");
      if (length == 0)
        return refuse_syntax(from);
      from->at += length;
    }
  } while (depth > 0);
  return 1;
}

/* `is_file`: the object is the whole file, in which the probes of a machine's file may stand. */
static int read_fields(reader *from, int is_file, probes *read) {
  static const char *const others[] = {"machine", "cpus", "feature", "from"};
  if (!take(from, '{'))
    return refuse_syntax(from);
  do {
    char name[32];
    if (!read_name(from, name, sizeof name))
      return 0;
    int is_other = 0;
    for (size_t i = 0; is_file && i < sizeof others / sizeof *others; ++i)
      is_other |= strcmp(name, others[i]) == 0;
    if (is_other                                 ? !skip_value(from)
        : is_file && strcmp(name, "probes") == 0 ? !read_fields(from, 0, read)
                                                 : !read_field(from, name, read))
      return 0;
  } while (take(from, ','));
  return (take(from, '}') && (!is_file || take(from, '\0'))) || refuse_syntax(from);
}

/* Whether the limit of `model` can be told. */
static int check_fields(const reader *from, const grucc_model *model, const probes *read) {
  const char *missing =
      model->flags & GRUCC_MODEL_FLOAT64 && !(read->float64_gflops > 0)      ? "float64_gflops"
      : !(model->flags & GRUCC_MODEL_FLOAT64) && !(read->float32_gflops > 0) ? "float32_gflops"
      : !(read->cycle_ns > 0)                                                ? "cycle_ns"
      : !(read->l1.bytes > 0)                                                ? "l1_bytes"
      : !(read->l1.gb_s > 0)                                                 ? "l1_gb_s"
      : !(read->l2.bytes > 0)                                                ? "l2_bytes"
      : !(read->l2.gb_s > 0)                                                 ? "l2_gb_s"
      : !(read->l3.gb_s > 0 || read->memory.gb_s > 0)                        ? "l3_gb_s"
                                                                             : NULL;
  return !missing || refuse(from, missing, "none", "what the limit is made of");
}

int read_probes(const char *path, const grucc_model *model, probes *read) {
  reader from = {path, ""};
  char text[1 << 14];
  FILE *file = fopen(path, "r");
  if (!file)
    return refuse(&from, "probes", "no such file", "one that can be read");
  size_t size = fread(text, 1, sizeof text - 1, file);
  int is_whole = feof(file) && !ferror(file);
  fclose(file);
  text[size] = '\0';
  from.at = text;
  *read = (probes){0};
  if (!is_whole || strlen(text) != size)
    return refuse(&from, "probes", "more than 16383 bytes, or no text", "one JSON object");
  return read_fields(&from, 1, read) && check_fields(&from, model, read);
}
