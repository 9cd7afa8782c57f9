/*===- model.h - What a compiled model is, seen from C ---------------------===*\
|*                                                                            *|
|* Part of grucc, under the Apache License v2.0 with LLVM Exceptions.         *|
|* See LICENSE for license information.                                       *|
|* SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception                    *|
|*                                                                            *|
\*===----------------------------------------------------------------------===*/
/*
 * Every compiled model NAME defines `const grucc_model NAME_model`: a
 * descriptor with its sizes, what it needs and its functions. A shared library
 * exports the same descriptor as `grucc_model_entry` too, so that a loader need
 * not know NAME. The layout below is the binary interface, version
 * GRUCC_ABI_VERSION; generated code and the runtime agree on nothing else. Every
 * field has its natural alignment and every pointer the target's width, which
 * the descriptor states (pointer_bytes); counts are 64 bits wide everywhere. A
 * field that says 0 has the meaning that torch.nn.GRU has, and `reserved` is 0.
 *
 * Letters: T steps (seq_len), B batch, I input_size, H hidden_size,
 * D directions, L num_layers. `real` below is float, or double when the flag
 * GRUCC_MODEL_FLOAT64 is set. All tensors are contiguous and element-aligned.
 */
#ifndef GRUCC_MODEL_H
#define GRUCC_MODEL_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define GRUCC_ABI_VERSION 4

/* Alignment in bytes of state, workspace and packed weights that suits every model; what one of
 * them needs is grucc_model.alignment. */
#define GRUCC_ALIGNMENT 64

/* What NAME_run, NAME_step, NAME_pack and the runtime return. */
typedef enum grucc_status {
  GRUCC_OK = 0,
  GRUCC_ERROR_ARGS_SIZE = 1,   /* args is NULL, or args->size is not sizeof(grucc_args) */
  GRUCC_ERROR_SHAPE = 2,       /* negative or too large seq_len, batch, length or batch size */
  GRUCC_ERROR_NULL = 3,        /* a required pointer is NULL */
  GRUCC_ERROR_ALIGNMENT = 4,   /* state, workspace or weights not aligned as the model says */
  GRUCC_ERROR_UNSUPPORTED = 5, /* an argument this model was not compiled for */
  GRUCC_ERROR_FILE = 6,        /* runtime: the file cannot be read, or is no model */
  GRUCC_ERROR_ABI = 7,         /* runtime: another ABI version, or a damaged descriptor */
  GRUCC_ERROR_CPU = 8,         /* this CPU or this thread lacks what the model requires */
  GRUCC_ERROR_MEMORY = 9,      /* runtime: out of memory */
  GRUCC_ERROR_DEVICE = 10      /* runtime: no driver, no fitting GPU, or an error of theirs */
} grucc_status;

/* grucc_model.flags */
#define GRUCC_MODEL_BIAS (1u << 0)
#define GRUCC_MODEL_BATCH_FIRST (1u << 1)
#define GRUCC_MODEL_BIDIRECTIONAL (1u << 2)
#define GRUCC_MODEL_FLOAT64 (1u << 3)
#define GRUCC_MODEL_EXTERNAL_WEIGHTS (1u << 4)
#define GRUCC_MODEL_TRAINING (1u << 5)
#define GRUCC_MODEL_CUDA (1u << 6) /* a grucc_cuda_model (cuda.h): runs on a GPU */

/* grucc_model.architecture: of the object that holds the descriptor. */
typedef enum grucc_architecture {
  GRUCC_ARCHITECTURE_ANY = 0, /* a descriptor that is compiled with the program that opens it */
  GRUCC_ARCHITECTURE_X86_64 = 1,
  GRUCC_ARCHITECTURE_AARCH64 = 2,
  GRUCC_ARCHITECTURE_ARM = 3,
  GRUCC_ARCHITECTURE_RISCV64 = 4,
  GRUCC_ARCHITECTURE_RISCV32 = 5,
  GRUCC_ARCHITECTURE_WASM32 = 6
} grucc_architecture;

/* grucc_model.cpu_features: what the generated code executes, in words of bits whose meaning
 * belongs to the architecture. Word 0 of x86-64:
 * SSE4_2, of x86-64-v2: SSE3, SSSE3, SSE4.1, SSE4.2, POPCNT, CX16.
 * AVX2, of x86-64-v3: AVX, AVX2, BMI1, BMI2, F16C, LZCNT, MOVBE; FMA beside it.
 * AVX512, of x86-64-v4: AVX-512 F, BW, CD, DQ, VL.
 * The system must have enabled the registers too (ymm, zmm). */
#define GRUCC_FEATURE_WORDS 4
#define GRUCC_CPU_SSE4_2 (1ull << 0)
#define GRUCC_CPU_AVX2 (1ull << 1)
#define GRUCC_CPU_FMA (1ull << 2)
#define GRUCC_CPU_AVX512 (1ull << 3)
/* Word 0 of riscv64: the extensions I, M, A, F, D and C; the vectors, of at least 128 bits. No
 * instruction asks for them: NAME_supported says 1, and the runtime asks the system. */
