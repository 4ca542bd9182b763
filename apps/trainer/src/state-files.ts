/**
 * Training states are as large as several models and only the newest of an attempt is ever read, so
 * the one before is deleted when the API has taken the next, and the last when the task is finished.
 * No other training has these files: a state names the training it belongs to.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { storePath, type Sha256, type Work } from '@capgrid/contracts';
import type { Logger } from 'pino';

export interface StateFiles {
  /** The API knows this state now; an older one is of no more use. */
  replace(stateSha256: Sha256): Promise<void>;
  /** The task is finished. */
  discard(): Promise<void>;
}

/** @param store root of the file store */
export function ownStateFiles(store: string, work: Work, log: Logger): StateFiles {
  let newest = work.kind === 'training' ? (work.resume?.stateSha256 ?? null) : null;
  const remove = async (stateSha256: Sha256): Promise<void> => {
    try {
      await rm(join(store, storePath(stateSha256)), { force: true });
    } catch (error) {
      log.warn({ event: 'state.not-deleted', stateSha256, err: error });
    }
  };
  return {
    replace: async (stateSha256) => {
      const before = newest;
      newest = stateSha256;
      if (before !== null && before !== stateSha256) await remove(before);
    },
    discard: async () => {
      if (newest !== null) await remove(newest);
      newest = null;
    },
  };
}
