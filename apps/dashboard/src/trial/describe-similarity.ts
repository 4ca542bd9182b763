/** What a caption was chosen by, other than its probability, in words and as it is printed. */
import {
  toPrintUnit,
  type DecodeSpec,
  type RetrievalSpec,
  type TrialSpec,
} from '@capgrid/contracts';
import { formatFixed } from '../numbers/format-number';

export type SimilarityWords = {
  label: string;
  /** A sentence that says what it is. */
  meaning: string;
  format: (similarity: number) => string;
};

/** Null for captions that are only written. */
export function describeSimilarity({ training, decode }: TrialSpec): SimilarityWords | null {
  const { model } = training;
  if (model.decoder !== 'retrieval') {
    return decode.rerank.neighbours === 0 ? null : describeReranking(decode.rerank);
  }
  return model.pick === 'consensus' ? describeConsensus(model) : describeNearest(model);
}

function describeConsensus({ agreeing }: RetrievalSpec): SimilarityWords {
  const others =
    agreeing === null ? 'the other candidates' : `the ${agreeing} candidates most like it`;
  return {
    label: 'agreement',
    meaning: `Agreement: mean CIDEr-D of the caption against ${others}, times 100; the candidate with the highest was taken.`,
    format: formatAgreement,
  };
}

function describeReranking({ neighbours, agreeing }: DecodeSpec['rerank']): SimilarityWords {
  const captions =
    agreeing === null ? 'the captions' : `those ${agreeing} most like it among the captions`;
  return {
    label: 'agreement',
    meaning: `Agreement: mean CIDEr-D of the caption against ${captions} of the ${neighbours} training images that look most alike, times 100; it ranks the caption before its alternatives.`,
    format: formatAgreement,
  };
}

function formatAgreement(ciderD: number): string {
  return formatFixed(toPrintUnit('ciderD', ciderD), 1);
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
