/** All commands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import type { DemoJob } from './commands/demo.js';
import type { Context } from './context.js';

type AddCommand = (program: Command, context: Context, demo?: DemoJob) => void;

/** In the order of the help. Loaded when asked for: `capgrid eval` needs neither Postgres nor images. */
const COMMANDS = new Map<string, () => Promise<AddCommand>>([
  ['demo', async () => (await import('./commands/demo.js')).addDemo],
  ['up', async () => (await import('./commands/up.js')).addUp],
  ['down', async () => (await import('./commands/down.js')).addDown],
  ['doctor', async () => (await import('./commands/doctor.js')).addDoctor],
  ['setup', async () => (await import('./commands/setup.js')).addSetup],
  ['sweep', async () => (await import('./commands/sweep.js')).addSweep],
  ['dataset', async () => (await import('./commands/dataset.js')).addDataset],
  ['encoder', async () => (await import('./commands/encoder.js')).addEncoder],
  ['vectors', async () => (await import('./commands/vectors.js')).addVectors],
  ['eval', async () => (await import('./commands/eval.js')).addEval],
]);

/** With the one command that `first`, the first argument, names; with all of them where it names none. */
export async function createProgram(
  context: Context,
  first: string | undefined,
  demo?: DemoJob,
): Promise<Command> {
  const program = new Command('capgrid')
    .description('Ablation sweeps of image captioning: train the grid, score it, read the table.')
    .version(readVersion(context.root), '--version', 'print the version')
    .exitOverride()
    .configureOutput({ writeErr: (text) => context.terminal.tell(text.trimEnd()) })
    .showHelpAfterError('(add --help for usage)')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\n./capgrid test runs every check of the project (./capgrid test --help).',
    );
  const named = COMMANDS.get(first ?? '');
  for (const load of named === undefined ? COMMANDS.values() : [named]) {
    const addCommand = await load();
    addCommand(program, context, demo);
  }
  return program;
}

function readVersion(root: string): string {
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  return z.looseObject({ version: z.string() }).parse(JSON.parse(text)).version;
}
