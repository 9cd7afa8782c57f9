// ===- effect.mjs - The clipper's network in a page, and a riff for it ------===
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ===------------------------------------------------------------------------===
// What a worklet cannot do: fetch the network's module and its linear output, once for all contexts.

export const rate = 48000; // samples a second

const module = WebAssembly.compileStreaming(fetch('clipper.wasm'));

/** The linear output that was trained with the network: 24 weights and a bias, in C's notation. */
async function readHead() {
  const text = await (await fetch('clipper_head.h')).text();
  const numbers = [...text.matchAll(/(-?)0x1\.([0-9a-f]{13})p([-+]\d+)f/g)].map(
    ([, sign, digits, exponent]) =>
      (sign ? -1 : 1) * (1 + parseInt(digits, 16) / 2 ** 52) * 2 ** Number(exponent));
  if (numbers.length !== 25)
    throw new Error(`clipper_head.h: found ${numbers.length} numbers, expected 25`);
  return { weight: numbers.slice(0, 24), bias: numbers[24] };
}
const head = readHead();

/** The effect as a node of an AudioContext or OfflineAudioContext of that rate. */
export async function makeClipper(context, drive) {
  await context.audioWorklet.addModule('clipper-worklet.mjs');
  return new AudioWorkletNode(context, 'clipper', {
    channelCount: 1,
    channelCountMode: 'explicit',
    parameterData: { drive },
    processorOptions: { module: await module, ...(await head) },
  });
}

/** What the effect makes of `samples` (Float32Array), and the seconds that it took. */
export async function render(samples, drive) {
  const context = new OfflineAudioContext(1, samples.length, rate);
  const source = playerOf(context, samples);
  source.connect(await makeClipper(context, drive)).connect(context.destination);
  source.start();
  const began = performance.now();
  const output = (await context.startRendering()).getChannelData(0);
  return { output, seconds: (performance.now() - began) / 1000 };
}

export function playerOf(context, samples) {
  const buffer = new AudioBuffer({ length: samples.length, sampleRate: rate });
  buffer.copyToChannel(samples, 0);
  return new AudioBufferSourceNode(context, { buffer });
}

/** The riff of clipper.c, ten seconds in integers, to the bit: a root and its fifth. */
export function makeRiff() {
  const periods = [582, 490, 436, 582, 327, 389, 436, 490, 582, 582], gains = [8, 2, 4, 1];
  const plucks = 20, length = 10 * rate / plucks, riff = new Float32Array(10 * rate);
  let seed = 1;
  for (let pluck = 0; pluck < plucks; ++pluck) {
    const period = periods[pluck % 10];
    const strings = [period, Math.trunc(period * 2 / 3)].map(samples => {
      let value = 0;
      return Array.from({ length: samples }, () => {
        seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
        return value = Math.trunc((value + (seed >>> 16) - 32768) / 2);
      });
    });
    for (let t = 0; t < length; ++t) {
      let both = 0;
      for (const line of strings) {
        const at = t % line.length;
        both += line[at];
        line[at] = Math.trunc((line[at] + line[(at + 1) % line.length]) * 511 / 1024);
      }
      riff[pluck * length + t] = Math.trunc(both * gains[pluck % 4] / 16) / 32768;
    }
  }
  return riff;
}
