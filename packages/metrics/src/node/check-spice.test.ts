import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkJava, checkSpiceJar } from './check-spice.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'capgrid check spice '));
});
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array, mode = 0o644): string {
  const path = join(folder, name);
  writeFileSync(path, content, { mode });
  return path;
}

/** A program that prints this to stderr, as `java -version` does. */
function writeJava(name: string, printed: string, code = 0): string {
  const program = `#!${process.execPath}\nprocess.stderr.write(${JSON.stringify(printed)});\nprocess.exitCode = ${code};`;
  return write(name, program, 0o755);
}

describe('checkSpiceJar', () => {
  it('takes what begins as a zip file does', async () => {
    await checkSpiceJar(write('good.jar', Buffer.from('PK\u0003\u0004 and more', 'latin1')));
  });

  it('refuses another file, an empty one, a folder, and none', async () => {
    await expect(checkSpiceJar(write('text.jar', 'jar'))).rejects.toMatchObject({
      code: 'spice-jar-invalid',
      message: expect.stringMatching(
        /text\.jar is no jar.*Give the path of spice-1\.0\.jar/,
      ) as string,
    });
    await expect(checkSpiceJar(write('empty.jar', ''))).rejects.toMatchObject({
      code: 'spice-jar-invalid',
      message: expect.stringContaining('empty.jar is empty') as string,
    });
    await expect(checkSpiceJar(folder)).rejects.toMatchObject({
      code: 'spice-jar-missing',
      message: expect.stringContaining('EISDIR') as string,
    });
    await expect(checkSpiceJar(join(folder, 'absent.jar'))).rejects.toMatchObject({
      code: 'spice-jar-missing',
      message: expect.stringContaining('ENOENT') as string,
    });
  });
});

describe('checkJava', () => {
  it.each([
    ['openjdk version "11.0.21" 2023-10-17\nOpenJDK Runtime Environment\n', 11],
    ['java version "1.8.0_392"\n', 8],
    ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "25" 2025-09-16\n', 25],
    ['something else\n', null],
  ])('reads the version of %j', async (printed, major) => {
    const java = writeJava('java', printed);
    const line = printed.split('\n').find((each) => each.includes(' version "'));
    expect(await checkJava({ java })).toEqual({ java, major, line: line ?? 'something else' });
  });

  it('names the program that is not there or fails, in one line', async () => {
    await expect(checkJava({ javaHome: folder })).rejects.toMatchObject({
      code: 'java-missing',
      message: expect.stringContaining(
        `Java cannot be started as "${join(folder, 'bin', 'java')}" (spawn`,
      ) as string,
    });
    const java = writeJava('failing', 'Error: no libjvm\n', 1);
    await expect(checkJava({ java })).rejects.toMatchObject({
      code: 'java-missing',
      message: expect.stringMatching(/^.*no libjvm.*Install Java 8 or 11.*$/) as string,
    });
  });
});
