/** Pretrained word vectors and the trainings that start from them. Merged migrations are never edited. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class WordVectors1795400000000 implements MigrationInterface {
  readonly name = 'WordVectors1795400000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
CREATE TABLE word_vectors (
  name text NOT NULL CONSTRAINT word_vectors_pkey PRIMARY KEY,
  vectors_sha256 text NOT NULL,
  words_sha256 text NOT NULL,
  words integer NOT NULL,
  width integer NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- The files of the vectors that the embedding starts from; both NULL where it starts anew.
ALTER TABLE trainings
  ADD COLUMN vectors_sha256 text,
  ADD COLUMN vector_words_sha256 text,
  ADD COLUMN vector_coverage double precision,
  ADD CONSTRAINT trainings_vectors_sha256_check
    CHECK ((vectors_sha256 IS NULL) = (vector_words_sha256 IS NULL));
`;

const DOWN = `
ALTER TABLE trainings
  DROP COLUMN vectors_sha256,
  DROP COLUMN vector_words_sha256,
  DROP COLUMN vector_coverage;
DROP TABLE word_vectors;
`;
