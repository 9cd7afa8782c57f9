// webassembly.mjs MODULE.mjs MODULE.wasm NAMES: what is read from standard input, as other_cpus.py
// packs it, through the ES module; output and h_n to standard output. NAMES: of the weights, with
// commas between. A run has the bits of as many steps, from views that memory grew under.
import assert from 'node:assert';
import { readFileSync, writeSync } from 'node:fs';

const [path, binary, names] = process.argv.slice(2);
const { Model, facts } = await import(path);
const module = new WebAssembly.Module(readFileSync(binary));
assert.deepEqual(WebAssembly.Module.imports(module), []);
assert.equal(facts.moduleBytes, readFileSync(binary).length);

const sent = readFileSync(0);
let at = 0;
const Real = facts.dtype === 'float64' ? Float64Array : Float32Array;
function take(Type, count) {
  const bytes = Uint8Array.prototype.slice.call(sent, at, at + count * Type.BYTES_PER_ELEMENT);
  at += bytes.length;
  return new Type(bytes.buffer);
}
const bytesOf = array => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

const [T, B, hasH0, hasLengths] = Array.from(take(BigInt64Array, 5), Number);
const { inputSize: I, hiddenSize: H, states, numLayers } = facts;
const input = take(Real, T * B * I);
const h0 = hasH0 ? take(Real, states * B * H) : undefined;
const lengths = hasLengths ? Array.from(take(BigInt64Array, B), Number) : undefined;
let weights;
if (facts.weights === 'external') {
  weights = {};
  for (const name of names.split(','))
    weights[name] = take(Real, Number(take(BigInt64Array, 1)[0]) / Real.BYTES_PER_ELEMENT);
}
assert.equal(at, sent.length);

const model = new Model(module, weights);
if (weights) Object.values(weights).forEach(tensor => tensor.fill(NaN)); // not needed afterwards
const { output, hN } = model.run(input, { seqLen: T, batch: B, h0, lengths });

if (facts.streams) {
  const whole = lengths ? model.run(input, { seqLen: T, batch: B, h0 }) : { output, hN };
  const stream = model.stream(B), { x } = stream;
  if (h0) stream.h = h0;
  for (let t = 0; t < T; ++t) {
    if (t === 1) {
      const filled = stream.x.slice();
      const steps = Math.ceil(2 ** 14 / (I + H)); // some MB
      model.run(new Real(steps * 64 * I), { batch: 64 });
      assert.equal(x.length, 0);
      assert.deepEqual(stream.x, filled);
    }
    stream.x.set(input.subarray(t * B * I, (t + 1) * B * I));
    stream.step();
    assert.ok(bytesOf(stream.y).equals(bytesOf(whole.output.subarray(t * B * H, (t + 1) * B * H))));
  }
  assert.ok(bytesOf(stream.h).equals(bytesOf(whole.hN)));
  const expected = stream.h;
  for (let row = 0; row < numLayers * B; row += B) expected.fill(0, row * H, (row + 1) * H);
  stream.reset([0]);
  assert.ok(bytesOf(stream.h).equals(bytesOf(expected)));
} else {
  assert.throws(() => model.stream(), /^Error: stream: found a network that is \w+, expected one that is forward$/);
}
writeSync(1, bytesOf(output));
writeSync(1, bytesOf(hN));
