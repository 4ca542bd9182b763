/** All commands. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { addDataset } from './commands/dataset.js';
import { addDemo, type DemoJob } from './commands/demo.js';
import { addDoctor } from './commands/doctor.js';
import { addDown } from './commands/down.js';
import { addEncoder } from './commands/encoder.js';
import { addEval } from './commands/eval.js';
import { addSetup } from './commands/setup.js';
import { addSweep } from './commands/sweep.js';
import { addUp } from './commands/up.js';
import type { Context } from './context.js';

export function createProgram(context: Context, demo?: DemoJob): Command {
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
  addDemo(program, context, demo);
  addUp(program, context);
  addDown(program, context);
  addDoctor(program, context);
  addSetup(program, context);
  addSweep(program, context);
  addDataset(program, context);
  addEncoder(program, context);
  addEval(program, context);
  return program;
}

function readVersion(root: string): string {
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  return z.looseObject({ version: z.string() }).parse(JSON.parse(text)).version;
}
