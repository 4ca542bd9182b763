/**
 * Numbers for words given as UTF-8 bytes. A table of millions of phrases is read without making a
 * string of any of them.
 */
import { createInt32List, pushInt32, type Int32List } from './int32-list.js';

export interface ByteVocabulary {
  readonly size: number;
  /** The number of the word `bytes[start, end)`, a new one if it has none. */
  add(bytes: Uint8Array, start: number, end: number): number;
  /** The number of a word, or null. */
  find(word: string): number | null;
  /** The number of the word `bytes[start, end)`, or null. */
  findBytes(bytes: Uint8Array, start: number, end: number): number | null;
  /** The words in the order of their numbers, a blank after each. */
  letters(): Uint8Array;
}

export function createByteVocabulary(): ByteVocabulary {
  const encoder = new TextEncoder();
  const starts: Int32List = createInt32List(); // word n is letters[starts[n], starts[n + 1] - 1)
  pushInt32(starts, 0);
  let letters = new Uint8Array(1 << 16);
  let slots = new Int32Array(1 << 12).fill(EMPTY); // open addressing, a power of 2, at most half full

  /** The slot that holds the word, or the free one where it belongs. */
  function findSlot(bytes: Uint8Array, start: number, end: number): number {
    const mask = slots.length - 1;
    let slot = hashBytes(bytes, start, end) & mask;
    for (;;) {
      const id = slots[slot] ?? EMPTY;
      if (id === EMPTY) return slot;
      const from = starts.values[id] ?? 0;
      const to = (starts.values[id + 1] ?? 0) - 1;
      if (to - from === end - start && isEqual(letters, from, bytes, start, end)) return slot;
      slot = (slot + 1) & mask;
    }
  }

  function append(bytes: Uint8Array, start: number, end: number): void {
    const from = starts.values[starts.length - 1] ?? 0;
    const to = from + end - start;
    if (to + 1 > letters.length) {
      const grown = new Uint8Array(2 * (to + 1));
      grown.set(letters);
      letters = grown;
    }
    letters.set(bytes.subarray(start, end), from);
    letters[to] = BLANK;
    pushInt32(starts, to + 1);
  }

  function grow(): void {
    slots = new Int32Array(slots.length * 2).fill(EMPTY);
    for (let id = 0; id < starts.length - 1; id++) {
      const start = starts.values[id] ?? 0;
      const end = (starts.values[id + 1] ?? 0) - 1;
      slots[findSlot(letters, start, end)] = id;
    }
  }

  function findBytes(bytes: Uint8Array, start: number, end: number): number | null {
    const id = slots[findSlot(bytes, start, end)] ?? EMPTY;
    return id === EMPTY ? null : id;
  }

  return {
    get size() {
      return starts.length - 1;
    },
    add(bytes, start, end) {
      const slot = findSlot(bytes, start, end);
      const known = slots[slot] ?? EMPTY;
      if (known !== EMPTY) return known;
      const id = starts.length - 1;
      append(bytes, start, end);
      slots[slot] = id;
      if (2 * starts.length > slots.length) grow();
      return id;
    },
    find(word) {
      const bytes = encoder.encode(word);
      return findBytes(bytes, 0, bytes.length);
    },
    findBytes,
    letters() {
      return letters.subarray(0, starts.values[starts.length - 1]);
    },
  };
}

const EMPTY = -1;
const BLANK = 0x20;

/** FNV-1a, 32 bits. */
function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let index = start; index < end; index++) {
    hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x01000193);
  }
  return hash ^ (hash >>> 15);
}

function isEqual(
  letters: Uint8Array,
  from: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  for (let index = start; index < end; index++) {
    if (letters[from + index - start] !== bytes[index]) return false;
  }
  return true;
}
