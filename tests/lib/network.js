// Small quantised networks: made, written as model and input files, and computed here a second
// time, independently of the Rust code, from the integer semantics alone.

import * as safetensors from './safetensors.js';

/** A small deterministic generator (mulberry32): 32 random bits a call. */
export function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** A stack of linear layers of these widths with a requant (shift 8, 0..255) between them. */
export function randomModel(widths, seed) {
  const next = generator(seed);
  const layers = [];
  const tensors = {};
  for (let i = 0; i + 1 < widths.length; i++) {
    const [input, output] = [widths[i], widths[i + 1]];
    if (i > 0) layers.push({ type: 'requant', shift: 8, lo: 0, hi: 255 });
    // Tensors are numbered by the layer's place in the stack, requants included.
    const at = layers.length;
    layers.push({ type: 'linear', in: input, out: output });
    tensors[`layers.${at}.weight`] = {
      dtype: 'I8',
      shape: [output, input],
      data: Int8Array.from({ length: output * input }, () => (next() % 256) - 128),
    };
    tensors[`layers.${at}.bias`] = {
      dtype: 'I32',
      shape: [output],
      data: Int32Array.from({ length: output }, () => (next() % 2001) - 1000),
    };
  }
  const topology = {
    format: 'swarmwork-network',
    version: 1,
    input: { shape: [widths[0]], dtype: 'u8' },
    layers,
  };
  return {
    topology,
    tensors,
    file: safetensors.write(tensors, { 'swarmwork.topology': JSON.stringify(topology) }),
  };
}

/** Random input rows, `count` of them, as one Uint8Array. */
export function randomRows(model, count, seed) {
  const next = generator(seed);
  return Uint8Array.from({ length: count * model.topology.input.shape[0] }, () => next() % 256);
}

/** The input file of a job; rows are padded with zeros to whole batches. */
export function inputFile(model, rows, batch) {
  const width = model.topology.input.shape[0];
  const count = Math.ceil(rows.length / width / batch) * batch;
  const data = new Uint8Array(count * width);
  data.set(rows);
  return safetensors.write({ input: { dtype: 'U8', shape: [count, width], data } });
}

/** What the network answers to one row: an array of integers. */
export function compute(model, row) {
  let values = Array.from(row);
  model.topology.layers.forEach((layer, i) => {
    if (layer.type === 'linear') {
      const weight = model.tensors[`layers.${i}.weight`].data;
      const bias = model.tensors[`layers.${i}.bias`].data;
      values = Array.from({ length: layer.out }, (_, o) =>
        values.reduce((sum, value, k) => sum + value * weight[o * layer.in + k], bias[o]),
      );
    } else {
      values = values.map((acc) =>
        Math.min(layer.hi, Math.max(layer.lo, Math.floor(acc / 2 ** layer.shift))),
      );
    }
  });
  return values;
}
