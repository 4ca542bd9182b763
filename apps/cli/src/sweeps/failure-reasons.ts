/** Why trials of a sweep have no result: each reason once, with the trials that it ended. */
import {
  callApi,
  routes,
  type ApiClient,
  type Attempt,
  type Failure,
  type TrialSummary,
} from '@capgrid/contracts';
import { printable } from '../table/printable.js';

/** Says only that a task before it failed. */
const DEPENDENCY = 'dependency-failed';

/** A failed trial with what went wrong first. */
export interface FailedTrial {
  number: number;
  failure: Pick<Failure, 'code' | 'message'>;
}

/** Asks once per training: the trials of one training end by the same failure. */
export async function readFailures(
  client: ApiClient,
  trials: readonly TrialSummary[],
): Promise<FailedTrial[]> {
  const roots = new Map<string, Failure>();
  const failed: FailedTrial[] = [];
  for (const { id, number, trainingId, failure } of trials) {
    if (failure === null) continue;
    if (failure.code !== DEPENDENCY) {
      failed.push({ number, failure });
      continue;
    }
    const known = roots.get(trainingId);
    const root = known ?? (await readRoot(client, id)) ?? failure;
    roots.set(trainingId, root);
    failed.push({ number, failure: root });
  }
  return failed;
}

async function readRoot(client: ApiClient, trialId: string): Promise<Failure | null> {
  const { attempts } = await callApi(client, routes.getTrial, { params: { trialId } });
  return lastFailure(attempts);
}

/** Attempts before the last were tried again, so the last one decided. */
export function lastFailure(attempts: readonly Attempt[]): Failure | null {
  const failed = attempts.filter(({ failure }) => failure !== null);
  const last = failed.toSorted((a, b) => a.startedAt.localeCompare(b.startedAt)).at(-1);
  return last?.failure ?? null;
}

/** `trials 3, 4 failed: loss-not-finite, The loss became NaN`, a line per distinct reason. */
export function reasonLines(failed: readonly FailedTrial[]): string[] {
  const trialsOf = new Map<string, number[]>();
  for (const { number, failure } of failed) {
    const reason = `${failure.code}, ${printable(failure.message)}`;
    trialsOf.set(reason, [...(trialsOf.get(reason) ?? []), number]);
  }
  return [...trialsOf].map(
    ([reason, numbers]) =>
      `${numbers.length === 1 ? 'trial' : 'trials'} ${numbers.join(', ')} failed: ${reason}`,
  );
}
