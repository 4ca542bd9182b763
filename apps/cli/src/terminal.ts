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
  /** Width of stderr in characters. */
  columns: number;
  /** Bold on stdout, or the text itself where that is no terminal or colour is not wanted. */
  hasStyle: boolean;
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
  let drawn = 0;
  const erase = () => {
    if (drawn > 0) stderr.write(`\u001b[${drawn}A\u001b[J`);
    drawn = 0;
  };
  return {
    isLive: stderr.isTTY === true,
    columns: stderr.columns ?? 80,
    hasStyle: stdout.isTTY === true && wantsColour,
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
      erase();
      const width = stderr.columns ?? 80;
      // A line that wraps would leave its rest behind at the next redraw.
      for (const line of lines) stderr.write(`${line.slice(0, width - 1)}\n`);
      drawn = lines.length;
    },
  };
}
