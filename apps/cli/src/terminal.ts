/** Where a command speaks: results to stdout, everything else to stderr. */

export interface Terminal {
  /** A result. */
  print(text: string): void;
  /** A message: progress, warnings, what was done. */
  tell(text: string): void;
  /** Replaces the lines drawn last; without a terminal it does nothing. */
  redraw(lines: readonly string[]): void;
  /** stderr is a terminal whose lines can be redrawn. */
  isLive: boolean;
  /** stdout shows bold: it is a terminal, and colour is wanted. */
  hasStyle: boolean;
  /** Characters in a line of stdout; null where it is no terminal, or does not tell. */
  columns: number | null;
}

interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export function openTerminal(options: {
  stdout: Output;
  stderr: Output;
  wantsColour: boolean;
}): Terminal {
  const { stdout, stderr, wantsColour } = options;
  let drawn: readonly string[] = [];
  const erase = () => {
    if (drawn.length > 0) stderr.write(`\u001b[${drawn.length}A\u001b[J`);
    drawn = [];
  };
  return {
    isLive: stderr.isTTY === true,
    hasStyle: stdout.isTTY === true && wantsColour,
    get columns() {
      // A terminal that does not tell its width says 0.
      return stdout.isTTY === true && stdout.columns !== 0 ? (stdout.columns ?? null) : null;
    },
    print(text) {
      erase();
      stdout.write(`${text}\n`);
    },
    tell(text) {
      erase();
      stderr.write(`${text}\n`);
    },
    redraw(lines) {
      if (stderr.isTTY !== true) return;
      // A terminal that does not tell its width says 0.
      const width = stderr.columns === undefined || stderr.columns === 0 ? 80 : stderr.columns;
      // A line that wraps would leave its rest behind at the next redraw.
      const fitting = lines.map((line) => line.slice(0, width - 1));
      if (fitting.join('\n') === drawn.join('\n')) return;
      erase();
      for (const line of fitting) stderr.write(`${line}\n`);
      drawn = fitting;
    },
  };
}