#define GRUCC_CPU_RISCV_GC (1ull << 0)
#define GRUCC_CPU_RISCV_V (1ull << 1)
/* Word 0 of AArch64: NEON, which every CPU that runs Linux has; SVE with registers of that many
 * bits, no more, as the thread has them that opens the model. A thread that calls such a model with
 * others gets GRUCC_ERROR_CPU. Asked as those of riscv64 are. */
#define GRUCC_CPU_AARCH64_NEON (1ull << 0)
#define GRUCC_CPU_AARCH64_SVE128 (1ull << 1)
#define GRUCC_CPU_AARCH64_SVE256 (1ull << 2)
#define GRUCC_CPU_AARCH64_SVE512 (1ull << 3)
/* Word 0 of ARM: ARMv7 with the division of integers and VFPv4, with its fused multiply-adds and 16
 * registers of doubles; NEON beside it, which fuses, too. Asked as those of riscv64 are. */
#define GRUCC_CPU_ARM_VFP4 (1ull << 0)
#define GRUCC_CPU_ARM_NEON (1ull << 1)

/* grucc_model.reset: where the reset gate applies. */
typedef enum grucc_reset {
  GRUCC_RESET_AFTER = 0, /* after the matrix product, as torch: r * (W_hn h + b_hn) */
  GRUCC_RESET_BEFORE = 1 /* before it: W_hn (r * h) + b_hn */
} grucc_reset;

/* grucc_model.direction: of a network with one; GRUCC_MODEL_BIDIRECTIONAL says that there are two.
 */
typedef enum grucc_direction {
  GRUCC_DIRECTION_FORWARD = 0,
  GRUCC_DIRECTION_REVERSE = 1 /* the reverse direction alone */
} grucc_direction;

/* grucc_activation.kind, with alpha and beta as ONNX defines them. */
typedef enum grucc_activation_kind {
  GRUCC_ACTIVATION_TORCH = 0, /* sigmoid for the gates, tanh for the candidate */
  GRUCC_ACTIVATION_SIGMOID = 1,
  GRUCC_ACTIVATION_TANH = 2,
  GRUCC_ACTIVATION_RELU = 3,
  GRUCC_ACTIVATION_HARD_SIGMOID = 4,
  GRUCC_ACTIVATION_SOFTSIGN = 5,
  GRUCC_ACTIVATION_SOFTPLUS = 6,
  GRUCC_ACTIVATION_AFFINE = 7,
  GRUCC_ACTIVATION_LEAKY_RELU = 8,
  GRUCC_ACTIVATION_THRESHOLDED_RELU = 9,
  GRUCC_ACTIVATION_SCALED_TANH = 10,
  GRUCC_ACTIVATION_ELU = 11
} grucc_activation_kind;

typedef struct grucc_activation {
  uint32_t kind; /* GRUCC_ACTIVATION_* */
  uint32_t reserved;
  double alpha; /* 0 unless the kind has one */
  double beta;
} grucc_activation;

/* Runs body(body_context, i) for every i in 0..count-1, in any order, on any threads, and returns
 * when all are done; count is at most `threads`. A run calls it for every part that threads do
 * side by side, at the worst for every time step; never from inside a body. An exception may leave
 * it once none of its bodies runs, and then leaves the run, only where there is no barrier, at
 * which others would wait for ever, and where the model has unwind tables (--unwind-tables);
 * output, h_n and workspace are undefined then. */
typedef void (*grucc_parallel_for)(void *context, int64_t count,
                                   void (*body)(void *body_context, int64_t index),
                                   void *body_context);

/* Called by all `count` bodies of one parallel_for, as often by each: returns when all of them
 * have called it, and then each sees what the others wrote before. Whoever gives a barrier
 * promises that parallel_for runs its bodies at the same time. No exception may leave it. */
typedef void (*grucc_barrier)(void *context);

/* The arguments of one run; the header of a model declares the same as NAME_args. */
typedef struct grucc_args {
  int64_t size;               /* sizeof(grucc_args) */
  int64_t seq_len;            /* T >= 0 */
  int64_t batch;              /* B >= 0 */
  const void *input;          /* real [T, B, I]; [B, T, I] when batch first; caller's */
  const void *h_0;            /* real [D*L, B, H], or NULL for zeros; caller's */
  const int64_t *lengths;     /* [B], each in 0..T, or NULL for T everywhere; caller's */
  const int64_t *batch_sizes; /* [T], descending: input and output are packed; or NULL; caller's */
  void *output;          /* real [T, B, D*H]; [B, T, D*H] when batch first; caller's, written */
  void *h_n;             /* real [D*L, B, H]; caller's, written; may be h_0 */
  void *workspace;       /* workspace_bytes(T, B) bytes, aligned; caller's, overwritten */
  const void *weights;   /* what pack wrote, aligned; NULL when baked; caller's */
  uint64_t dropout_seed; /* training only (N5) */
  /* Training only: uint8 [L-1, T, B, D*H], 0 drops, whatever dropout is; NULL: by seed. */
  const void *dropout_mask;
  grucc_parallel_for parallel_for; /* or NULL: one thread */
  void *parallel_context;          /* given to parallel_for and to barrier */
  int64_t threads;                 /* parts that a run may have; below 2: one thread */
  grucc_barrier barrier;           /* or NULL: parts meet by ending and beginning again */
} grucc_args;

