/** The Java process in which SPICE runs: started, stopped with all it started itself, and explained. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { MetricResourceError } from '../metric-resource-error.js';
import { javaMissing } from './check-spice.js';

/** Characters of stderr that an error quotes. */
const QUOTED = 2000;
/** For the last messages of a process that has ended, should another one keep its stderr open. */
const LAST_MESSAGES_MS = 1000;

export interface SpiceProcess {
  readonly java: string;
  readonly parameters: readonly string[];
  readonly folder: string;
  /** As `-Xmx` has it. */
  readonly maxHeap: string;
  readonly signal: AbortSignal | undefined;
}

interface ProcessEnd {
  readonly code: number | null;
  readonly killedBy: string | null;
  readonly stderr: string;
}

/**
 * Ends when the process has ended and cannot touch its files any more.
 *
 * @throws MetricResourceError `java-missing`, `spice-failed`; the reason of `signal`
 */
export async function runSpiceProcess(options: SpiceProcess): Promise<void> {
  const { java, maxHeap, signal } = options;
  let end: ProcessEnd;
  try {
    end = await waitFor(options);
  } catch (cause) {
    signal?.throwIfAborted();
    throw javaMissing(java, cause);
  }
  signal?.throwIfAborted();
  const { code, killedBy, stderr } = end;
  if (code !== 0) {
    throw new MetricResourceError(
      'spice-failed',
      `SPICE ended with ${code === null ? `signal ${killedBy}` : `exit code ${code}`}. ` +
        `${remedy(stderr, maxHeap)} The end of its messages:\n${stderr.trim() || '(none)'}`,
    );
  }
}

/** Rejects where the program cannot be started. */
function waitFor({ java, parameters, folder, signal }: SpiceProcess): Promise<ProcessEnd> {
  return new Promise((resolve, reject) => {
    // Start and listening follow in one tick, so no abort falls between them.
    signal?.throwIfAborted();
    const child = spawn(java, parameters, {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
      // A group of its own: `java` may be a script that waits for the Java it started.
      detached: HAS_GROUPS,
    });
    const stop = (): void => stopGroup(child);
    signal?.addEventListener('abort', stop);
    process.on('exit', stop); // being detached, it would outlive this process
    let stderr = '';
    let patience: NodeJS.Timeout | undefined;
    const release = (): void => {
      clearTimeout(patience);
      signal?.removeEventListener('abort', stop);
      process.off('exit', stop);
    };
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-QUOTED);
    });
    child.on('error', (error) => {
      release();
      reject(error);
    });
    child.on('exit', () => {
      patience = setTimeout(() => child.stderr.destroy(), LAST_MESSAGES_MS);
    });
    child.on('close', (code, killedBy) => {
      release();
      resolve({ code, killedBy, stderr });
    });
  });
}

/** Windows has no process groups; there the process alone is stopped. */
const HAS_GROUPS = process.platform !== 'win32';

function stopGroup(child: ChildProcessByStdio<null, null, Readable>): void {
  if (!HAS_GROUPS || child.pid === undefined) {
    child.kill('SIGKILL');
    return;
  }
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // it has ended already
  }
}

/** For the failures that users of SPICE report. */
function remedy(stderr: string, maxHeap: string): string {
  if (stderr.includes('UnsupportedClassVersionError')) {
    return 'This Java is too old: use Java 8 or 11.';
  }
  if (stderr.includes('InaccessibleObjectException')) {
    return 'This Java is too new for SPICE, which opens classes of the JDK: use Java 8 or 11.';
  }
  if (stderr.includes('OutOfMemoryError') || stderr.includes('Could not reserve enough space')) {
    return `SPICE may use ${maxHeap} of memory: free some, change \`maxHeap\`, or score fewer images.`;
  }
  if (stderr.includes('UnsatisfiedLinkError')) {
    return 'The cache of SPICE has no code for this platform: run without a cache folder.';
  }
  if (stderr.includes('NoClassDefFoundError') || stderr.includes('Unable to open "edu/stanford')) {
    return 'Parts of SPICE are missing: the lib folder beside the jar needs the CoreNLP 3.6.0 jars.';
  }
  return 'Run the jar by hand to see whether it works.';
}
