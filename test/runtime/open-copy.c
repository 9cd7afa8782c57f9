/*===- open-copy.c - What is checked is what is loaded --------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/* RUN: rm -rf %t && mkdir %t %t/temporary && cd %t
 * RUN: clang -std=c11 -O1 -DSHARED -shared -nostdlib -ffreestanding -fPIC -fvisibility=hidden \
 * RUN:   -fuse-ld=lld -Wl,-Bsymbolic,--entry=grucc_model_entry,--build-id=none \
 * RUN:   -I%source/runtime/include %S/Inputs/model.c -o encoder.so
 * RUN: %python -B %S/Inputs/checksum.py encoder.so
 * RUN: clang -std=c11 -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra \
 * RUN:   -Werror -I%source/runtime/include -I%source/runtime/src %s \
 * RUN:   %build/lib/libgrucc_runtime_sanitized.a -o test
 * RUN: env TMPDIR=%t/temporary ./test
 */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include "Inputs/expect.h"
#include "image.h"
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Systems without memory files, those that do not load them, and those whose folders may not hold
 * code: these take the place of libc's. */
static int no_memory_files, no_loading_of_open_files, no_code_anywhere;

int memfd_create(const char *name, unsigned flags) {
  if (!no_memory_files)
    return (int)syscall(SYS_memfd_create, name, flags);
  errno = ENOSYS;
  return -1;
}

void *dlopen(const char *name, int flags) {
  void *(*real)(const char *, int) = NULL;
  *(void **)&real = dlsym(RTLD_NEXT, "dlopen");
  int refused = no_code_anywhere || (no_loading_of_open_files && strncmp(name, "/proc/", 6) == 0);
  return real(name && refused ? "/none" : name, flags);
}

int fstatvfs(int file, struct statvfs *facts) {
  memset(facts, 0, sizeof *facts);
  facts->f_flag = no_code_anywhere ? ST_NOEXEC : 0;
  return file < 0;
}

/* encoder.so, and where its descriptor is. */
static _Alignas(16) unsigned char data[1 << 14];
static size_t size;
static grucc_model *model;

static char message[GRUCC_MESSAGE_SIZE];

static void write_file(const char *path, const void *bytes, size_t count) {
  int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  expect(file >= 0 && write(file, bytes, count) == (ssize_t)count && close(file) == 0);
}

/* Another model: it says this dropout, and has the checksum of that. */
static void write_model(const char *path, double dropout) {
  static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&one_at_a_time);
  model->dropout = dropout;
  const grucc_elf_header *header = (const grucc_elf_header *)data;
  const grucc_elf_segment *segments = (const grucc_elf_segment *)(data + header->e_phoff);
  uint64_t loaded = 0;
  for (int i = 0; i < header->e_phnum; ++i)
    if (segments[i].p_type == PT_LOAD)
      loaded = segments[i].p_offset + segments[i].p_filesz;
  uint64_t field = (uint64_t)((unsigned char *)&model->checksum - data);
  model->checksum = grucc_checksum_of(data, loaded, field);
  write_file(path, data, size);
  pthread_mutex_unlock(&one_at_a_time);
}

typedef int (*open_function)(const char *, grucc_handle **, char *, size_t);

static grucc_handle *open_by(open_function function, const char *path, double dropout) {
  grucc_handle *handle = NULL;
  char text[GRUCC_MESSAGE_SIZE] = "";
  if (function(path, &handle, text, sizeof text))
    expect_text(text, "");
  expect(grucc_descriptor(handle)->dropout == dropout);
  return handle;
}

/* Two steps of ones. */
static void expect_runs(grucc_handle *handle) {
  float input[2 * 3] = {1, 1, 1, 1, 1, 1}, output[2 * 2], h_n[2 * 2];
  grucc_call call;
  memset(&call, 0, sizeof call);
  call.input = grucc_tensor_of(GRUCC_FLOAT32, input, 3, 2, 1, 3);
  call.output = grucc_tensor_of(GRUCC_FLOAT32, output, 3, 2, 1, 2);
  call.h_n = grucc_tensor_of(GRUCC_FLOAT32, h_n, 3, 2, 1, 2);
  expect_success(handle, grucc_run(handle, &call));
  expect(output[1] == 18 && output[3] == 36);
}

