/** `capgrid sweep …`: each verb has its own file. */
import type { Command } from 'commander';
import type { Context } from '../context.js';
import { addSweepCancel } from './sweep-cancel.js';
import { addSweepCompare } from './sweep-compare.js';
import { addSweepLaunch } from './sweep-launch.js';
import { addSweepList } from './sweep-list.js';
import { addSweepPreview } from './sweep-preview.js';
import { addSweepResults } from './sweep-results.js';
import { addSweepRetry } from './sweep-retry.js';
import { addSweepStatus } from './sweep-status.js';

export function addSweep(program: Command, context: Context): void {
  const sweep = program.command('sweep').description('preview, launch and follow sweeps');
  addSweepPreview(sweep, context);
  addSweepLaunch(sweep, context);
  addSweepStatus(sweep, context);
  addSweepResults(sweep, context);
  addSweepCompare(sweep, context);
  addSweepCancel(sweep, context);
  addSweepRetry(sweep, context);
  addSweepList(sweep, context);
}
