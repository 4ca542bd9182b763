/** Features of other programs as a kind of encoder. Merged migrations are never edited. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PrecomputedFeatures1795500000000 implements MigrationInterface {
  readonly name = 'PrecomputedFeatures1795500000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
-- An encoder is a plan with its weights or a file of features.
ALTER TABLE encoders
  ALTER COLUMN plan_sha256 DROP NOT NULL,
  ALTER COLUMN weights_sha256 DROP NOT NULL,
  ADD COLUMN precomputed_sha256 text,
  ADD CONSTRAINT encoders_plan_sha256_check
    CHECK ((plan_sha256 IS NULL) = (weights_sha256 IS NULL)),
  ADD CONSTRAINT encoders_precomputed_sha256_check
    CHECK ((precomputed_sha256 IS NULL) <> (plan_sha256 IS NULL));

-- NULL where the features are computed here.
ALTER TABLE feature_sets ADD COLUMN precomputed_sha256 text;
`;

const DOWN = `
ALTER TABLE feature_sets DROP COLUMN precomputed_sha256;
ALTER TABLE encoders
  DROP CONSTRAINT encoders_precomputed_sha256_check,
  DROP CONSTRAINT encoders_plan_sha256_check;
-- The older schema knows plans only.
DELETE FROM encoders WHERE precomputed_sha256 IS NOT NULL;
ALTER TABLE encoders
  DROP COLUMN precomputed_sha256,
  ALTER COLUMN plan_sha256 SET NOT NULL,
  ALTER COLUMN weights_sha256 SET NOT NULL;
`;
