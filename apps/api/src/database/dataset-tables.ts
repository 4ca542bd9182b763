/** Datasets, their images, registered encoders and word vectors. */
import { createdAt, flag, integer, key, optional, table, text } from './table.js';

export type DatasetRow = {
  name: string;
  digest: string;
  source: string;
  train_images: number;
  val_images: number;
  test_images: number;
  captions: number;
  quarantined: number;
  has_objects: boolean;
  created_at: Date;
};
export const DatasetTable = table<DatasetRow>('datasets', {
  name: { ...key },
  digest: text,
  source: text,
  train_images: integer,
  val_images: integer,
  test_images: integer,
  captions: integer,
  quarantined: integer,
  has_objects: flag,
  created_at: createdAt,
});

export const DatasetImageTable = table<{ sha256: string }>('dataset_images', {
  sha256: { ...key },
});

export type EncoderRow = {
  name: string;
  /** Both null for features of other programs. */
  plan_sha256: string | null;
  weights_sha256: string | null;
  /** Null for a plan. */
  precomputed_sha256: string | null;
  created_at: Date;
};
export const EncoderTable = table<EncoderRow>(
  'encoders',
  {
    name: { ...key },
    plan_sha256: optional(text),
    weights_sha256: optional(text),
    precomputed_sha256: optional(text),
    created_at: createdAt,
  },
  {
    checks: {
      plan_sha256: '(plan_sha256 IS NULL) = (weights_sha256 IS NULL)',
      precomputed_sha256: '(precomputed_sha256 IS NULL) <> (plan_sha256 IS NULL)',
    },
  },
);

export type WordVectorsRow = {
  name: string;
  vectors_sha256: string;
  words_sha256: string;
  words: number;
  width: number;
  created_at: Date;
};
export const WordVectorsTable = table<WordVectorsRow>('word_vectors', {
  name: { ...key },
  vectors_sha256: text,
  words_sha256: text,
  words: integer,
  width: integer,
  created_at: createdAt,
});
