/**
 * Seeded random numbers for the scenes: xoshiro128** (Blackman & Vigna 2018) seeded by splitmix32.
 * Integer arithmetic only, so the sequence is the same on every machine.
 */

export interface Rng {
  /** Uniform in [0, 1), 32 bits. */
  uniform(): number;
  /** Uniform integer in [0, bound). */
  int(bound: number): number;
  /** One of the values, each equally likely. */
  pick<T>(values: readonly [T, ...T[]]): T;
  /** A new array in random order (drawn without replacement). */
  shuffle<T>(values: readonly T[]): T[];
  /** An independent generator that depends on the seed and the label only, not on draws so far. */
  fork(label: string): Rng;
}

export function createRng(seed: number): Rng {
  return fromHash(hashText(String(seed), 0x9e3779b9));
}

function fromHash(hash: number): Rng {
  const expand = splitmix32(hash);
  let [a, b, c, d] = [expand(), expand(), expand(), expand()];

  function next(): number {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0;
    const t = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= t;
    d = rotateLeft(d, 11);
    return result;
  }

  const uniform = (): number => next() / 2 ** 32;
  const int = (bound: number): number => Math.floor(uniform() * bound);
  return {
    uniform,
    int,
    pick: (values) => values[int(values.length)] ?? values[0],
    shuffle(values) {
      const rest = [...values];
      const shuffled: typeof rest = [];
      while (rest.length > 0) shuffled.push(...rest.splice(int(rest.length), 1));
      return shuffled;
    },
    fork: (label) => fromHash(hashText(label, hash)),
  };
}

function splitmix32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
}

function rotateLeft(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

/** FNV-1a over UTF-16 units. */
function hashText(text: string, start: number): number {
  let hash = start ^ 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}
