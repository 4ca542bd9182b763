import { describe, expect, test } from 'vitest';
import { decodeSafetensors, encodeSafetensors } from './safetensors.js';
import { decodeWeights, encodeWeights } from './weights-file.js';

const arrays = [
  { name: 'a', shape: [2, 3], values: Float32Array.from([1, -2, 3.5, 0, 1e-30, 7]) },
  { name: 'empty', shape: [0], values: new Float32Array(0) },
  { name: 'scalar', shape: [], values: Float32Array.of(42) },
];

/** A file with any header text, as a foreign program may have written it. */
function fileOf(header: string, data = new Uint8Array(0)): Uint8Array {
  const text = new TextEncoder().encode(header);
  const bytes = new Uint8Array(8 + text.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(data, 8 + text.length);
  return bytes;
}

describe('safetensors', () => {
  test('arrays and metadata come back as they were', () => {
    const bytes = encodeSafetensors(arrays, { format: 'x' });
    expect(decodeSafetensors(bytes)).toEqual({ arrays, metadata: { format: 'x' } });
    expect((8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))) % 8).toBe(0);
  });

  test('a file inside a larger buffer, not aligned to 4 bytes, can be read', () => {
    const bytes = encodeSafetensors(arrays);
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(decodeSafetensors(larger.subarray(3)).arrays).toEqual(arrays);
  });

  test('a Node buffer can be read', () => {
    expect(decodeSafetensors(Buffer.from(encodeSafetensors(arrays))).arrays).toEqual(arrays);
  });

  test('int32 arrays are read as numbers', () => {
    const header = '{"n":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}}';
    const data = new Uint8Array(Int32Array.from([-1, 300]).buffer);
    expect(decodeSafetensors(fileOf(header, data)).arrays).toEqual([
      { name: 'n', shape: [2], values: Float32Array.from([-1, 300]) },
    ]);
  });

  test('every truncation is refused as such', () => {
    const bytes = encodeSafetensors([arrays[0]!]);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(() => decodeSafetensors(bytes.subarray(0, length)), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'checkpoint' }),
      );
    }
  });

  test.each([
    ['a picture', new TextEncoder().encode('\x89PNG\r\n\x1a\n and more bytes')],
    ['text instead of a header', fileOf('hello')],
    ['a list as header', fileOf('[]')],
    ['another dtype', fileOf('{"h":{"dtype":"F16","shape":[1],"data_offsets":[0,2]}}')],
    ['a range that does not fit', fileOf('{"h":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}')],
    ['a negative size', fileOf('{"h":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}')],
    ['an entry that is no object', fileOf('{"h":3}')],
  ])('%s is refused', (_name, bytes) => {
    expect(() => decodeSafetensors(bytes)).toThrow(expect.objectContaining({ code: 'checkpoint' }));
  });
});

describe('weights file', () => {
  test('carries its description', () => {
    const description = { vocabularySize: 9, spec: { hidden: 4 } };
    expect(decodeWeights(encodeWeights({ arrays, description }))).toEqual({ arrays, description });
  });

  test('other safetensors files are refused', () => {
    expect(() => decodeWeights(encodeSafetensors(arrays))).toThrow('the format is "none"');
  });
});
