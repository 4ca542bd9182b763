/**
 * TEMPORARY: stands in for src/ptb and src/meteor until they are there; nothing else may import it.
 */
export type MeteorModule = 'exact' | 'stem' | 'synonym' | 'paraphrase';

/** METEOR's 23 numbers for one caption against one reference. Statistics add up. */
export interface MeteorStatistics {
  readonly testLength: number;
  readonly refLength: number;
  readonly testFunctionWords: number;
  readonly refFunctionWords: number;
  readonly testContentMatches: readonly [number, number, number, number];
  readonly refContentMatches: readonly [number, number, number, number];
  readonly testFunctionMatches: readonly [number, number, number, number];
  readonly refFunctionMatches: readonly [number, number, number, number];
  readonly chunks: number;
  readonly testMatches: number;
  readonly refMatches: number;
}

export interface Meteor {
  readonly modules: readonly MeteorModule[];
  readonly label: string;
  score(
    candidate: string,
    references: readonly string[],
  ): { readonly score: number; readonly statistics: MeteorStatistics };
}

export interface MeteorScore {
  readonly corpus: number;
  readonly perImage: readonly number[];
  readonly perImageStatistics: readonly MeteorStatistics[];
}

export function scoreMeteor(
  candidates: readonly string[],
  references: readonly (readonly string[])[],
  meteor: Meteor,
): MeteorScore {
  const scores = candidates.map((candidate, image) =>
    meteor.score(candidate, references[image] ?? []),
  );
  const perImage = scores.map(({ score }) => score);
  return {
    corpus: perImage.reduce((sum, score) => sum + score, 0) / perImage.length,
    perImage,
    perImageStatistics: scores.map(({ statistics }) => statistics),
  };
}

export const PTB_TOKENIZER = 'ptb-3.4.1';
export type CaptionContext = 'next-caption' | 'none';

export function tokenizeCaptions(
  captions: readonly string[],
  _options: { readonly context?: CaptionContext | undefined } = {},
): string[] {
  return captions.map((caption) =>
    caption
      .toLowerCase()
      .replaceAll(/[.,!?;:\n]/g, ' ')
      .trim(),
  );
}
