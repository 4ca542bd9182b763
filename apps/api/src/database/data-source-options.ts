/** How TypeORM reaches Postgres. */
import type { DataSourceOptions } from 'typeorm';
import { BestCiderD1795600000000 } from './best-cider-d.js';
import { EarlierEngines1795800000000 } from './earlier-engines.js';
import { EvaluationNeeds1795700000000 } from './evaluation-needs.js';
import { EvaluationScores1795200000000 } from './evaluation-scores.js';
import { FeatureEngines1795900000000 } from './feature-engines.js';
import { InitialSchema1790000000000 } from './initial-schema.js';
import { PrecomputedFeatures1795500000000 } from './precomputed-features.js';
import { TABLES } from './tables.js';
import { TaskNeeds1795300000000 } from './task-needs.js';
import { WordVectors1795400000000 } from './word-vectors.js';

export function dataSourceOptions(url: string): DataSourceOptions {
  return {
    type: 'postgres',
    url,
    entities: TABLES,
    migrations: [
      InitialSchema1790000000000,
      EvaluationScores1795200000000,
      TaskNeeds1795300000000,
      WordVectors1795400000000,
      PrecomputedFeatures1795500000000,
      BestCiderD1795600000000,
      EvaluationNeeds1795700000000,
      EarlierEngines1795800000000,
      FeatureEngines1795900000000,
    ],
    migrationsTableName: 'migrations',
    synchronize: false,
    logging: false,
    applicationName: 'capgrid-api',
    // A lost network must not hang a request for ever.
    connectTimeoutMS: 10_000,
    extra: { keepAlive: true },
  };
}
