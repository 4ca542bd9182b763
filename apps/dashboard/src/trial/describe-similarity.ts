/** What retrieval chose a caption by, in words and as it is printed. */
import type { ModelSpec, RetrievalSpec } from '@capgrid/contracts';
import { formatFixed } from '../numbers/format-number';

export type SimilarityWords = {
  label: string;
  /** A sentence that says what it is. */
  meaning: string;
  format: (similarity: number) => string;
};

/** Null for models that write. */
export function describeSimilarity(model: ModelSpec): SimilarityWords | null {
  if (model.decoder !== 'retrieval') return null;
  return model.pick === 'consensus' ? describeConsensus(model) : describeNearest(model);
}

function describeConsensus({ agreeing }: RetrievalSpec): SimilarityWords {
  const others =
    agreeing === null ? 'the other candidates' : `the ${agreeing} candidates most like it`;
  return {
    label: 'agreement',
    meaning: `Agreement: mean CIDEr-D of the caption against ${others}, times 100; the candidate with the highest was taken.`,
    format: (similarity) => formatFixed(100 * similarity, 1),
  };
}

function describeNearest({ similarity }: RetrievalSpec): SimilarityWords {
  if (similarity === 'cosine') {
    return {
      label: 'cosine',
      meaning:
        'Cosine: between the features of the image and those of the training image whose caption was taken.',
      format: (cosine) => formatFixed(cosine, 3),
    };
  }
  return {
    label: 'distance',
    meaning:
      'Distance: between the features of the image and those of the training image whose caption was taken.',
    // It comes as minus the distance.
    format: (minus) => formatFixed(-minus, 3),
  };
}
