/** Finds out before anything starts whether the trainer's engine and the queue's server are there. */
import { CliError } from '../cli-error.js';
import { askEngine } from '../doctor/ask-engine.js';
import { pingRedis } from '../doctor/ping-redis.js';
import type { Env } from '../env.js';

/** As the trainer knows them; loading it for four words would take seconds. */
const ENGINES = ['libtorch', 'wasm', 'cpu', 'tensorflow'];

/** @throws CliError `bad-environment` */
export async function checkEnvironment({
  engine,
  queueUrl,
}: Pick<Env, 'engine' | 'queueUrl'>): Promise<void> {
  if (engine !== null && !ENGINES.includes(engine)) {
    const message = `CAPGRID_ENGINE is "${engine}": set it to one of ${ENGINES.join(', ')}, or leave it out for the fastest that starts.`;
    throw new CliError('bad-environment', message);
  }
  if (queueUrl !== null && /^rediss?:/.test(queueUrl)) await checkRedis(queueUrl);
}

/**
 * Every task of an engine that does not start would fail.
 *
 * @returns what tasks run on, for people
 * @throws CliError `bad-environment`
 */
export async function checkEngineStarts(
  root: string,
  env: Pick<Env, 'engine' | 'variables'>,
): Promise<string> {
  try {
    const { name, version, device, problem } = await askEngine({ root, env }, false);
    if (problem !== null) {
      return `tasks run on WebAssembly, since the native engine does not load (${problem}); ./capgrid setup builds it again`;
    }
    return `${version.startsWith(name) ? version : `${name} (${version})`} on ${device}`;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const asked = env.engine === null ? '' : `, which CAPGRID_ENGINE asks for ("${env.engine}"),`;
    throw new CliError('bad-environment', `The tensor engine${asked} ${reason}`, { cause });
  }
}

async function checkRedis(url: string): Promise<void> {
  try {
    await pingRedis(url);
  } catch (cause) {
    // Without the rest of the address, which may hold a password.
    const { host } = new URL(url);
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `Redis at ${host} does not answer (${reason}): start that server or correct QUEUE_URL.`;
    throw new CliError('bad-environment', message, { cause });
  }
}