static int entries_of(const char *folder) {
  int count = 0;
  DIR *open_folder = opendir(folder);
  while (readdir(open_folder))
    ++count;
  closedir(open_folder);
  return count;
}

/* The loader replaces $ORIGIN, $LIB and $PLATFORM in names; nobody else does. */
static void a_name_is_the_name_of_that_file(open_function function) {
  mkdir("a$ORIGIN", 0700);
  mkdir("./$LIB", 0700);
  write_model("a$ORIGIN/encoder.so", 0.25);
  write_model("./$LIB/${PLATFORM}.so", 0.5);
  grucc_handle *first = open_by(function, "a$ORIGIN/encoder.so", 0.25);
  grucc_handle *second = open_by(function, "$LIB/${PLATFORM}.so", 0.5);
  expect_runs(first);
  expect_runs(second);
  grucc_close(first);
  grucc_close(second);
}

/* Files' numbers and names are used again, of several at once as well. */
static void every_open_is_of_its_own_file(open_function function, const char *prefix) {
  enum { AT_ONCE = 20 };
  char path[64];
  grucc_handle *handles[AT_ONCE];
  for (int i = 0; i < 100; ++i) {
    snprintf(path, sizeof path, "%s.so", prefix);
    write_model("new.so", i);
    expect(rename("new.so", path) == 0);
    grucc_close(open_by(function, path, i));
  }
  for (int i = 0; i < AT_ONCE; ++i) {
    snprintf(path, sizeof path, "%s%d.so", prefix, i);
    write_model(path, i);
    handles[i] = open_by(function, path, i);
  }
  for (int round = 0; round < 3; ++round)
    for (int i = round; i < AT_ONCE; i += 3) {
      grucc_close(handles[i]);
      write_model("new.so", 100 + i);
      handles[i] = open_by(function, "new.so", 100 + i);
      expect(unlink("new.so") == 0);
    }
  for (int i = 0; i < AT_ONCE; ++i) {
    expect(grucc_descriptor(handles[i])->dropout == 100 + i);
    expect_runs(handles[i]);
    grucc_close(handles[i]);
  }
}

static void *open_many(void *number) {
  char path[64];
  for (int i = 0; i < 25; ++i) {
    double dropout = 1000 * *(int *)number + i;
    snprintf(path, sizeof path, "thread%d-%d.so", *(int *)number, i);
    write_model(path, dropout);
    grucc_handle *handle = open_by(grucc_open_file, path, dropout);
    expect_runs(handle);
    grucc_close(handle);
  }
  return NULL;
}

static void threads_open_their_own(void) {
  pthread_t threads[4];
  int numbers[4] = {1, 2, 3, 4};
  for (int i = 0; i < 4; ++i)
    expect(pthread_create(&threads[i], NULL, open_many, &numbers[i]) == 0);
  for (int i = 0; i < 4; ++i)
    pthread_join(threads[i], NULL);
}

static pthread_barrier_t meeting;

/* The numbers of its files are other files' in the first thread. */
static void *open_apart(void *function) {
  expect(unshare(CLONE_FILES) == 0);
  pthread_barrier_wait(&meeting);
  pthread_barrier_wait(&meeting);
  grucc_handle *handle = open_by(*(open_function *)function, "mine.so", 78);
  expect_runs(handle);
  grucc_close(handle);
  return NULL;
}

static void a_thread_may_have_its_own_files(open_function function) {
  int others[20];
  pthread_t thread;
  write_model("others.so", 77);
  write_model("mine.so", 78);
  pthread_barrier_init(&meeting, NULL, 2);
  expect(pthread_create(&thread, NULL, open_apart, &function) == 0);
  pthread_barrier_wait(&meeting);
  for (int i = 0; i < 20; ++i)
    expect((others[i] = open("others.so", O_RDONLY | O_CLOEXEC)) >= 0);
  pthread_barrier_wait(&meeting);
  pthread_join(thread, NULL);
  for (int i = 0; i < 20; ++i)
    close(others[i]);
  pthread_barrier_destroy(&meeting);
}

