import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countDocumentFrequencies } from './cider-d.js';
import { scoreCaptions, type CaptionItem } from './score-captions.js';
import { METRICS_VERSION } from './signature.js';

const DOG: CaptionItem = { imageId: 'dog.jpg', candidate: 'red dog', references: ['red dog'] };
const CAT: CaptionItem = {
  imageId: 'cat.jpg',
  candidate: 'red dog',
  references: ['red cat', 'a cat'],
};

describe('scoreCaptions', () => {
  it('names every score, keeps image ids and carries statistics for resampling', () => {
    const { corpus, perImage, bleuStatistics } = scoreCaptions([DOG, CAT]);
    // unigrams right: "red", "dog" for the dog, "red" for the cat: 3 of 4
    expect(corpus.bleu1).toBeCloseTo(3 / 4, 8);
    expect(bleuStatistics.correct).toEqual([3, 1, 0, 0]);
    expect(perImage.map((image) => image.imageId)).toEqual(['dog.jpg', 'cat.jpg']);
    expect(perImage[0]).toMatchObject({ rougeL: 1, bleuStatistics: { correct: [2, 1, 0, 0] } });
    expect(perImage[1]?.bleuStatistics.correct).toEqual([1, 0, 0, 0]);
  });

  it('signs the scores with what they depend on', () => {
    expect(scoreCaptions([DOG]).signature).toBe(
      'refs:1|tok:none|case:as-given|df:corpus|sigma:6|n:4|v:0.1.0',
    );
    expect(
      scoreCaptions([DOG, CAT], {
        tokenizer: 'ptb',
        letterCase: 'lower',
        documentFrequencies: countDocumentFrequencies([['red dog']]),
      }).signature,
    ).toBe('refs:1-2|tok:ptb|case:lower|df:given|sigma:6|n:4|v:0.1.0');
  });

  it('carries the version of the package in the signature', () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    expect(METRICS_VERSION).toBe(manifest.version);
  });

  it('refuses a second candidate for an image and names both places', () => {
    expect(() => scoreCaptions([DOG, CAT, { ...CAT, imageId: 'dog.jpg' }])).toThrow(
      expect.objectContaining({
        name: 'MetricInputError',
        code: 'duplicate-image-id',
        message:
          'Image id "dog.jpg" occurs at index 0 and again at index 2. Keep one candidate per image.',
      }),
    );
  });

  it('refuses an image without references and names it', () => {
    expect(() => scoreCaptions([DOG, { ...CAT, references: [] }])).toThrow(
      expect.objectContaining({
        code: 'no-references',
        message: expect.stringContaining('"cat.jpg" has 0 references'),
      }),
    );
  });

  it('refuses an empty list', () => {
    expect(() => scoreCaptions([])).toThrow(expect.objectContaining({ code: 'no-images' }));
  });
});
