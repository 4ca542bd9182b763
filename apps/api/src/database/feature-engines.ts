/** What computed the features that trainings and captions rest on. Merged migrations are never edited. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class FeatureEngines1795900000000 implements MigrationInterface {
  readonly name = 'FeatureEngines1795900000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
-- NULL: read from a file, or computed before this was kept.
ALTER TABLE feature_sets ADD COLUMN engine jsonb;
`;

const DOWN = `
ALTER TABLE feature_sets DROP COLUMN engine;
`;
