/** What trainings that go by CIDEr-D came to. Merged migrations are never edited. */
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class BestCiderD1795600000000 implements MigrationInterface {
  readonly name = 'BestCiderD1795600000000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(UP);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(DOWN);
  }
}

const UP = `
-- Of the weights that it gave, 0..10; NULL: not measured, as in all trainings of before.
ALTER TABLE trainings ADD COLUMN best_cider_d double precision;
`;

const DOWN = `
ALTER TABLE trainings DROP COLUMN best_cider_d;
`;
