/** What a rule of the tokenizer consists of. The notation of patterns: pattern.ts. */

export interface Rule {
  /** What the token covers. */
  readonly token: string;
  /**
   * What must follow. It counts for the length of the match but is not consumed. Where neither the
   * token nor this has a fixed width, the token ends at its first white space.
   */
  readonly before?: string;
  /**
   * What is written: the covered text when absent; this text; what the function makes of it; or
   * nothing (`null`).
   */
  readonly as?: string | null | ((covered: string) => string);
  /** Characters at the end of the token that are read once more as the next token. */
  readonly rereads?: number;
}