/* Nobody writes to what is loaded, and the file may become anything. */
static void the_copy_stays(void) {
  unsigned char loaded[sizeof data];
  write_model("stays.so", 3);
  grucc_handle *handle = open_by(grucc_open_file, "stays.so", 3);
  int file = grucc_loaded_file(handle);
  expect(pread(file, loaded, sizeof loaded, 0) == (ssize_t)size && !memcmp(loaded, data, size));
  expect(pwrite(file, "x", 1, 0) == -1 && ftruncate(file, 0) == -1);
  if (!no_memory_files && !no_loading_of_open_files)
    expect(fcntl(file, F_GET_SEALS) == (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE));
  memset(loaded, 0xcc, size);
  write_file("stays.so", loaded, size);
  expect_runs(handle);
  write_file("stays.so", "", 0);
  expect_runs(handle);
  expect(grucc_descriptor(handle)->dropout == 3);
  grucc_handle *again = NULL; /* shares all of it */
  expect(grucc_open_model(grucc_descriptor(handle), &again, NULL, 0) == GRUCC_OK);
  expect(grucc_loaded_file(again) == -1 && grucc_loaded_file(NULL) == -1);
  grucc_close(again);
  int before = entries_of("/proc/self/fd");
  grucc_close(handle);
  expect(entries_of("/proc/self/fd") == before - 1);
}

/* One library for all handles, while the file stays as it is; not a byte is copied. */
static void a_mapped_file_is_shared(void) {
  write_model("mapped.so", 4);
  grucc_handle *first = open_by(grucc_open_mapped, "mapped.so", 4);
  grucc_handle *second = open_by(grucc_open_mapped, "mapped.so", 4);
  grucc_handle *copy = open_by(grucc_open_file, "mapped.so", 4);
  expect(grucc_descriptor(first) == grucc_descriptor(second));
  expect(grucc_descriptor(first) != grucc_descriptor(copy));
  struct stat mapped, file;
  expect(!fstat(grucc_loaded_file(first), &mapped) && !stat("mapped.so", &file));
  expect(mapped.st_ino == file.st_ino && mapped.st_dev == file.st_dev);
  grucc_close(first);
  expect_runs(second);
  write_model("new.so", 5);
  expect(rename("new.so", "mapped.so") == 0);
  first = open_by(grucc_open_mapped, "mapped.so", 5);
  expect_runs(first);
  expect_runs(second);
  grucc_close(second);
  /* Another model was written over it, in the same place: what is loaded would be a mixture. */
  int in_place = open("mapped.so", O_WRONLY);
  write_model("new.so", 6);
  expect(pwrite(in_place, data, size, 0) == (ssize_t)size && close(in_place) == 0);
  expect(grucc_open_mapped("mapped.so", &second, message, sizeof message) == GRUCC_ERROR_FILE);
  expect_text(message,
              "file: found an older version of it already loaded, expected the file not to "
              "change while it is open");
  grucc_close(copy);
  grucc_close(first);
  grucc_close(open_by(grucc_open_mapped, "mapped.so", 6));

  ++data[100];
  write_file("damaged.so", data, size);
  --data[100];
  expect(grucc_open_mapped("damaged.so", &second, message, sizeof message) == GRUCC_ERROR_FILE);
}

/* A file that is much larger than it says is not copied first. */
static void a_large_file_is_refused_at_once(void) {
  write_model("large.so", 7);
  expect(truncate("large.so", (off_t)1 << 36) == 0);
  grucc_handle *handle = NULL;
  expect(grucc_open_file("large.so", &handle, message, sizeof message) == GRUCC_ERROR_FILE);
  const char *start = "file: found 68719476736 bytes, expected it to end after ";
  if (strncmp(message, start, strlen(start)) != 0)
    expect_text(message, start);
  unlink("large.so");

  /* Nor one that has its section table behind a hole, where no checksum sees it. */
  write_model("hole.so", 7);
  int file = open("hole.so", O_WRONLY);
  grucc_elf_header header;
  memcpy(&header, data, sizeof header);
  header.e_shoff = (ElfW(Off))1 << 30;
  uint64_t sections = (uint64_t)header.e_shnum * header.e_shentsize;
  expect(pwrite(file, &header, sizeof header, 0) == sizeof header);
  expect(ftruncate(file, (off_t)(header.e_shoff + sections)) == 0 && close(file) == 0);
  expect(grucc_open_file("hole.so", &handle, message, sizeof message) == GRUCC_ERROR_FILE);
  expect(strstr(message, sizeof(void *) == 8
                             ? " behind them, expected at most 4294967296 and 67108864"
                             : " behind them, expected at most 1073741824 and 67108864"));
  unlink("hole.so");
}

