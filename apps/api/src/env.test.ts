import { describe, expect, test } from 'vitest';
import { describeEnvFaults, Env } from './env.js';

const DATABASE_URL = 'postgres://user:secret@127.0.0.1:5432/capgrid';

describe('the environment', () => {
  test('has defaults for all but the database; the queue lies in the database', () => {
    expect(Env.parse({ DATABASE_URL })).toMatchObject({
      databaseUrl: DATABASE_URL,
      queueUrl: DATABASE_URL,
      host: '127.0.0.1',
      port: 7420,
      allowedHosts: [],
      meteorParaphrases: null,
      spiceJar: null,
    });
  });

  test('takes a list of host names', () => {
    const env = Env.parse({ DATABASE_URL, API_ALLOWED_HOSTS: ' api, Dashboard ,' });
    expect(env.allowedHosts).toEqual(['api', 'dashboard']);
  });

  test('names every fault, not only the first', () => {
    const parsed = Env.safeParse({ QUEUE_URL: 'amqp://x', API_PORT: '70000' });
    expect(parsed.success).toBe(false);
    const text = parsed.success ? '' : describeEnvFaults(parsed.error);
    expect(text).toMatch(/DATABASE_URL: must be a URL such as postgres:/);
    expect(text).toMatch(/QUEUE_URL: must be a postgres:\/\/ or redis:\/\/ URL/);
    expect(text).toMatch(/API_PORT: /);
  });
});
