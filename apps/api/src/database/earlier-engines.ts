/** What computed a training before it was stopped and went on elsewhere. Merged migrations are never edited. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class EarlierEngines1795800000000 implements MigrationInterface {
  readonly name = 'EarlierEngines1795800000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
-- A list of engine records; NULL: not kept, as in all trainings of before.
ALTER TABLE trainings ADD COLUMN earlier_engines jsonb;
`;

const DOWN = `
ALTER TABLE trainings DROP COLUMN earlier_engines;
`;
