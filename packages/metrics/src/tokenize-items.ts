/** Raw captions of images, and their tokens as all metrics see them. */
import { MetricInputError } from './metric-input-error.js';
import { tokenizeCaptions, type TokenizeOptions } from './ptb/tokenize-captions.js';

/** See `tokenizeCaptions`. */
export type CaptionContext = NonNullable<TokenizeOptions['context']>;

/** One image: the caption to score and what people wrote. Captions are raw text. */
export interface CaptionItem {
  readonly imageId: string;
  readonly candidate: string;
  readonly references: readonly string[];
}

/** Tokens joined by one space, in the order of the items. */
export interface TokenizedCaptions {
  readonly candidates: readonly string[];
  readonly references: readonly (readonly string[])[];
}

/** Tokenises both sides, each as one file of captions, which is what coco-caption does. */
export function tokenizeItems(
  items: readonly CaptionItem[],
  context: CaptionContext,
): TokenizedCaptions {
  assertScorable(items);
  const candidates = tokenizeCaptions(
    items.map(({ candidate }) => candidate),
    { context },
  );
  const allReferences = tokenizeCaptions(
    items.flatMap(({ references }) => references),
    { context },
  );
  let end = 0;
  const references = items.map((item) => {
    const start = end;
    end += item.references.length;
    return allReferences.slice(start, end);
  });
  return { candidates, references };
}

function assertScorable(items: readonly CaptionItem[]): void {
  if (items.length === 0) {
    throw new MetricInputError(
      'no-images',
      'There are 0 images to score. Pass at least one candidate with its references.',
    );
  }
  const firstIndex = new Map<string, number>();
  for (const [index, { imageId, candidate, references }] of items.entries()) {
    const earlier = firstIndex.get(imageId);
    if (earlier !== undefined) {
      throw new MetricInputError(
        'duplicate-image-id',
        `Image id "${imageId}" occurs at index ${earlier} and again at index ${index}. ` +
          'Keep one candidate per image.',
      );
    }
    if (references.length === 0) {
      throw new MetricInputError(
        'no-references',
        `Image "${imageId}" has 0 references. Give it at least one reference or leave it out.`,
      );
    }
    for (const caption of [candidate, ...references]) {
      if (typeof caption === 'string') continue;
      throw new MetricInputError(
        'invalid-caption',
        `Image "${imageId}" has the caption ${JSON.stringify(caption)}; captions are strings, and ` +
          'an empty caption is "".',
      );
    }
    firstIndex.set(imageId, index);
  }
}
