/** Whether SPICE could run, found out before there are captions: in a tenth of a second. */
import { execFile } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MetricResourceError } from '../metric-resource-error.js';

/** A jar is a zip file, which begins with the header of its first entry. */
const ZIP_HEAD = 'PK\u0003\u0004';

/**
 * Reads the first bytes of the jar.
 *
 * @throws MetricResourceError `spice-jar-missing` where it cannot be read, `spice-jar-invalid`
 */
export async function checkSpiceJar(jar: string): Promise<void> {
  let head: string;
  try {
    head = await readHead(jar);
  } catch (cause) {
    throw new MetricResourceError(
      'spice-jar-missing',
      `The SPICE jar ${jar} cannot be read (${reason(cause)}). ${SPICE_JAR_REMEDY}`,
      { cause },
    );
  }
  if (head === ZIP_HEAD) return;
  throw new MetricResourceError(
    'spice-jar-invalid',
    `The SPICE jar ${jar} is ${head === '' ? 'empty' : 'no jar: it does not begin as a zip file does'}. ` +
      SPICE_JAR_REMEDY,
  );
}

export const SPICE_JAR_REMEDY =
  'Give the path of spice-1.0.jar, which lies in the SPICE download beside its lib folder.';

/** What `java -version` tells. */
export interface JavaVersion {
  /** The program that was started. */
  readonly java: string;
  /** As it names itself, for instance `openjdk version "11.0.21" 2023-10-17`. */
  readonly line: string;
  /** 8 also for the `1.8` of old versions; null where the line names none. */
  readonly major: number | null;
}

/** SPICE is known to run on these. */
export const SPICE_JAVA_VERSIONS: readonly number[] = [8, 11];

/**
 * Starts Java.
 *
 * @throws MetricResourceError `java-missing`
 */
export async function checkJava(options: JavaChoice = {}): Promise<JavaVersion> {
  const java = javaProgram(options);
  let printed: string;
  try {
    ({ stderr: printed } = await promisify(execFile)(java, ['-version']));
  } catch (cause) {
    throw javaMissing(java, cause);
  }
  const lines = printed.split('\n').map((line) => line.trim());
  // The variable JAVA_TOOL_OPTIONS puts a line before.
  const line = lines.find((each) => / version "/u.test(each)) ?? lines[0] ?? '';
  const [, first, second] = / version "(\d+)(?:\.(\d+))?/u.exec(line) ?? [];
  const major = first === '1' ? second : first;
  return { java, line: line || 'java', major: major === undefined ? null : Number(major) };
}

/** Which java program; `java` goes before `javaHome`, and that before the PATH. */
export interface JavaChoice {
  readonly java?: string | undefined;
  /** Value of JAVA_HOME, if set. */
  readonly javaHome?: string | undefined;
}

export function javaProgram({ java, javaHome }: JavaChoice): string {
  return java ?? (javaHome ? join(javaHome, 'bin', 'java') : 'java');
}

export function javaMissing(java: string, cause: unknown): MetricResourceError {
  return new MetricResourceError(
    'java-missing',
    `Java cannot be started as "${java}" (${reason(cause)}). ` +
      'Install Java 8 or 11, put it on the PATH, set JAVA_HOME, or give the path of the java program.',
    { cause },
  );
}

async function readHead(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

function reason(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  return text.trim().replaceAll(/\s*\n\s*/gu, '; ');
}
