/** Ends the server with exit code 2 and every problem named, rather than failing at some request. */
import { env } from './env';

export function refuseBadEnvironment(): void {
  try {
    env();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}
