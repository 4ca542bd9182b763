/** `capgrid doctor`: a line for each thing that Capgrid needs on a machine. */
import type { Command } from 'commander';
import type { Context } from '../context.js';
import { CHECKS, type Check } from '../doctor/checks.js';

export function addDoctor(program: Command, context: Context): void {
  program
    .command('doctor')
    .description('check this machine: a line per part, ok or what to do')
    .addHelpText('after', '\nExample:\n  ./capgrid doctor')
    .action(async () => {
      let failures = 0;
      for (const check of CHECKS) {
        const outcome = await runCheck(check, context);
        if (!outcome.isOk) failures += 1;
        const mark = outcome.isOk ? 'ok  ' : 'FAIL';
        context.terminal.print(`${mark}  ${check.name.padEnd(16)}${outcome.text}`);
      }
      context.finish(failures === 0 ? 0 : 1);
    });
}

async function runCheck({ run }: Check, context: Context) {
  try {
    return { isOk: true, text: await run(context) };
  } catch (cause) {
    return { isOk: false, text: cause instanceof Error ? cause.message : String(cause) };
  }
}
