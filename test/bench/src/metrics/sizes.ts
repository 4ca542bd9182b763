/** The sets of captions that are scored, and the goals for this machine class: 2 cores. */

export interface SetSize {
  readonly name: string;
  readonly images: number;
  readonly references: number;
  /** For the whole process; null without one. */
  readonly goal: Goal | null;
  /** Whether the slow peers score it too. */
  readonly hasPeers: boolean;
}

export interface Goal {
  readonly seconds: number;
  readonly megabytes: number | null;
}

export interface Sizes {
  readonly scoring: readonly SetSize[];
  readonly bootstrap: SetSize & { readonly resamples: number };
  /** Per contender; see `Rounds`. */
  readonly budgetMs: number;
}

export const SIZES: Readonly<Record<'full' | 'small', Sizes>> = {
  full: {
    scoring: [
      set('1,000 x 5', 1000, 5, { seconds: 1, megabytes: null }, true),
      set('1,000 x 4', 1000, 4),
      set('10,000 x 4', 10_000, 4, null, true),
      // The size of COCO's validation set of 2014, one caption of each image held out.
      set('40,504 x 4', 40_504, 4, { seconds: 8, megabytes: 1500 }),
    ],
    bootstrap: {
      ...set('5,000 x 4', 5000, 4, { seconds: 1, megabytes: null }, true),
      resamples: 1000,
    },
    budgetMs: 40_000,
  },
  small: {
    scoring: [set('20 x 5', 20, 5, null, true), set('60 x 4', 60, 4)],
    bootstrap: { ...set('20 x 4', 20, 4, null, true), resamples: 100 },
    budgetMs: 1000,
  },
};

function set(
  name: string,
  images: number,
  references: number,
  goal: Goal | null = null,
  hasPeers = false,
): SetSize {
  return { name, images, references, goal, hasPeers };
}
