/*===- file.c - A file as it was at one moment, whatever happens to it ----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#define _GNU_SOURCE          /* memfd_create */
#define _FILE_OFFSET_BITS 64 /* files that 32 bits cannot number or measure */
#include "image.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

/* Newer than some systems' headers: where a system may ask for it, the file may hold code. */
#ifndef MFD_EXEC
#define MFD_EXEC 0x10u
#endif

/* Up to `size` bytes at the file's beginning: how many there are, or -1 with errno. */
static int64_t read_at_start(int file, void *data, uint64_t size) {
  uint64_t done = 0;
  while (done < size) {
    ssize_t count = pread(file, (char *)data + done, (size_t)(size - done), (off_t)done);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return -1;
    if (count == 0)
      break;
    done += (uint64_t)count;
  }
  return (int64_t)done;
}

int grucc_open_image(const char *path, grucc_image *image) {
  image->path = path;
  /* O_NONBLOCK: a named pipe must be refused, not waited for. */
  image->file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat facts;
  if (image->file < 0 || fstat(image->file, &facts) != 0)
    return grucc_refuse(image, "file: found %s, expected a readable shared library",
                        strerror(errno));
  if (!S_ISREG(facts.st_mode))
    return grucc_refuse(image, "file: found %s, expected a regular file",
                        S_ISDIR(facts.st_mode) ? "a directory" : "a device or pipe");
  image->size = (uint64_t)facts.st_size;
  image->number = grucc_file_number_of(&facts);
  if (read_at_start(image->file, &image->head, sizeof image->head) < 0)
    return grucc_refuse(image, "file: found %s, expected a readable shared library",
                        strerror(errno));
  return GRUCC_OK;
}

#ifdef MFD_ALLOW_SEALING
/* A file in memory, which the list of what is mapped shows by the name of the model's. */
static int make_memory_file(const char *path) {
  const char *slash = strrchr(path, '/');
  char name[200];
  grucc_text text = grucc_text_at(name, sizeof name);
  grucc_append(&text, "%s", slash ? slash + 1 : path);
  unsigned flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
  int file = memfd_create(name, flags | MFD_EXEC);
  return file < 0 && errno == EINVAL ? memfd_create(name, flags) : file;
}

/* A file of the same bytes that nobody can change, this process included; -1 where the system has
 * none, or cannot copy to it. */
static int make_sealed_copy(const grucc_image *image) {
  int copy = make_memory_file(image->path);
  off_t done = 0, size = (off_t)image->size;
  while (copy >= 0 && done < size) {
    ssize_t count = sendfile(copy, image->file, &done, (size_t)(size - done));
    if (count == 0 || (count < 0 && errno != EINTR))
      break;
  }
  int seals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;
  if (copy < 0 || (done == size && fcntl(copy, F_ADD_SEALS, seals) == 0))
    return copy;
  close(copy);
  return -1;
}
#else
static int make_sealed_copy(const grucc_image *image) {
  (void)image;
  return -1;
}
#endif

/* Reads the file to `data`. */
static int read_image(const grucc_image *image) {
  int64_t count = read_at_start(image->file, image->data, image->size);
  if (count < 0)
    return grucc_refuse(image, "file: found %s, expected to read it", strerror(errno));
  if (count < (int64_t)image->size)
    return grucc_refuse(image,
                        "file: found %" PRId64 " bytes, expected the %" PRIu64
                        " that it had when it was opened",
                        count, image->size);
  return GRUCC_OK;
}

/* The file's bytes, or as much memory where there is no file. What is written there is our own. */
static void *map(int file, uint64_t size) {
  int flags = file < 0 ? MAP_PRIVATE | MAP_ANONYMOUS : MAP_PRIVATE;
  void *data = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, flags, file, 0);
  return data == MAP_FAILED ? NULL : data;
}

/* A larger file would end this process by a signal. */
static int check_limit(const grucc_image *image) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_FSIZE, &limit) || limit.rlim_cur == RLIM_INFINITY ||
      image->size <= limit.rlim_cur)
    return GRUCC_OK;
  return grucc_refuse(image,
                      "file: found %" PRIu64 " bytes, expected at most %ju, which this process's "
                      "files may have (ulimit -f)",
                      image->size, (uintmax_t)limit.rlim_cur);
}

static int no_memory(const grucc_image *image) {
  return grucc_say(image->message, image->message_size, GRUCC_ERROR_MEMORY,
                   "file: found no memory, expected %" PRIu64 " bytes", image->size);
}

int grucc_copy_image(grucc_image *image) {
  int status = check_limit(image);
  if (status)
    return status;
  int copy = make_sealed_copy(image);
  image->data = map(copy, image->size);
  if (!image->data)
    status = no_memory(image);
  else if (copy < 0)
    status = read_image(image);
  struct stat facts;
  if (copy >= 0 && fstat(copy, &facts) == 0)
    image->number = grucc_file_number_of(&facts);
  close(image->file);
  image->file = copy;
  return status;
}

int grucc_map_image(grucc_image *image) {
  image->mapped = 1;
  image->data = map(image->file, image->size);
  return image->data ? GRUCC_OK : no_memory(image);
}

void grucc_free_image(grucc_image *image) {
  if (image->data)
    munmap(image->data, (size_t)image->size);
  if (image->file >= 0)
    close(image->file);
}
