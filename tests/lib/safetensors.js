// The safetensors format: u64 length of a JSON header, the header, the tensors' bytes.

const SIZE = { U8: 1, I8: 1, I32: 4 };

/** Writes `{ name: { dtype, shape, data: Buffer|TypedArray } }` and string metadata. */
export function write(tensors, metadata) {
  const header = metadata ? { __metadata__: metadata } : {};
  const parts = [];
  let offset = 0;
  for (const [name, { dtype, shape, data }] of Object.entries(tensors)) {
    const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    const expected = shape.reduce((a, b) => a * b, SIZE[dtype]);
    if (bytes.length !== expected) {
      throw new Error(`${name}: ${bytes.length} bytes for shape ${shape} of ${dtype}`);
    }
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes.length] };
    offset += bytes.length;
    parts.push(bytes);
  }
  const json = Buffer.from(JSON.stringify(header));
  // The format wants the tensors aligned: the header is padded with spaces to 8 bytes.
  const padded = Buffer.concat([json, Buffer.alloc((8 - (json.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded, ...parts]);
}

/** Reads into `{ tensors: { name: { dtype, shape, data } }, metadata }`. */
export function read(file) {
  const length = Number(file.readBigUInt64LE(0));
  const { __metadata__: metadata, ...header } = JSON.parse(file.subarray(8, 8 + length).toString());
  const body = file.subarray(8 + length);
  const tensors = {};
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(header)) {
    const bytes = new Uint8Array(body.subarray(from, to)).buffer;
    const data = { U8: Uint8Array, I8: Int8Array, I32: Int32Array }[dtype];
    tensors[name] = { dtype, shape, data: new data(bytes) };
  }
  return { tensors, metadata };
}
