import { EncoderSpec, type Claim } from '@capgrid/contracts';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { keepLease } from './lease.js';

function claimOf(leaseMs: number, heartbeatEveryMs: number): Claim {
  const sha = 'b'.repeat(64);
  return {
    attemptId: 'a1',
    token: 'token-1',
    leaseMs,
    heartbeatEveryMs,
    trials: 'trial 1 of sweep "attention"',
    work: {
      kind: 'features',
      datasetDigest: sha,
      limit: null,
      encoder: EncoderSpec.parse({ kind: 'scenes-cnn' }),
      plan: null,
      precomputedSha256: null,
    },
  };
}

it.each([
  [30_000, 5_000, 25_000],
  [60_000, 5_000, 55_000],
])(
  'a lease of %i ms with a heartbeat every %i ms ends here after %i ms, before the API ends it',
  (leaseMs, heartbeatEveryMs, lengthMs) => {
    const claimedAtMs = performance.now();
    const lease = keepLease({
      client: { baseUrl: 'http://127.0.0.1:9' },
      claim: claimOf(leaseMs, heartbeatEveryMs),
      claimedAtMs,
      progress: () => null,
      log: pino({ level: 'silent' }),
    });
    const remainingMs = lease.remainingMs();
    lease.release();
    expect(remainingMs).toBeLessThanOrEqual(lengthMs);
    // What has passed since the claim is taken off, and nothing else.
    expect(remainingMs + (performance.now() - claimedAtMs)).toBeGreaterThanOrEqual(lengthMs);
  },
);
