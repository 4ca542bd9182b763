/**
 * How many bytes of freed memory the engine keeps for its next tensors on the CPU: a sixteenth of what
 * the process may use.
 * @param total bytes of the machine
 * @param constrained bytes of the process's control group; 0 or undefined: not known. Without a limit
 *   it may be a number above `total`.
 */
export function keptLimit(total: number, constrained: number | undefined): number {
  const most = constrained === undefined || constrained === 0 ? total : constrained;
  return Math.floor(Math.min(most, total) / 16);
}
