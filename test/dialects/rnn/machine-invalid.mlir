// RUN: grucc-opt %s --split-input-file --verify-diagnostics

// A machine's facts begin with a row of the table of targets
// expected-error @+1 {{machine: target: found 'pdp11', expected x86-64-v2, x86-64-v3, x86-64-v4, aarch64, aarch64-sve128, aarch64-sve256, aarch64-sve512, apple-m, armv7-vfp4, armv7-neon, riscv64, riscv64-v, cortex-m0plus, cortex-m3, cortex-m4f, cortex-m7, cortex-m33, cortex-m55, riscv32-imafc, riscv32-imc, wasm32, wasm32-simd, wasm32-relaxed}}
#m = #rnn.machine<name = "m", target = "pdp11", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>

// -----

// A CPU's
// expected-error @+1 {{machine: target: found 'sm_80', expected x86-64-v2, x86-64-v3, x86-64-v4, aarch64, aarch64-sve128, aarch64-sve256, aarch64-sve512, apple-m, armv7-vfp4, armv7-neon, riscv64, riscv64-v, cortex-m0plus, cortex-m3, cortex-m4f, cortex-m7, cortex-m33, cortex-m55, riscv32-imafc, riscv32-imc, wasm32, wasm32-simd, wasm32-relaxed}}
#m = #rnn.machine<name = "m", target = "sm_80", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>

// -----

// Times are divided by these
// expected-error @+1 {{machine: loads_per_cycle: found 0, expected at least 1}}
#m = #rnn.machine<name = "m", target = "x86-64-v2", fma_per_cycle = 2, loads_per_cycle = 0, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1>

// -----

// Tiles have as many rows
// expected-error @+1 {{machine: fma_in_flight: found -8, expected at least 1}}
#m = #rnn.machine<name = "m", target = "x86-64-v2", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 1, l2_bandwidth = 1, l3_bandwidth = 1, fma_in_flight = -8>

// -----

// A GPU's
// expected-error @+1 {{gpu: target: found 'x86-64-v3', expected sm_75, sm_80, sm_86, sm_87, sm_89, sm_90, sm_100, sm_103, sm_120, sm_121}}
#g = #rnn.gpu<target = "x86-64-v3", card = "c", sms = 1, shared_bytes = 1, fma_per_cycle = 64, mhz = 1400, l2_bytes = 1, l2_bandwidth = 1, dram_bandwidth = 1>

// -----

// Blocks are divided among them
// expected-error @+1 {{gpu: sms: found 0, expected at least 1}}
#g = #rnn.gpu<target = "sm_75", card = "c", sms = 0, shared_bytes = 1, fma_per_cycle = 64, mhz = 1400, l2_bytes = 1, l2_bandwidth = 1, dram_bandwidth = 1>

// -----

// expected-error @+1 {{machine: l3_bytes: found 2147483648, expected at most 2147483647}}
#m = #rnn.machine<name = "m", target = "x86-64-v2", fma_per_cycle = 2, loads_per_cycle = 2, mhz = 3000, l1_bytes = 1, l2_bytes = 1, l3_bytes = 2147483648, l2_bandwidth = 1, l3_bandwidth = 1>

// -----

// expected-error @+1 {{gpu: dram_bandwidth: found 9223372036854775807, expected at most 2147483647}}
#g = #rnn.gpu<target = "sm_80", card = "c", sms = 1, shared_bytes = 1, fma_per_cycle = 1, mhz = 1, l2_bytes = 1, l2_bandwidth = 1, dram_bandwidth = 9223372036854775807>
