// ===- EsModule.mjs - What every ES module of a network does ----------------===
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ===------------------------------------------------------------------------===
// What follows the empty line is written behind `facts`, `abi` and `moduleUrl` of a network
// (EsModule.cpp); the declarations beside it say how it is used. It runs in browsers, their
// worklets and node alike: nothing is imported, and what worklets lack is named in `load` alone.

const Real = facts.dtype === 'float64' ? Float64Array : Float32Array;
const pageBytes = 65536;

function refuse(argument, found, expected) {
  throw new Error(`${argument}: found ${found}, expected ${expected}`);
}

/** What a function of the module returned, when that is not 0; its arguments have been checked, but
 * for whether a stream still has memory. */
function refuseStatus(name, status) {
  if (status === 3) refuse(name, 'a stream that was freed', 'one in use');
  refuse(name, `status ${status}`, '0');
}

function kindOf(value) {
  if (value instanceof Float32Array) return 'float32';
  if (value instanceof Float64Array) return 'float64';
  if (value === null || value === undefined || typeof value === 'number') return String(value);
  return typeof value === 'object' ? value.constructor?.name ?? 'an object'
    : `${typeof value} ${String(value)}`;
}

/** A number of the interface of C, which takes 64 bits. */
function count(argument, value, least, most = Number.MAX_SAFE_INTEGER) {
  if (!Number.isSafeInteger(value) || value < least || value > most)
    refuse(argument, kindOf(value), most === Number.MAX_SAFE_INTEGER
      ? `a whole number, at least ${least}` : `a whole number in ${least} .. ${most}`);
  return BigInt(value);
}

/** Whole numbers in 0 .. most, of whatever has an order. */
function counts(argument, values, most) {
  const list = Object(values);
  if (!(Symbol.iterator in list || 'length' in list)) refuse(argument, kindOf(values), 'a list');
  return BigInt64Array.from(list, (value, i) => count(`${argument}[${i}]`, value, 0, most));
}

function checkReals(argument, value, shape) {
  if (!(value instanceof Real)) refuse(argument, kindOf(value), `${facts.dtype} (${Real.name})`);
  const expected = shape.reduce((product, size) => product * size, 1);
  if (value.length !== expected)
    refuse(argument, `${value.length} numbers`, `${expected}: [${shape.join(', ')}]`);
}

const rounded = bytes => Math.ceil(bytes / abi.alignment) * abi.alignment;

/** Where blocks of these sizes begin, one behind the other, and where the last of them ends. */
const blocks = (at, sizes) => [0, ...sizes].map(bytes => at += rounded(bytes));

/** An instance of the module and its memory: what is kept, and behind it room for one call. */
class Instance {
  #kept;
  #freed = new Map(); // addresses by size

  constructor({ exports }) {
    if (!(abi.id in exports))
      refuse('module', 'another one', `${abi.file} of the compilation that wrote this file`);
    this.exports = exports;
    this.#kept = rounded(exports.__heap_base.value >>> 0);
  }

  get buffer() { return this.exports.memory.buffer; }
  function(suffix) { return this.exports[`${facts.name}_${suffix}`]; }

  call(suffix, ...values) {
    const status = this.function(suffix)(...values);
    if (status !== 0) refuseStatus(suffix, status);
  }

  /** The address of so many bytes, until they are given back. */
  keep(bytes) {
    const size = rounded(bytes), freed = this.#freed.get(size);
    if (freed?.length) return freed.pop();
    const at = this.#kept;
    this.#grow(at + size);
    this.#kept += size;
    return at;
  }

  giveBack(at, bytes) {
    const size = rounded(bytes);
    if (!this.#freed.has(size)) this.#freed.set(size, []);
    this.#freed.get(size).push(at);
  }

  /** Addresses of blocks of these sizes, until the next call of `place` or `keep`. */
  place(...sizes) {
    const places = blocks(this.#kept, sizes);
    this.#grow(places.pop());
    return places;
  }

  #grow(end) {
    const missing = end - this.buffer.byteLength;
    if (missing <= 0) return;
    try {
      this.exports.memory.grow(Math.ceil(missing / pageBytes));
    } catch {
      refuse('memory', `no room for ${missing} bytes more`, 'fewer steps, rows or streams');
    }
  }

  /** A view of numbers; memory that grows leaves it empty. */
  reals(at, length) { return new Real(this.buffer, at, length); }
  /** Numbers that memory may grow beside: a copy, where they are a view of it. */
  apart(values) { return values?.buffer === this.buffer ? values.slice() : values; }
  write(at, values) { new values.constructor(this.buffer, at, values.length).set(values); }
}

class Stream {
  #instance; #step; #at; #bytes; #state; #workspace; #weights; #rows;
  #xAt; #yAt; #rowAt; #x; #y;