/* A new file of more bytes than allowed would be a signal. */
static void a_limit_for_files_is_an_error(void) {
  struct rlimit before, limit;
  expect(getrlimit(RLIMIT_FSIZE, &before) == 0);
  write_model("limited.so", 8);
  limit = before;
  limit.rlim_cur = 1000;
  expect(setrlimit(RLIMIT_FSIZE, &limit) == 0);
  grucc_handle *handle = NULL;
  int status = grucc_open_file("limited.so", &handle, message, sizeof message);
  grucc_handle *mapped = open_by(grucc_open_mapped, "limited.so", 8);
  expect(setrlimit(RLIMIT_FSIZE, &before) == 0);
  char text[GRUCC_MESSAGE_SIZE];
  snprintf(text, sizeof text,
           "file: found %zu bytes, expected at most 1000, which this process's "
           "files may have (ulimit -f)",
           size);
  expect(status == GRUCC_ERROR_FILE);
  expect_text(message, text);
  grucc_close(mapped);
}

/* No folder to copy to, no number for a file: said, and nothing is left. */
static void without_any_place(void) {
  write_model("nowhere.so", 9);
  grucc_handle *handle = NULL;
  struct rlimit before, limit;
  expect(getrlimit(RLIMIT_NOFILE, &before) == 0);
  int open_now = open("nowhere.so", O_RDONLY);
  for (int more = 1; more < 6; ++more) {
    limit = before;
    limit.rlim_cur = (rlim_t)(open_now + more);
    expect(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    int status = grucc_open_file("nowhere.so", &handle, message, sizeof message);
    expect(setrlimit(RLIMIT_NOFILE, &before) == 0);
    if (status)
      expect(strstr(message, "Too many open files"));
    grucc_close(handle);
  }
  close(open_now);
}

/* The loader's own words, "failed to map segment from shared object", help nobody. */
static void noexec_is_named(void) {
  write_model("noexec.so", 10);
  grucc_handle *handle = NULL;
  no_code_anywhere = 1;
  expect(grucc_open_file("noexec.so", &handle, message, sizeof message) == GRUCC_ERROR_FILE);
  expect_text(message, "file: found no memory file that may hold code, and a temporary folder that "
                       "is mounted noexec (TMPDIR names another), expected to load it");
  expect(grucc_open_mapped("noexec.so", &handle, message, sizeof message) == GRUCC_ERROR_FILE);
  expect_text(message, "file: found it in a folder that is mounted noexec, expected to load it");
  no_code_anywhere = 0;
}

int main(void) {
  int file = open("encoder.so", O_RDONLY);
  size = (size_t)read(file, data, sizeof data);
  expect(size > 0 && size < sizeof data && close(file) == 0);
  const grucc_elf_header *header = (const grucc_elf_header *)data;
  const grucc_elf_segment *segments = (const grucc_elf_segment *)(data + header->e_phoff);
  for (int i = 0; i < header->e_phnum; ++i)
    if (segments[i].p_type == PT_LOAD && segments[i].p_vaddr <= header->e_entry)
      model = (grucc_model *)(data + header->e_entry - segments[i].p_vaddr + segments[i].p_offset);

  int files = entries_of("/proc/self/fd");
  a_name_is_the_name_of_that_file(grucc_open_mapped);
  every_open_is_of_its_own_file(grucc_open_mapped, "own-mapped");
  a_mapped_file_is_shared();
  a_large_file_is_refused_at_once();
  a_limit_for_files_is_an_error();
  threads_open_their_own();
  a_thread_may_have_its_own_files(grucc_open_mapped);
  a_thread_may_have_its_own_files(grucc_open_file);
  for (int way = 0; way < 3; ++way) {
    no_memory_files = way == 1;
    no_loading_of_open_files = way == 2;
    a_name_is_the_name_of_that_file(grucc_open_file);
    every_open_is_of_its_own_file(grucc_open_file, "own");
    the_copy_stays();
    without_any_place();
    expect(entries_of("temporary") == 2);
  }
  noexec_is_named();
  expect(entries_of("temporary") == 2);
  expect(entries_of("/proc/self/fd") == files);
}
