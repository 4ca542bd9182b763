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
    low = (low + hash(member, 0x811c9dc5)) | 0;
    high = (high + hash(member, 0x3c6ef372)) | 0;
  }
  return hex(high).slice(4) + hex(low);
}

function hash(text: string, offset: number): number {
  let value = offset;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return value ^ (value >>> 16);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, '0');
}
