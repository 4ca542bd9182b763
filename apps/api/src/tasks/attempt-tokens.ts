/** Fencing tokens: random, handed out once, kept hashed. */
import { createHash, randomBytes } from 'node:crypto';

export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** A token has 256 random bits, so one unsalted hash is enough and hides it from a reader of the table. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
