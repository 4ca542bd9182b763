/**
 * Scores move from columns of the evaluation into rows of their own, each with the signature of its
 * metric, so that a metric that is added needs no migration. Merged migrations are never edited.
 */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EvaluationScores1795200000000 implements MigrationInterface {
  readonly name = 'EvaluationScores1795200000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
CREATE TABLE evaluation_scores (
  evaluation_id text NOT NULL
    CONSTRAINT evaluation_scores_evaluation_id_fkey REFERENCES evaluations (id),
  metric text NOT NULL,
  -- As the metrics give it, not times 100. A metric that was not measured has no row.
  value double precision NOT NULL,
  -- All that the value depends on besides the captions.
  signature text NOT NULL,
  -- 95% interval over the images; NULL: not computed.
  interval_low double precision,
  interval_high double precision,
  CONSTRAINT evaluation_scores_pkey PRIMARY KEY (evaluation_id, metric),
  CONSTRAINT evaluation_scores_interval_low_check
    CHECK ((interval_low IS NULL) = (interval_high IS NULL))
);

-- Old scores keep the one signature that they had together, which tells them from new ones.
INSERT INTO evaluation_scores (evaluation_id, metric, value, signature)
SELECT evaluations.id, scores.metric, scores.value, coalesce(evaluations.signature, 'unknown')
FROM evaluations
CROSS JOIN LATERAL (VALUES
  ('bleu1', evaluations.bleu1),
  ('bleu2', evaluations.bleu2),
  ('bleu3', evaluations.bleu3),
  ('bleu4', evaluations.bleu4),
  ('rougeL', evaluations.rouge_l),
  ('ciderD', evaluations.cider_d)
) AS scores (metric, value)
WHERE scores.value IS NOT NULL;

ALTER TABLE evaluations
  DROP COLUMN bleu1,
  DROP COLUMN bleu2,
  DROP COLUMN bleu3,
  DROP COLUMN bleu4,
  DROP COLUMN rouge_l,
  DROP COLUMN cider_d,
  DROP COLUMN signature,
  -- How the captions are to be scored; NULL: asked for before there was a choice.
  ADD COLUMN scoring jsonb;
`;

// Scores that had no column before are lost.
const DOWN = `
ALTER TABLE evaluations
  DROP COLUMN scoring,
  ADD COLUMN bleu1 double precision,
  ADD COLUMN bleu2 double precision,
  ADD COLUMN bleu3 double precision,
  ADD COLUMN bleu4 double precision,
  ADD COLUMN rouge_l double precision,
  ADD COLUMN cider_d double precision,
  ADD COLUMN signature text;

UPDATE evaluations SET
  bleu1 = scores.bleu1,
  bleu2 = scores.bleu2,
  bleu3 = scores.bleu3,
  bleu4 = scores.bleu4,
  rouge_l = scores.rouge_l,
  cider_d = scores.cider_d,
  signature = scores.signature
FROM (
  SELECT
    evaluation_id,
    max(value) FILTER (WHERE metric = 'bleu1') AS bleu1,
    max(value) FILTER (WHERE metric = 'bleu2') AS bleu2,
    max(value) FILTER (WHERE metric = 'bleu3') AS bleu3,
    max(value) FILTER (WHERE metric = 'bleu4') AS bleu4,
    max(value) FILTER (WHERE metric = 'rougeL') AS rouge_l,
    max(value) FILTER (WHERE metric = 'ciderD') AS cider_d,
    max(signature) FILTER (WHERE metric = 'ciderD') AS signature
  FROM evaluation_scores GROUP BY evaluation_id
) scores
WHERE scores.evaluation_id = evaluations.id;

DROP TABLE evaluation_scores;
`;
