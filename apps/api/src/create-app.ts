/** The Nest application as it runs, and as tests run it. */
import type { ScoringSpec } from '@capgrid/contracts';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppModule } from './app.module.js';
import type { Env } from './env.js';
import { EventLogger } from './event-logger.js';
import { hostGuard } from './http/host-guard.js';
import { jsonOnly } from './http/json-only.js';
import { serveOpenApi } from './openapi.js';
import { ProblemFilter } from './problems/problem-filter.js';
import { RequestPipe } from './problems/request-pipe.js';

const BODY_LIMIT = '2mb';

/** The database must be migrated (database/migrate.ts). The caller listens and closes. */
export async function createApp(
  env: Env,
  scoring: ScoringSpec,
  logger: LoggerService = new EventLogger(),
): Promise<NestExpressApplication> {
  const app = await NestFactory.create<NestExpressApplication>(AppModule.register(env, scoring), {
    logger,
    // Event streams would otherwise keep a closing server open.
    forceCloseConnections: true,
    bodyParser: false,
    abortOnError: false,
  });
  app.disable('x-powered-by');
  app.use(hostGuard(env));
  app.use(jsonOnly);
  app.useBodyParser('json', { limit: BODY_LIMIT });
  app.useGlobalFilters(new ProblemFilter());
  app.useGlobalPipes(new RequestPipe());
  serveOpenApi(app);
  app.enableShutdownHooks(['SIGTERM', 'SIGINT'], { useProcessExit: true });
  return app;
}
