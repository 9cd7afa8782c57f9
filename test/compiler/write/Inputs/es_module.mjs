// es_module.mjs: calls the modules of es-module.test; says what they refuse.
import assert from 'node:assert';
import { readFileSync } from 'node:fs';
import { Model, facts } from './net.mjs';
import * as given from './given.mjs';

const bytes = readFileSync('net.wasm'), module = new WebAssembly.Module(bytes);
const model = new Model(module);
assert.ok(Object.isFrozen(facts));
assert.deepEqual([facts.inputSize, facts.hiddenSize, facts.numLayers, facts.moduleBytes],
  [3, 4, 2, bytes.length]);

function refused(call) {
  try {
    call();
  } catch (error) {
    console.log(error.message);
    return;
  }
  assert.fail(`not refused: ${call}`);
}

refused(() => new Model({}));
refused(() => new Model(new WebAssembly.Module(readFileSync('other.wasm'))));
refused(() => new Model(module, {}));
refused(() => model.run([1, 2, 3]));
refused(() => model.run(new Float64Array(3)));
refused(() => model.run(new Float32Array(4)));
refused(() => model.run(new Float32Array(6), { seqLen: 3 }));
refused(() => model.run(new Float32Array(6), { batch: -1 }));
refused(() => model.run(new Float32Array(6), { batch: 0.5 }));
refused(() => model.run(new Float32Array(6), { seq_len: 2 }));
refused(() => model.run(new Float32Array(6), 2));
refused(() => model.run(new Float32Array(6), null));
refused(() => model.run(new Float32Array(6), { batch: 1n }));
refused(() => model.run(new Float32Array(6), { lengths: null }));
refused(() => model.run(new Float32Array(6), { h0: new Float32Array(7) }));
refused(() => model.run(new Float32Array(6), { lengths: [3] }));
refused(() => model.run(new Float32Array(6), { lengths: [1, 1] }));
refused(() => model.stream(0));
refused(() => model.stream(2 ** 40));
refused(() => { model.stream().h = new Float32Array(9); });
refused(() => model.stream(2).reset([0, 2]));
refused(() => model.stream(2).reset(0));
refused(() => model.stream(2).reset({}));
refused(() => model.stream('1'));
refused(() => new given.Model(new WebAssembly.Module(readFileSync('given.wasm'))));

// Nothing that was refused has changed anything: silence from zeros, twice.
const input = Float32Array.from({ length: 30 }, (_, i) => Math.sin(i));
const { output, hN } = model.run(input);
assert.deepEqual(model.run(input), { output, hN });
assert.equal(output.length, 40);

// Every way to the module leads to the same numbers.
const url = `data:application/wasm;base64,${bytes.toString('base64')}`;
for (const source of [bytes, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), module, url,
  new URL(url), fetch(url), new Response(bytes)])
  assert.deepEqual((await Model.load(source)).run(input), { output, hN });
await assert.rejects(Model.load(new Response('', { status: 404 })), /^Error: source: found status 404 of /);

// A stream that was freed is refused, and its memory is another's; rows are their own.
const stream = model.stream(2);
stream.x.set([1, 2, 3, 4, 5, 6]);
stream.step();
const second = stream.y.slice(4);
stream.free();
stream.free();
refused(() => stream.step());
refused(() => stream.x);
const again = model.stream(2);
assert.deepEqual(again.x, new Float32Array(6));
again.x.set([7, 8, 9, 4, 5, 6]);
again.step();
assert.deepEqual(again.y.slice(4), second);
assert.notDeepEqual(again.y.slice(0, 4), second);
for (let i = 0; i < 300000; ++i) model.stream(100).free(); // which would be 4 GB of as many streams

// What is given may be a view of the module's own memory, which the call lets grow.
const fresh = new Model(module), source = fresh.stream(3000);
source.x.forEach((_, i) => { source.x[i] = Math.sin(i); });
const wide = model.run(source.x.slice(), { batch: 3000 });
const before = source.x;
assert.deepEqual(fresh.run(source.x, { batch: 3000 }), wide);
assert.equal(before.length, 0); // it grew
const few = new Model(module), half = few.stream(10000);
half.y.fill(0.5);
const held = few.stream(5000), of = half.y;
held.h = half.y;
assert.equal(of.length, 0);
assert.ok(held.h.every(value => value === 0.5));

// A step allocates nothing: less than a byte for each of many.
const one = model.stream();
function play(steps) {
  const { x } = one;
  for (let t = 0; t < steps; ++t) {
    x[0] = t & 1;
    one.step();
  }
}
play(100000);
gc();
const used = process.memoryUsage().heapUsed;
play(1000000);
assert.ok(process.memoryUsage().heapUsed - used < 1000000);

// Weights of the caller, and inputs [B, T, I].
const shapes = { weight_ih_l0: 36, weight_hh_l0: 48, bias_ih_l0: 12, bias_hh_l0: 12 };
const weights = Object.fromEntries(Object.entries(shapes).map(([name, count]) => [name, new Float64Array(count)]));
weights.bias_ih_l0.fill(100, 8, 12); // n = 1; z = 1/2
const wasm = new WebAssembly.Module(readFileSync('given.wasm'));
refused(() => new given.Model(wasm, null));
refused(() => new given.Model(wasm, { ...weights, weight_l0: weights.bias_ih_l0 }));
refused(() => new given.Model(wasm, { ...weights, bias_hh_l0: undefined }));
refused(() => new given.Model(wasm, { ...weights, bias_hh_l0: new Float64Array(11) }));
const halves = new given.Model(wasm, weights).run(new Float64Array(2 * 3 * 3), { batch: 2, lengths: [3, 1] });
assert.deepEqual([0, 4, 8, 12, 16].map(i => halves.output[i]), [0.5, 0.75, 0.875, 0.5, 0]);

// Modules with some of the functions do the same, as far as they go.
const [runs, steps, both] = await Promise.all(['runs', 'steps', 'both'].map(async name =>
  (await import(`./${name}.mjs`)).Model.load(readFileSync(`${name}.wasm`))));
assert.deepEqual(runs.run(input), { output, hN });
refused(() => runs.run(input, { lengths: [1] }));
refused(() => runs.stream());
refused(() => steps.run(input));
const some = steps.stream();
for (let t = 0; t < 10; ++t) {
  some.x.set(input.subarray(3 * t, 3 * t + 3));
  some.step();
  assert.deepEqual(some.y, output.slice(4 * t, 4 * t + 4));
}
refused(() => both.stream());
console.log('done');
