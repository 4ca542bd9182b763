/** 16-bit floating point numbers, as safetensors names them, to 32 bits. Each has an exact value there. */

/** IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
export function fromF16(bits: Uint16Array, target: Float32Array): void {
  for (let i = 0; i < bits.length; i += 1) target[i] = F16_VALUES[bits[i] ?? 0] ?? NaN;
}

/** The upper half of a binary32. */
export function fromBf16(bits: Uint16Array, target: Float32Array): void {
  const words = new Uint32Array(target.buffer, target.byteOffset, bits.length);
  for (let i = 0; i < bits.length; i += 1) words[i] = (bits[i] ?? 0) << 16;
}

/** Of all bit patterns: 256 KiB, faster than the arithmetic at each number. */
const F16_VALUES = Float32Array.from({ length: 1 << 16 }, (_, half) => {
  const sign = half >> 15 === 0 ? 1 : -1;
  const exponent = (half >> 10) & 31;
  const fraction = half & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
});
