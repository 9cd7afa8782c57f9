/*===- load.c - Has the dynamic loader take the file that was checked -----===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

#define _GNU_SOURCE          /* dladdr, dlinfo, secure_getenv, ST_NOEXEC */
#define _FILE_OFFSET_BITS 64 /* files that 32 bits cannot number */
#include "image.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { MOST_FOLDER = 1024, MOST_NAME = MOST_FOLDER + 4 * 64 + 16 };

/* The path in words that the loader has not seen for another file: it takes two
 * equal names for one library, and the number of a closed file is given again.
 * "folder/", "file" ==> "folder/" "./" or "/" for every bit of inode and device "file".
 * No folder has a '$', which the loader would replace. */
static void name_for_loader(char name[MOST_NAME], const char *folder, grucc_file_number number,
                            const char *file) {
  char *end = stpcpy(name, folder);
  const uint64_t words[] = {number.inode, number.device};
  for (int i = 0; i < 2; ++i)
    for (int bit = 0; words[i] >> bit; ++bit)
      end = stpcpy(end, words[i] >> bit & 1 ? "./" : "/");
  stpcpy(end, file);
}

/* dlopen's handle, or NULL and its reason. */
static void *load(const char *name, const char **reason) {
  void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
  if (library)
    return library;
  *reason = dlerror();
  size_t length = strlen(name);
  if (strncmp(*reason, name, length) == 0 && strncmp(*reason + length, ": ", 2) == 0)
    *reason += length + 2;
  return NULL;
}

static void *load_open_file(const grucc_image *image, const char **reason) {
  char number[16], name[MOST_NAME];
  snprintf(number, sizeof number, "%d", image->file);
  /* /proc/self would be the process's first thread, whose files may be others. */
  name_for_loader(name, "/proc/thread-self/fd/", image->number, number);
  return load(name, reason);
}

/* The loader says of it that it failed to map a segment. */
static int may_not_hold_code(int file) {
  struct statvfs facts;
  return fstatvfs(file, &facts) == 0 && (facts.f_flag & ST_NOEXEC);
}

/*===-- Where open files have no names, or may not hold code --------------===*/

static int write_all(int file, const unsigned char *data, uint64_t size) {
  for (uint64_t done = 0; done < size;) {
    ssize_t count = write(file, data + done, (size_t)(size - done));
    if (count < 0 && errno != EINTR)
      return -1;
    done += count > 0 ? (uint64_t)count : 0;
  }
  return 0;
}

/* A new file at path with the image's bytes, open for reading; -1 with errno. */
static int write_copy(const grucc_image *image, const char *path) {
  int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
  if (file < 0)
    return -1;
  int failed = write_all(file, image->data, image->size) ? errno : 0;
  if (close(file) && !failed)
    failed = errno;
  errno = failed;
  return failed ? -1 : open(path, O_RDONLY | O_CLOEXEC);
}

/* From a new folder of our own in `parent`, where nothing stays. */
static void *load_copy_in(const char *parent, grucc_image *image, const char **reason) {
  char folder[MOST_FOLDER], path[MOST_NAME], name[MOST_NAME];
  snprintf(folder, sizeof folder, "%s/grucc-XXXXXX", parent);
  if (!mkdtemp(folder)) {
    *reason = strerror(errno);
    return NULL;
  }
  strcat(folder, "/"); /* the parent is short enough */
  strcpy(stpcpy(path, folder), "model.so");
  void *library = NULL;
  struct stat facts;
  int file = write_copy(image, path);
  if (file < 0 || fstat(file, &facts)) {
    *reason = strerror(errno);
  } else {
    name_for_loader(name, folder, grucc_file_number_of(&facts), "model.so");
    library = load(name, reason);
  }
  unlink(path);
  rmdir(folder);
  if (library) {
    if (image->file >= 0)
      close(image->file);
    image->file = file;
  } else if (file >= 0) {
    if (may_not_hold_code(file))
      *reason = "no memory file that may hold code, and a temporary folder that is mounted noexec "
                "(TMPDIR names another)";
    close(file);
  }
  return library;
}

static void *load_copy(grucc_image *image, const char **reason) {
  const char *parents[] = {secure_getenv("TMPDIR"), "/tmp"};
  void *library = NULL;
  for (size_t i = 0; !library && i < sizeof parents / sizeof *parents; ++i)
    if (parents[i] && *parents[i] && !strchr(parents[i], '$') &&
        strlen(parents[i]) < MOST_FOLDER - 32)
      library = load_copy_in(parents[i], image, reason);
  return library;
}

/*===----------------------------------------------------------------------===*/

/* The loaded descriptor of the image; NULL when the loader had another file of that name. */
static const grucc_model *find_loaded(const grucc_image *image, void *library) {
  struct link_map *map = NULL;
  if (dlinfo(library, RTLD_DI_LINKMAP, &map))
    return NULL;
  const grucc_model *model = (const grucc_model *)(map->l_addr + image->head.header.e_entry);
  Dl_info place;
  if (!dladdr(model, &place) || strcmp(place.dli_fname, map->l_name) != 0 ||
      model->checksum != image->model->checksum)
    return NULL;
  return model;
}

int grucc_load_image(grucc_image *image, void **library, const grucc_model **model) {
  const char *reason = "no way to do so";
  *library = image->file >= 0 ? load_open_file(image, &reason) : NULL;
  if (!*library && !image->mapped)
    *library = load_copy(image, &reason);
  else if (!*library && may_not_hold_code(image->file))
    reason = "it in a folder that is mounted noexec";
  if (!*library)
    return grucc_refuse(image, "file: found %s, expected to load it", reason);
  *model = find_loaded(image, *library);
  if (!*model)
    return grucc_refuse(image, "file: found an older version of it already loaded, expected the "
                               "file not to change while it is open");
  return GRUCC_OK;
}

void grucc_unload(void *library, int file) {
  if (library)
    dlclose(library);
  if (file >= 0)
    close(file);
}
