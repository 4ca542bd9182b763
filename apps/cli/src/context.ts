/** What every command gets. */
import type { Env } from './env.js';
import type { TableStyle } from './table/booktabs.js';
import type { Terminal } from './terminal.js';

export interface Context {
  env: Env;
  /** The checkout. */
  root: string;
  terminal: Terminal;
  /** Exit code of the process when the command has ended without an error. */
  finish(exitCode: number): void;
}

export function tableStyle({ env, terminal }: Context): TableStyle {
  const { hasStyle, columns } = terminal;
  return {
    hasBold: hasStyle,
    hasUnicode: env.hasUnicode,
    ...(columns === null ? {} : { width: columns }),
  };
}
