/**
 * A 64-bit name of a long sequence of integers, made while it passes: two runs of FNV-1a (32 bits,
 * over integers instead of bytes). It tells tables apart in signatures; it is no cryptographic hash.
 */
export interface Fingerprint {
  mix(value: number): void;
  /** 16 hexadecimal digits. */
  toString(): string;
}

export function createFingerprint(): Fingerprint {
  let first = 0x811c9dc5; // FNV's offset basis and prime
  let second = 0x9747b28c;
  return {
    mix(value) {
      first = Math.imul(first ^ value, 0x01000193);
      second = Math.imul(second ^ value, 0x5bd1e995);
      second ^= second >>> 15;
    },
    toString: () => toHex(first) + toHex(second),
  };
}

function toHex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
