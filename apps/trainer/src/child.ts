/**
 * The computing process: one task, then it ends. It talks to its parent only, and it ends at once
 * when the parent is gone, for then nobody keeps the lease.
 */
import { constants, getPriority, setPriority } from 'node:os';
import { ToChild, type FromChild } from './child-messages.js';
import { describeFailure } from './describe-failure.js';

// Heartbeats, the API and the database go first when the cores are short. Who started everything
// with a lower priority still means it.
setPriority(Math.max(getPriority(), constants.priority.PRIORITY_BELOW_NORMAL));
process.on('disconnect', () => process.exit(0));
// Ctrl-C reaches the whole process group; the parent decides what it means.
process.on('SIGINT', () => {});

const stop = new AbortController();

process.on('message', (raw) => {
  const message = ToChild.parse(raw);
  if (message.type === 'stop') stop.abort();
  else void compute(message);
});

async function compute(start: Extract<ToChild, { type: 'start' }>): Promise<void> {
  // The parent closes the channel when it has this message; that ends the process.
  await tell(await outcomeOf(start));
}

async function outcomeOf({
  work,
  store,
  engine,
  engineOptions,
  scoringFiles,
}: Extract<ToChild, { type: 'start' }>): Promise<FromChild> {
  try {
    const { runTask } = await import('./run-task.js');
    const context = { store, engine, engineOptions, scoringFiles, tell, stop: stop.signal };
    const result = await runTask(work, context);
    return result === 'stopped' ? { type: 'stopped' } : { type: 'result', result };
  } catch (error) {
    return { type: 'failure', failure: describeFailure(error) };
  }
}

function tell(message: FromChild): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) {
      reject(new Error('child.js is started by the trainer, not by hand'));
      return;
    }
    process.send(message, undefined, {}, (error) => (error === null ? resolve() : reject(error)));
  });
}
