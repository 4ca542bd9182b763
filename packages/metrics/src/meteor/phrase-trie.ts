/** Numbers for phrases: a tree whose edges are words, so that phrases share what they begin with. */
import { createInt32List, pushInt32 } from './int32-list.js';

/** A phrase, or the beginning of one, by number. */
export interface PhraseTrie {
  readonly size: number;
  /** The phrase longer by one word, or null if no phrase begins so. */
  child(phrase: number, word: number): number | null;
  addChild(phrase: number, word: number): number;
}

/** The phrase of no words. */
export const NO_WORDS = 0;

export function createPhraseTrie(): PhraseTrie {
  // Phrase p is phrase edges[2 p] and then word edges[2 p + 1]; side by side, as memory is slow here.
  const edges = createInt32List();
  pushInt32(edges, NO_WORDS);
  pushInt32(edges, 0);
  // Open addressing, a power of 2, at most 3/4 full; 0 is free, as no edge leads to NO_WORDS.
  let slots = new Int32Array(1 << 12);

  function findSlot(parent: number, word: number): number {
    const mask = slots.length - 1;
    let slot = hashEdge(parent, word) & mask;
    for (;;) {
      const phrase = slots[slot] ?? 0;
      if (phrase === 0) return slot;
      if (edges.values[2 * phrase] === parent && edges.values[2 * phrase + 1] === word) return slot;
      slot = (slot + 1) & mask;
    }
  }

  function grow(): void {
    slots = new Int32Array(slots.length * 2);
    for (let phrase = 1; phrase < edges.length / 2; phrase++) {
      const slot = findSlot(edges.values[2 * phrase] ?? 0, edges.values[2 * phrase + 1] ?? 0);
      slots[slot] = phrase;
    }
  }

  return {
    get size() {
      return edges.length / 2;
    },
    child(phrase, word) {
      const found = slots[findSlot(phrase, word)] ?? 0;
      return found === 0 ? null : found;
    },
    addChild(phrase, word) {
      const slot = findSlot(phrase, word);
      const known = slots[slot] ?? 0;
      if (known !== 0) return known;
      const added = edges.length / 2;
      pushInt32(edges, phrase);
      pushInt32(edges, word);
      slots[slot] = added;
      if (4 * added > 3 * slots.length) grow();
      return added;
    },
  };
}

function hashEdge(parent: number, word: number): number {
  const mixed = Math.imul(parent, 0x9e3779b1) ^ Math.imul(word + 1, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 7;
}
