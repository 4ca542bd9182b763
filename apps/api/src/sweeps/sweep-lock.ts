/** Launching, cancelling and retrying change the same rows, so they happen one at a time. */
import type { Database } from '../database/query-rows.js';

/** Held to the end of the transaction. */
export async function lockSweeps(transaction: Database): Promise<void> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtext('capgrid.sweeps'))");
}
