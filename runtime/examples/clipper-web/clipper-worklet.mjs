// ===- clipper-worklet.mjs - The clipper as a node of Web Audio ------------===
//
// Part of grucc, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// ===-----------------------------------------------------------------------===
import { Model } from './clipper.mjs';

registerProcessor('clipper', class extends AudioWorkletProcessor {
  static parameterDescriptors = [{ name: 'drive', defaultValue: 1, minValue: 0, maxValue: 4 }];
  constructor({ processorOptions: { module, weight, bias } }) {
    super();
    Object.assign(this, { stream: new Model(module).stream(), weight, bias });
  }
  process([[input]], [[output]], { drive }) {
    const { x, y } = this.stream, { weight } = this;
    for (let t = 0; t < output.length; ++t) {
      x[0] = input ? input[t] * drive[drive.length > 1 ? t : 0] : 0;
      this.stream.step();
      let sum = this.bias;
      for (let k = 0; k < weight.length; ++k) sum += weight[k] * y[k];
      output[t] = sum;
    }
    return true;
  }
});
