/** Finds out before anything starts whether a port of 127.0.0.1 can be listened on. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { CliError, isFileError } from '../cli-error.js';

export interface WantedPort {
  /** Who will listen, e.g. `dashboard`. */
  part: string;
  port: number;
  /** The variable that chooses another one. */
  variable: string;
}

/** @throws CliError `port-taken` */
export async function checkPort({ part, port, variable }: WantedPort): Promise<void> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  } catch (cause) {
    throw new CliError('port-taken', describe(cause, { part, port, variable }), { cause });
  }
  server.close();
  await once(server, 'close');
}

function describe(cause: unknown, { part, port, variable }: WantedPort): string {
  const remedy = `set ${variable} to another port`;
  if (isFileError(cause, 'EADDRINUSE')) {
    return `Port ${port}, wanted by the ${part}, is taken by another program: stop that, or ${remedy}.`;
  }
  if (isFileError(cause, 'EACCES')) {
    return `Port ${port}, wanted by the ${part}, needs rights that this user lacks: ${remedy}.`;
  }
  return `Port ${port}, wanted by the ${part}, cannot be used (${String(cause)}): ${remedy}.`;
}
