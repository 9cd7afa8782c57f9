// count_steps.mjs MODULE.wasm grucc|plain INPUT HIDDEN LAYERS [STATE WORKSPACE]: as JSON, instructions of
// a step, by the global that count_wasm.py adds, and the deepest bytes of stack that calls wrote; of a
// network called m, whose state and workspace take so many bytes, or of plain_gru.c. Inputs and plain
// C's weights are gru_steps.h's.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';

const [path, kind, ...sizes] = process.argv.slice(2);
const [I, H, L, stateBytes, workspaceBytes] = sizes.map(Number);
const rows = 16;
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(path)));
const { executed, stack, memory, __heap_base: heap } = exports;

/** The address of values that are put behind what is there. */
let end = heap.value;
function place(values) {
  const at = end;
  end += Math.ceil(values.byteLength / 64) * 64;
  const missing = end - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / 65536));
  new values.constructor(memory.buffer, at, values.length).set(values);
  return at;
}

let random = 1;
function fill(count, limit) {
  return Float32Array.from({ length: count }, () => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
    return limit * ((random >>> 8) / 8388608 - 1);
  });
}

/** A step for the input at an address, whatever else takes stack, and where the output is. */
function grucc() {
  const state = place(new Uint8Array(stateBytes)), workspace = place(new Uint8Array(workspaceBytes));
  const y = place(new Float32Array(L * H)), row = place(new BigInt64Array(1));
  const check = status => assert.equal(status, 0);
  check(exports.m_init_state(state, 0, 1n));
  return {
    step: x => check(exports.m_step(x, y, state, workspace, 0, 1n)),
    others() {
      const h = place(new Float32Array(L * H));
      check(exports.m_read_state(state, h, 1n));
      check(exports.m_init_state(state, h, 1n));
      check(exports.m_reset_state(state, row, 1n, 1n));
    },
    y,
  };
}

function plain() {
  const layers = [];
  for (let l = 0; l < L; ++l) {
    // As gru_steps.h has them: as long as the longest, and what is left over behind.
    const ih = place(fill(3 * H * (Math.max(I, H) + H + 2), 1 / Math.sqrt(H)));
    const hh = ih + 4 * 3 * H * (l ? H : I), b = hh + 4 * 3 * H * H;
    layers.push(ih, hh, b, b + 4 * 3 * H);
  }
  const layersAt = place(Int32Array.from(layers)), h = place(new Float32Array(L * H));
  return {
    step: x => exports.plain_gru_step(layersAt, x, h),
    others() {},
    y: h + 4 * (L - 1) * H,
  };
}

const input = place(fill(rows * I, 1));
const model = kind === 'plain' ? plain() : grucc();
const paint = 0xa5, top = stack.value;
const painted = () => new Uint8Array(memory.buffer, 0, top); // the stack begins memory
painted().fill(paint);

function round() {
  const before = executed.value;
  for (let row = 0; row < rows; ++row) model.step(input + 4 * row * I);
  return Number(executed.value - before);
}

round();
const step = Math.round(round() / rows);
const magnitude = new Float32Array(memory.buffer, model.y, H).reduce((sum, value) => sum + value * value, 0);
assert.ok(magnitude > 0 && magnitude < H);
model.others();
const deepest = painted().findIndex(byte => byte !== paint);
console.log(JSON.stringify({ step, stack: deepest < 0 ? 0 : top - deepest }));
