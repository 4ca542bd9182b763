/** The end of a sweep: the table on stdout, failures on stderr, and the exit code. */
import {
  callApi,
  describeAssignment,
  routes,
  type ApiClient,
  type ResultsTable,
  type TrialSummary,
} from '@capgrid/contracts';
import type { TableStyle } from '../table/booktabs.js';
import { printable } from '../table/printable.js';
import { renderResults } from '../table/results-text.js';
import type { Terminal } from '../terminal.js';

export interface OutcomeOptions {
  client: ApiClient;
  sweepId: string;
  terminal: Terminal;
  style: TableStyle;
  isJson: boolean;
}

/** @returns 0 only when every trial finished */
export async function showOutcome(options: OutcomeOptions): Promise<number> {
  const { client, sweepId, terminal, style, isJson } = options;
  const table = await callApi(client, routes.getResults, { params: { sweepId } });
  terminal.print(isJson ? JSON.stringify(table, null, 2) : renderResults(table, style));
  if (table.trialsFinished === table.trialsTotal) return 0;
  const { trials } = await callApi(client, routes.listTrials, { params: { sweepId } });
  terminal.tell(describeUnfinished(table, trials));
  return 1;
}

function describeUnfinished(table: ResultsTable, trials: readonly TrialSummary[]): string {
  const unfinished = trials.filter(({ status }) => status !== 'finished');
  const lines = unfinished.map(({ number, assignment, seed, status, failure }) => {
    const reason = failure === null ? '' : `: ${failure.code}, ${printable(failure.message)}`;
    return `  trial ${number} (${printable(describeAssignment(assignment))}, seed ${seed}) ${status}${reason}`;
  });
  const count = `${unfinished.length} of ${table.trialsTotal} trials have no result`;
  return [`${count}:`, ...lines].join('\n');
}
