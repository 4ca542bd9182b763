/**
 * Numbers n-grams exactly: the id of a longer n-gram is found from the id of its first n - 1 words
 * and the id of its last word, in one hash table over pairs of integers (a trie, stored as a table).
 */

/** Share of the table's slots that may be in use. */
const MAX_LOAD = 0.6;
/** Integers per slot: id of the first words, id of the last word, id of the n-gram plus 1. */
const SLOT = 4;
const MIN_SLOTS = 1 << 12;

export class NgramTable {
  /** The id that the next new n-gram gets. */
  count: number;
  private slots = MIN_SLOTS;
  private table: Int32Array; // [slots * SLOT], a slot of zeros is free

  /**
   * @param firstId the first id to give; those below belong to words, or to another table
   * @param expected how many n-grams to make room for; a table that starts large is copied less
   */
  constructor(
    readonly firstId: number,
    expected = 0,
  ) {
    this.count = firstId;
    while (this.slots < expected) this.slots *= 2;
    this.table = new Int32Array(SLOT * this.slots);
  }

  /** Id of the n-gram, or -1 where the table does not have it. */
  find(prefix: number, last: number): number {
    return (this.table[this.locate(prefix, last) + 2] ?? 0) - 1;
  }

  /** Id of the n-gram, which is new if the table does not have it. */
  idOf(prefix: number, last: number): number {
    const at = this.locate(prefix, last);
    const known = this.table[at + 2] ?? 0;
    if (known !== 0) return known - 1;
    const id = this.count;
    this.count += 1;
    this.table[at] = prefix;
    this.table[at + 1] = last;
    this.table[at + 2] = this.count; // id + 1
    if (this.count - this.firstId > MAX_LOAD * this.slots) this.enlarge();
    return id;
  }

  /** Forgets all n-grams and keeps the room. */
  clear(): void {
    if (this.count === this.firstId) return;
    this.table.fill(0);
    this.count = this.firstId;
  }

  /** Of id `firstId + i`: the id of its first words at 2 i, that of its last word at 2 i + 1. */
  pairs(): Int32Array {
    const pairs = new Int32Array(2 * (this.count - this.firstId));
    for (let from = 0; from < this.table.length; from += SLOT) {
      const at = 2 * ((this.table[from + 2] ?? 0) - 1 - this.firstId);
      if (at < 0) continue;
      pairs[at] = this.table[from] ?? 0;
      pairs[at + 1] = this.table[from + 1] ?? 0;
    }
    return pairs;
  }

  /** Where the pair lies in the table, or the free slot where it belongs. */
  private locate(prefix: number, last: number): number {
    const table = this.table;
    const mask = this.slots - 1;
    let hash = Math.imul(prefix, 0x9e3779b1) ^ Math.imul(last, 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    let slot = (hash ^ (hash >>> 13)) & mask;
    for (;;) {
      const at = SLOT * slot;
      if (table[at + 2] === 0 || (table[at] === prefix && table[at + 1] === last)) return at;
      slot = (slot + 1) & mask;
    }
  }

  private enlarge(): void {
    const old = this.table;
    this.slots *= 2;
    this.table = new Int32Array(SLOT * this.slots);
    for (let from = 0; from < old.length; from += SLOT) {
      const id = old[from + 2] ?? 0;
      if (id === 0) continue;
      const at = this.locate(old[from] ?? 0, old[from + 1] ?? 0);
      this.table[at] = old[from] ?? 0;
      this.table[at + 1] = old[from + 1] ?? 0;
      this.table[at + 2] = id;
    }
  }
}
