/** Starts a trainer: takes messages from the queue and runs one attempt for each. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { STORE_FOLDER } from '@capgrid/contracts';
import { pino } from 'pino';
import { runAttempt } from './attempt.js';
import { readEnv } from './env.js';
import { startQueueWorker } from './queue-worker.js';
import { findScoringProblems } from './scoring-files.js';

/** What an init system commonly leaves between SIGTERM and SIGKILL. */
const STOP_BUDGET_MS = 10_000;

const read = readEnv();
if ('problems' in read) {
  process.stderr.write(`The trainer cannot start:\n${read.problems}\n`);
  process.exit(2);
}
const { env } = read;
// More threads than cores slow every task down.
const threads = Math.max(1, Math.floor(availableParallelism() / env.TRAINER_CONCURRENCY));
const engineOptions = {
  threads,
  device: env.CAPGRID_DEVICE,
  strictFloat32: env.CAPGRID_STRICT_FLOAT32,
};
const scoringFiles = {
  meteorParaphrases: env.CAPGRID_METEOR_PARAPHRASES,
  spiceJar: env.CAPGRID_SPICE_JAR,
  spiceCache: env.CAPGRID_SPICE_CACHE,
  javaHome: env.JAVA_HOME,
};
const problems = await findScoringProblems(scoringFiles);
if (problems.length > 0) {
  process.stderr.write(`The trainer cannot start:\n${problems.join('\n')}\n`);
  process.exit(2);
}
const log = pino({ level: env.LOG_LEVEL, base: { part: 'trainer', trainer: env.TRAINER_NAME } });
const stop = new AbortController();

const worker = startQueueWorker({
  queueUrl: env.QUEUE_URL,
  concurrency: env.TRAINER_CONCURRENCY,
  log,
  handle: async (taskId) => {
    const outcome = await runAttempt(
      taskId,
      {
        client: { baseUrl: env.API_URL },
        trainer: env.TRAINER_NAME,
        childFile: new URL('./child.js', import.meta.url),
        store: join(env.CAPGRID_HOME, STORE_FOLDER),
        engine: env.CAPGRID_ENGINE,
        engineOptions,
        scoringFiles,
        stopBudgetMs: STOP_BUDGET_MS,
        log,
      },
      stop.signal,
    );
    log.debug({ event: 'message.handled', taskId, outcome });
  },
});

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    log.info({ event: 'trainer.stopping', signal });
    stop.abort();
    void worker.close().then(() => {
      log.info({ event: 'trainer.stopped' });
      process.exit(0);
    });
  });
}

await worker.ready();
log.info({
  event: 'trainer.ready',
  apiUrl: env.API_URL,
  concurrency: env.TRAINER_CONCURRENCY,
  engine: env.CAPGRID_ENGINE,
  ...engineOptions,
  ...scoringFiles,
  home: env.CAPGRID_HOME,
});