  constructor(instance, weights, batch) {
    const rows = count('batch', batch, 1), { inputSize, hiddenSize } = facts;
    const state = Number(instance.function('state_bytes')(rows));
    const workspace = Number(instance.function('workspace_bytes')(1n, rows));
    if (state < 0 || workspace < 0) refuse('batch', batch, 'fewer rows');
    const real = Real.BYTES_PER_ELEMENT;
    const sizes = [state, workspace, batch * inputSize * real, batch * hiddenSize * real, 8];
    this.#bytes = blocks(0, sizes).pop();
    this.#instance = instance;
    this.#step = instance.function('step');
    this.#weights = weights;
    this.#rows = rows;
    this.#at = instance.keep(this.#bytes);
    [this.#state, this.#workspace, this.#xAt, this.#yAt, this.#rowAt] = blocks(this.#at, sizes);
    this.#x = this.#y = new Real(0);
    this.x.fill(0);
    this.y.fill(0);
    this.reset();
  }

  get batch() { return Number(this.#rows); }

  get x() { return this.#x.length ? this.#x : this.#x = this.#view(this.#xAt, facts.inputSize); }
  get y() { return this.#y.length ? this.#y : this.#y = this.#view(this.#yAt, facts.hiddenSize); }

  #view(at, size) {
    if (this.#state === 0) refuse('stream', 'one that was freed', 'another');
    return this.#instance.reals(at, this.batch * size);
  }

  step() {
    const status = this.#step(this.#xAt, this.#yAt, this.#state, this.#workspace, this.#weights,
      this.#rows);
    if (status !== 0) refuseStatus('step', status);
  }

  reset(rows) {
    if (rows === undefined) return this.#instance.call('init_state', this.#state, 0, this.#rows);
    for (const row of counts('rows', rows, this.batch - 1)) {
      this.#instance.write(this.#rowAt, BigInt64Array.of(row));
      this.#instance.call('reset_state', this.#state, this.#rowAt, 1n, this.#rows);
    }
  }

  get h() {
    const length = facts.numLayers * this.batch * facts.hiddenSize;
    const [at] = this.#instance.place(length * Real.BYTES_PER_ELEMENT);
    this.#instance.call('read_state', this.#state, at, this.#rows);
    return this.#instance.reals(at, length).slice();
  }

  set h(values) {
    checkReals('h', values, [facts.numLayers, this.batch, facts.hiddenSize]);
    values = this.#instance.apart(values);
    const [at] = this.#instance.place(values.byteLength);
    this.#instance.write(at, values);
    this.#instance.call('init_state', this.#state, at, this.#rows);
  }

  free() {
    if (this.#state === 0) return;
    this.#instance.giveBack(this.#at, this.#bytes);
    this.#state = 0; // which every function refuses
    this.#x = this.#y = new Real(0);
  }
}

export class Model {
  #instance;
  #weights = 0;

  /** `instance`: where the module is one already, as engines want it of large ones. */
  constructor(module, weights, instance) {
    if (!(module instanceof WebAssembly.Module))
      refuse('module', kindOf(module), 'a WebAssembly.Module');
    if (facts.weights === 'baked' ? weights !== undefined : Object(weights) !== weights)
      refuse('weights', weights === undefined ? 'none' : kindOf(weights),
        facts.weights === 'baked' ? 'none: the module has them' : 'tensors by their names');
    this.#instance = new Instance(instance ?? new WebAssembly.Instance(module));
    if (weights !== undefined) this.#pack(weights);
  }

  static async load(source = moduleUrl(), weights) {
    let given = await source;
    if (typeof given === 'string' || given instanceof URL) given = await fetch(given);
    if (given instanceof Response) {
      if (!given.ok) refuse('source', `status ${given.status} of ${given.url}`, 'a file');
      given = await given.arrayBuffer();
    }
    const module = given instanceof WebAssembly.Module ? given : await WebAssembly.compile(given);
    return new Model(module, weights, await WebAssembly.instantiate(module));
  }

  #pack(weights) {
    for (const name of Object.keys(weights))
      if (!Object.hasOwn(abi.weights, name))
        refuse('weights', name, Object.keys(abi.weights).join(', '));
    const tensors = Object.entries(abi.weights).map(([name, shape]) => {
      checkReals(name, weights[name], shape);
      return weights[name];
    });
    const instance = this.#instance;
    this.#weights = instance.keep(facts.weightsBytes);
    const [list, ...places] =
      instance.place(4 * tensors.length, ...tensors.map(tensor => tensor.byteLength));
    instance.write(list, Uint32Array.from(places));
    tensors.forEach((tensor, i) => instance.write(places[i], tensor));
    instance.call('pack', list, this.#weights);
  }

  run(input, options = {}) {
    if (Object(options) !== options) refuse('options', kindOf(options), 'an object');
    let { seqLen, batch = 1, h0, lengths, ...others } = options;
    const { inputSize, hiddenSize, outputSize, states, batchFirst } = facts;
    if (!facts.runs) refuse('run', 'a module without it', 'one compiled with --functions=run');
    if (lengths !== undefined && !facts.takesLengths)
      refuse('lengths', 'them', 'none: compiled without --functions=ragged');
    for (const name of Object.keys(others))
      refuse('options', name, 'seqLen, batch, h0 and lengths');
    const B = count('batch', batch, 0);
    if (!(input instanceof Real)) refuse('input', kindOf(input), `${facts.dtype} (${Real.name})`);
    seqLen ??= batch === 0 ? 0 : Math.ceil(input.length / (batch * inputSize));
    const T = count('seqLen', seqLen, 0);
    checkReals('input', input, [...(batchFirst ? [batch, seqLen] : [seqLen, batch]), inputSize]);
    const shape = [states, batch, hiddenSize];
    if (h0 !== undefined) checkReals('h0', h0, shape);
    const rows = lengths === undefined ? undefined : counts('lengths', lengths, seqLen);
    if (rows && rows.length !== batch) refuse('lengths', `${rows.length} numbers`, `[${batch}]`);
    const workspace = Number(this.#instance.function('workspace_bytes')(T, B));
    if (workspace < 0) refuse('seqLen, batch', `${seqLen}, ${batch}`, 'smaller ones');

    [input, h0] = [input, h0].map(values => this.#instance.apart(values));
    const real = Real.BYTES_PER_ELEMENT, stateLength = states * batch * hiddenSize;
    const outputLength = seqLen * batch * outputSize, at = {};
    [at.args, at.input, at.h_0, at.lengths, at.output, at.h_n, at.workspace] =
      this.#instance.place(abi.args.size_of, input.byteLength, stateLength * real, 8 * batch,
        outputLength * real, stateLength * real, workspace);
    new Uint8Array(this.#instance.buffer, at.args, abi.args.size_of).fill(0);
    const args = new DataView(this.#instance.buffer, at.args, abi.args.size_of);
    const number = (field, value) => args.setBigInt64(abi.args[field], value, true);
    const pointer = (field, value = at[field]) => args.setUint32(abi.args[field], value, true);
    number('size', BigInt(abi.args.size_of));
    number('seq_len', T);
    number('batch', B);
    for (const field of ['input', 'output', 'h_n', 'workspace']) pointer(field);
    pointer('weights', this.#weights);
    this.#instance.write(at.input, input);
    if (h0 !== undefined) {
      this.#instance.write(at.h_0, h0);
      pointer('h_0');
    }
    if (rows) {
      this.#instance.write(at.lengths, rows);
      pointer('lengths');
    }
    this.#instance.call('run', at.args);
    return {
      output: this.#instance.reals(at.output, outputLength).slice(),
      hN: this.#instance.reals(at.h_n, stateLength).slice(),
    };
  }

  stream(batch = 1) {
    if (facts.direction !== 'forward')
      refuse('stream', `a network that is ${facts.direction}`, 'one that is forward');
    if (!facts.streams)
      refuse('stream', 'a module without it', 'one compiled with --functions=step,state,sizes');
    return new Stream(this.#instance, this.#weights, batch);
  }
}
