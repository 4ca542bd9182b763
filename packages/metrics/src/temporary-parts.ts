/**
 * TEMPORARY: stands in for src/ptb and src/meteor until they are there; nothing else may import it.
 */
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
