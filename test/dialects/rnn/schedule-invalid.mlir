// RUN: grucc-opt %s --split-input-file --verify-diagnostics

// A vector's lanes
// expected-error @+1 {{schedule: lanes: found 0, expected a power of two}}
#s = #rnn.schedule<lanes = 0, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A vector's lanes
// expected-error @+1 {{schedule: lanes: found 12, expected a power of two}}
#s = #rnn.schedule<lanes = 12, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A vector's lanes
// expected-error @+1 {{schedule: lanes: found -16, expected a power of two}}
#s = #rnn.schedule<lanes = -16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A panel holds something
// expected-error @+1 {{schedule: panel: found 0, expected 1 to 64}}
#s = #rnn.schedule<lanes = 16, panel = 0, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// Tiles exist
// expected-error @+1 {{schedule: tiles: found 0 numbers, expected pairs of rows and vectors}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// Tiles are pairs
// expected-error @+1 {{schedule: tiles: found 3 numbers, expected pairs of rows and vectors}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// Most rows first
// expected-error @+1 {{schedule: tiles: found 8 rows after 8, expected fewer}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 8, 2, 1, 1], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A single row must find its tile
// expected-error @+1 {{schedule: tiles: found 4 rows at the end, expected 1}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 4, 1], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A tile has rows
// expected-error @+1 {{schedule: tiles: found 0, expected at least 1}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 0, 1], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A tile has vectors
// expected-error @+1 {{schedule: tiles: found -1, expected at least 1}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [1, -1], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A tile stays in its panel
// expected-error @+1 {{schedule: tiles: found 3 vectors a tile, expected at most the 2 of panel}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [1, 3], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// N3: the order of sums is fixed
// expected-error @+1 {{schedule: k_block: found 32, expected 64}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 32, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A chunk has rows
// expected-error @+1 {{schedule: chunk_rows: found 0, expected 1 to 65536}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 0, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A turn has a k
// expected-error @+1 {{schedule: unroll: found 0, expected 1 to 64}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 0>

// -----

// A way to split a run
// expected-error @+1 {{schedule: split: found 'halves', expected auto, rows, layers, units or none}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1, split = "halves">

// -----

// A thread has a unit
// expected-error @+1 {{schedule: split_units: found 0, expected at least 1}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1, split_units = 0>

// -----

// A thread has a row
// expected-error @+1 {{schedule: split_rows: found 0, expected at least 1}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1, split_rows = 0>

// -----

// A run has a row
// expected-error @+1 {{schedule: split_from: found -4, expected at least 1}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1, split_from = -4>

// -----

// expected-error @+1 {{schedule: turn_rows: found 0, expected at least 1}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1, turn_rows = 0>

// -----

// expected-error @+1 {{schedule: split_turns: found -1, expected at least 1}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1, split_turns = -1>

// -----

// expected-error @+1 {{schedule: order: found 'steps', expected layers, reverse or chunks}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1, order = "steps">

// -----

// No weights fewer than none
// expected-error @+1 {{schedule: register_k: found -1, expected at least 0}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1, register_k = -1>

// -----

// No lanes fewer than none
// expected-error @+1 {{schedule: row_lanes: found -4, expected at least 0}}
#s = #rnn.schedule<lanes = 16, row_lanes = -4, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// Whole parts of a vector
// expected-error @+1 {{schedule: row_lanes: found 6, expected a power of two up to 16}}
#s = #rnn.schedule<lanes = 16, row_lanes = 6, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A part of a vector
// expected-error @+1 {{schedule: row_lanes: found 32, expected a power of two up to 16}}
#s = #rnn.schedule<lanes = 16, row_lanes = 32, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A chunk is whole blocks
// expected-error @+1 {{schedule: k_chunk: found 100, expected a multiple of 64 from 64 to 1048576}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 100, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1>

// -----

// A field of the table
// expected-error @+1 {{schedule: found field 'speed', expected lanes, row_lanes, }}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1, speed = 11>

// -----

// Each once
// expected-error @+1 {{schedule: found panel twice, expected it once}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true, unroll = 1, panel = 2>

// -----

// None left to chance
// expected-error @+1 {{schedule: found no unroll, expected it}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, fuse_step = true>

// -----

// A truth value
// expected-error @+1 {{schedule: zigzag: found 'maybe', expected true or false}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = maybe, fuse_step = true, unroll = 1>

// -----

// Attributes are what their names say
// expected-error @+1 {{rnn.schedule: found 3 : i32, expected #rnn.schedule}}
module attributes {rnn.schedule = 3 : i32} {}

// -----

// Attributes are what their names say
// expected-error @+1 {{rnn.gpu_schedule: found 3 : i32, expected #rnn.gpu_schedule}}
module attributes {rnn.gpu_schedule = 3 : i32} {}

// -----

// Attributes are what their names say
// expected-error @+1 {{rnn.machine: found 3 : i32, expected #rnn.machine}}
module attributes {rnn.machine = 3 : i32} {}

// -----

// Attributes are what their names say
// expected-error @+1 {{rnn.gpu: found 3 : i32, expected #rnn.gpu}}
module attributes {rnn.gpu = 3 : i32} {}

// -----

// Attributes are what their names say
// expected-error @+1 {{rnn.precision: found 3 : i32, expected f16 or bf16}}
module attributes {rnn.precision = 3 : i32} {}

// -----

// A type that products are made of
// expected-error @+1 {{rnn.precision: found f64, expected f16 or bf16}}
module attributes {rnn.precision = f64} {}

// -----

// expected-error @+1 {{schedule: streams: found 9, expected 1 to 8}}
#s = #rnn.schedule<lanes = 16, panel = 2, tiles = [8, 1, 1, 2], k_block = 64, pair_blocks = true, k_chunk = 128, group_rows = 32, prefetch = true, chunk_rows = 64, zigzag = true, streams = 9, fuse_step = true, unroll = 1>
func.func private @f() attributes {rnn.schedule = #s}
