/*===- watch.c - Notices heap, locks and maps of a program ----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * These definitions take the place of the C library's in the program that this file is
 * linked into, for its shared libraries and for most of the C library too. Each one
 * reports while is_watching is set, and does what the library's does.
 */
#define _GNU_SOURCE
#include "watch.h"
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

volatile int is_watching;

static void notice(const char *name) {
  if (!is_watching)
    return;
  is_watching = 0;
  ssize_t written = write(2, name, strlen(name));
  written += write(2, " was called\n", 12);
  _exit(written > 0 ? 3 : 4);
}

/* Under these names the GNU C library keeps its own: dlsym itself may allocate. */
void *__libc_malloc(size_t bytes);
void *__libc_calloc(size_t count, size_t bytes);
void *__libc_realloc(void *memory, size_t bytes);
void *__libc_memalign(size_t alignment, size_t bytes);
void __libc_free(void *memory);

void *malloc(size_t bytes) {
  notice("malloc");
  return __libc_malloc(bytes);
}
void *calloc(size_t count, size_t bytes) {
  notice("calloc");
  return __libc_calloc(count, bytes);
}
void *realloc(void *memory, size_t bytes) {
  notice("realloc");
  return __libc_realloc(memory, bytes);
}
void *aligned_alloc(size_t alignment, size_t bytes) {
  notice("aligned_alloc");
  return __libc_memalign(alignment, bytes);
}
void *memalign(size_t alignment, size_t bytes) {
  notice("memalign");
  return __libc_memalign(alignment, bytes);
}
int posix_memalign(void **memory, size_t alignment, size_t bytes) {
  notice("posix_memalign");
  *memory = __libc_memalign(alignment, bytes);
  return *memory ? 0 : 12;
}
void free(void *memory) {
  notice("free");
  __libc_free(memory);
}

/* name(parameters) -> type, handed on with its arguments. */
#define WATCHED(type, name, parameters, arguments)                                                 \
  type name parameters {                                                                           \
    notice(#name);                                                                                 \
    type(*next) parameters;                                                                        \
    *(void **)&next = dlsym(RTLD_NEXT, #name);                                                     \
    return next arguments;                                                                         \
  }

WATCHED(void *, mmap, (void *at, size_t size, int access, int flags, int file, off_t offset),
        (at, size, access, flags, file, offset))
WATCHED(int, munmap, (void *at, size_t size), (at, size))
WATCHED(int, mprotect, (void *at, size_t size, int access), (at, size, access))
WATCHED(int, madvise, (void *at, size_t size, int advice), (at, size, advice))
WATCHED(void *, sbrk, (intptr_t size), (size))
WATCHED(int, pthread_create,
        (pthread_t *restrict thread, const pthread_attr_t *restrict attributes,
         void *(*start)(void *), void *restrict argument),
        (thread, attributes, start, argument))
WATCHED(int, pthread_once, (pthread_once_t * control, void (*routine)(void)), (control, routine))
WATCHED(int, pthread_mutex_lock, (pthread_mutex_t * lock), (lock))
WATCHED(int, pthread_mutex_trylock, (pthread_mutex_t * lock), (lock))
WATCHED(int, pthread_mutex_unlock, (pthread_mutex_t * lock), (lock))
WATCHED(int, pthread_spin_lock, (pthread_spinlock_t * lock), (lock))
WATCHED(int, pthread_rwlock_rdlock, (pthread_rwlock_t * lock), (lock))
WATCHED(int, pthread_rwlock_wrlock, (pthread_rwlock_t * lock), (lock))
WATCHED(int, pthread_cond_wait,
        (pthread_cond_t *restrict condition, pthread_mutex_t *restrict lock), (condition, lock))
WATCHED(int, pthread_cond_signal, (pthread_cond_t * condition), (condition))
WATCHED(int, pthread_cond_broadcast, (pthread_cond_t * condition), (condition))
WATCHED(int, pthread_barrier_wait, (pthread_barrier_t * barrier), (barrier))
WATCHED(int, sem_wait, (sem_t * semaphore), (semaphore))
WATCHED(int, sem_post, (sem_t * semaphore), (semaphore))
