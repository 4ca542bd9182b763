/**
 * A short name for a set of strings, the same in whatever order they come. It tells sets apart in a
 * signature; it is no protection against someone who looks for a collision.
 */

/**
 * 12 hexadecimal digits (48 bits). Every string gets two 32-bit hashes (FNV-1a over UTF-16 code
 * units with two offsets, mixed by MurmurHash3's finalizer), which are summed over the set.
 */
export function setHash(members: Iterable<string>): string {
  let low = 0;
  let high = 0;
  for (const member of members) {
    low = (low + hash(member, LOW_OFFSET)) | 0;
    high = (high + hash(member, HIGH_OFFSET)) | 0;
  }
  return hex(high).slice(4) + hex(low);
}

/**
 * The same for sets that belong to keys, whatever the order of keys and of the members of a set. A
 * member that moves to another key changes it; a member that a set has twice counts twice.
 */
export function hashSetsByKey<T>(
  entries: Iterable<T>,
  keyOf: (entry: T) => string,
  membersOf: (entry: T) => readonly string[],
): string {
  let low = 0;
  let high = 0;
  for (const entry of entries) {
    const key = keyOf(entry);
    let lowOfSet = 0;
    let highOfSet = 0;
    for (const member of membersOf(entry)) {
      lowOfSet = (lowOfSet + hash(member, LOW_OFFSET)) | 0;
      highOfSet = (highOfSet + hash(member, HIGH_OFFSET)) | 0;
    }
    low = (low + pair(hash(key, LOW_OFFSET), lowOfSet)) | 0;
    high = (high + pair(hash(key, HIGH_OFFSET), highOfSet)) | 0;
  }
  return hex(high).slice(4) + hex(low);
}

const LOW_OFFSET = 0x811c9dc5;
const HIGH_OFFSET = 0x3c6ef372;

/** Depends on which of both is the key. */
function pair(key: number, value: number): number {
  return mix((Math.imul(key, 0x9e3779b1) + value) | 0);
}

function hash(text: string, offset: number): number {
  let value = offset;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return mix(value);
}

/** MurmurHash3's finalizer. */
function mix(bits: number): number {
  let value = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
