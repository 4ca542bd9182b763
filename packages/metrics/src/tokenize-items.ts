/** Raw captions of images, and their tokens as all metrics see them. */
import { assertItems } from './assert-items.js';
import { assertContext } from './invalid-input.js';
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
  assertItems(items);
  assertContext(context);
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