/* checksum: of a shared library as grucc writes it, whose ELF entry point is the descriptor that
 * has it; 0 in an object and in what others link from one. It is XXH64, with the seed 0, of the
 * file's bytes from its first one to the last that a PT_LOAD has in the file, where the field
 * itself, e_shoff, e_shentsize, e_shnum and e_shstrndx of the header count as zeros; 1 where that
 * is 0. So it covers whatever is loaded, and strip may take away the sections behind that. It
 * tells damage, not forgery, to those who open the file (runtime.h); a descriptor that is in memory
 * is not looked at. */

/* A compiled model. `pack` takes torch's tensors in torch's order: for each layer, for each
 * direction: weight_ih [3H, I of the layer], weight_hh [3H, H] and, with bias, bias_ih [3H],
 * bias_hh [3H]. `step` wants a workspace of workspace_bytes(1, B) bytes; it and the functions of
 * states are NULL when the network cannot stream: bidirectional, or dropout in training. A model
 * for a GPU has no functions at all (cuda.h).
 *
 * A state is `alignment` bytes, of which the first 8 are an int64_t, 0 or 1: which of the two
 * halves behind them holds real [L, B, H]; each half is rounded up to a multiple of `alignment`. A
 * step reads that half, writes the other and turns the number over. */
typedef struct grucc_model {
  uint32_t abi_version;  /* GRUCC_ABI_VERSION; first for ever */
  uint32_t size;         /* sizeof(grucc_model); second for ever */
  uint32_t flags;        /* GRUCC_MODEL_* */
  uint32_t step_rows;    /* B from which `run` with T = 1 beats `step` on threads awake; 0: never */
  uint32_t architecture; /* GRUCC_ARCHITECTURE_* */
  uint32_t pointer_bytes; /* width of every pointer here and in grucc_args: 8 or 4 */
  uint32_t alignment;     /* bytes, of state, workspace and packed weights: a power of two */
  uint32_t reset;         /* GRUCC_RESET_* */
  uint32_t direction;     /* GRUCC_DIRECTION_* */
  uint32_t reserved;
  int64_t input_size;
  int64_t hidden_size;
  int64_t num_layers;
  double dropout;
  double clip; /* inputs of activations are limited to -clip .. clip; 0: not at all */
  grucc_activation activations[2][2];         /* [direction][gates r and z, candidate n] */
  uint64_t cpu_features[GRUCC_FEATURE_WORDS]; /* GRUCC_CPU_*: all of them are required */
  int64_t weights_bytes;                      /* bytes of packed weights, baked or external */
  int64_t weights_count;                      /* number of torch tensors that pack takes */
  uint64_t checksum;                          /* of the library (see above); 0: none */
  uint8_t id[32];         /* BLAKE3 of network, weights and options: also, of the lowest level, the
                             bytes of the symbol NAME_id_ + its first 8 bytes in hexadecimal, which
                             the header names */
  const char *name;       /* the symbol prefix NAME */
  const char *target;     /* "x86-64-v4" */
  const char *provenance; /* version, options, hash of the weights, schedule: one line each */
  int (*run)(const grucc_args *args);
  int (*step)(const void *x, void *y, void *state, void *workspace, const void *weights,
              int64_t batch);
  int64_t (*state_bytes)(int64_t batch);                      /* -1: too large */
  int64_t (*workspace_bytes)(int64_t seq_len, int64_t batch); /* -1: too large */
  int (*init_state)(void *state, const void *h_0, int64_t batch);
  int (*read_state)(const void *state, void *h_n, int64_t batch);
  /* Zeros in rows[0 .. count), each 0 .. batch - 1, of all layers; the other rows stay. */
  int (*reset_state)(void *state, const int64_t *rows, int64_t count, int64_t batch);
  int (*pack)(const void *const *tensors, void *weights); /* NULL when weights are baked */
  int (*supported)(void); /* 1: this CPU and system have cpu_features; runs anywhere */
  /* The best model of this artifact for a CPU with these features, one of this very network whose
   * `weights_bytes`, packed weights and workspaces may be others; where they are NULL, for the one
   * that it runs on, which only x86-64 can be asked for (elsewhere the lowest). Asked once, not per
   * call. NULL: there is this one alone. */
  const struct grucc_model *(*select)(const uint64_t features[GRUCC_FEATURE_WORDS]);
} grucc_model;

#ifdef __cplusplus
}
#endif

#endif /* GRUCC_MODEL_H */
