/** Vocabulary ids with a meaning of their own, the same in every vocabulary. */
export const SPECIAL_IDS = {
  /** Fills short captions; never a target. */
  pad: 0,
  /** Any word outside the vocabulary. */
  unknown: 1,
  /** First input of the decoder. */
  begin: 2,
  /** Ends a caption. */
  end: 3,
} as const;

export const SPECIAL_COUNT = Object.keys(SPECIAL_IDS).length;

/** Marks that no caption contains. */
export const NEVER_WRITTEN: readonly number[] = [SPECIAL_IDS.pad, SPECIAL_IDS.begin];
