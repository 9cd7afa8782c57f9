/*===- count_instructions.c - Has qemu count instructions -----------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/

/* A plugin of qemu-user, version 1 of its interface: the instructions that a program of one
 * thread executed, on standard error. Debian's qemu-user comes without a header; this is what is
 * used of it. */
#include <stdint.h>
#include <stdio.h>

struct qemu_plugin_tb;
struct qemu_plugin_insn;
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *block);
extern struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *block,
                                                        size_t index);
extern void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t plugin,
                                                  void (*translated)(uint64_t,
                                                                     struct qemu_plugin_tb *));
extern void qemu_plugin_register_vcpu_insn_exec_inline(struct qemu_plugin_insn *instruction,
                                                       int operation, void *to, uint64_t operand);
extern void qemu_plugin_register_atexit_cb(uint64_t plugin, void (*ended)(uint64_t, void *),
                                           void *);
enum { ADD_U64 = 0 };

int qemu_plugin_version = 1;
static uint64_t executed;

static void count(uint64_t plugin, struct qemu_plugin_tb *block) {
  (void)plugin;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i)
    qemu_plugin_register_vcpu_insn_exec_inline(qemu_plugin_tb_get_insn(block, i), ADD_U64,
                                               &executed, 1);
}

static void tell(uint64_t plugin, void *unused) {
  (void)plugin, (void)unused;
  fprintf(stderr, "instructions: %llu\n", (unsigned long long)executed);
}

int qemu_plugin_install(uint64_t plugin, const void *info, int argc, char **argv) {
  (void)info, (void)argc, (void)argv;
  qemu_plugin_register_vcpu_tb_trans_cb(plugin, count);
  qemu_plugin_register_atexit_cb(plugin, tell, NULL);
  return 0;
}
