/** Seeded random numbers: xoshiro128** (Blackman & Vigna 2018), seeded through SplitMix32. */

export class Rng {
  private constructor(private readonly words: Uint32Array) {}

  static from(seed: number): Rng {
    return new Rng(expandSeed(seed >>> 0, Math.floor(seed / 2 ** 32) >>> 0));
  }

  /**
   * The generator of one purpose; this one does not move. A label chooses one of some 2^26: of 10,000
   * labels about one pair has the same numbers. Another rule would change every training and dataset.
   */
  fork(label: string): Rng {
    // FNV-1a over the label, folded into the state.
    let hash = 0x811c9dc5;
    for (let i = 0; i < label.length; i += 1) {
      hash = Math.imul(hash ^ label.charCodeAt(i), 0x01000193);
    }
    return new Rng(expandSeed((this.word(0) ^ hash) >>> 0, (this.word(2) + hash) >>> 0));
  }

  /** 32 random bits. */
  bits(): number {
    const s = this.words;
    const [s0, s1, s2, s3] = [this.word(0), this.word(1), this.word(2), this.word(3)];
    const result = Math.imul(rotate(Math.imul(s1, 5), 7), 9) >>> 0;
    const t = s1 << 9;
    const n2 = s2 ^ s0;
    const n3 = s3 ^ s1;
    s[1] = s1 ^ n2;
    s[0] = s0 ^ n3;
    s[2] = n2 ^ t;
    s[3] = rotate(n3, 11);
    return result;
  }

  /** In [0, 1), 32 bits fine. */
  uniform(): number {
    return this.bits() / 2 ** 32;
  }

  /** Standard normal (Box & Muller 1958); the second value of a pair is not kept. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Integer in [0, bound). */
  integer(bound: number): number {
    return Math.floor(this.uniform() * bound);
  }

  /** Shuffles in place (Fisher & Yates). */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i -= 1) {
      const j = this.integer(i + 1);
      const [a, b] = [items[i], items[j]];
      if (a === undefined || b === undefined) continue;
      items[i] = b;
      items[j] = a;
    }
    return items;
  }

  private word(i: number): number {
    return this.words[i] ?? 0;
  }
}

function rotate(x: number, k: number): number {
  return ((x << k) | (x >>> (32 - k))) >>> 0;
}

function expandSeed(low: number, high: number): Uint32Array {
  let state = (low ^ Math.imul(high, 0x9e3779b1)) >>> 0;
  return Uint32Array.from({ length: 4 }, () => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  });
}
