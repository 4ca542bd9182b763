/** Opaque ids with a prefix that says what they name. */
import { randomBytes } from 'node:crypto';

const PREFIXES = {
  sweep: 'swp',
  trial: 'trl',
  training: 'trn',
  evaluation: 'evl',
  featureSet: 'fst',
  task: 'tsk',
  attempt: 'att',
} as const;

/** RFC 4648 base32 in lower case: 5 bits a character, so one random byte gives one without bias. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 20;

/** E.g. `swp_k3v…`: 100 random bits. */
export function newId(noun: keyof typeof PREFIXES): string {
  const characters = Array.from(randomBytes(LENGTH), (byte) => ALPHABET.charAt(byte % 32));
  return `${PREFIXES[noun]}_${characters.join('')}`;
}
