/** `capgrid eval` with SPICE: a script stands in for Java, which is not part of this repository. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CapgridProcess } from '../e2e/capgrid-process.js';

// Each test starts processes, on a machine that may be busy.
vi.setConfig({ testTimeout: 60_000 });

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'capgrid-eval-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const REFERENCES =
  'A dog runs on the beach.\nTwo cats sleep on a red sofa.\nA man rides a horse.\n';
const CANDIDATES = 'a dog runs on sand\ntwo cats sleep\na man rides a horse\n';

/** Stands in for Java: the F of image n is n / 10. */
function writeJava(body: string): string {
  mkdirSync(join(folder, 'java/bin'), { recursive: true });
  const path = join(folder, 'java/bin/java');
  writeFileSync(path, `#!${process.execPath}\n${body}`, { mode: 0o755 });
  return join(folder, 'java');
}

const ANSWER = `
  const { readFileSync, writeFileSync } = require('node:fs');
  const args = process.argv.slice(2);
  const images = JSON.parse(readFileSync(args[3], 'utf8'));
  const scores = (f) => ({ All: { pr: f, re: f, f, tp: 1, fp: 1, fn: 1, numImages: 1 } });
  const answer = images.map(({ image_id }, index) => ({ image_id, scores: scores((index + 1) / 10) }));
  writeFileSync(args[args.indexOf('-out') + 1], JSON.stringify(answer));`;

async function withSpice(javaHome: string, jar: string) {
  const variables = { JAVA_HOME: javaHome, CAPGRID_SPICE_JAR: jar };
  const args = [
    '--references',
    write('r.txt', REFERENCES),
    '--candidates',
    write('a.txt', CANDIDATES),
  ];
  return new CapgridProcess(['eval', ...args, '--json'], variables).ended();
}

describe('SPICE', () => {
  test('of the jar that the environment names is a score like the others', async () => {
    const { stdout, stderr } = await withSpice(writeJava(ANSWER), write('spice.jar', 'jar'));
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      corpus: { SPICE: expect.closeTo(0.2, 12) },
      signatures: { SPICE: expect.stringMatching(/^SPICE\|.*tool:spice\.jar-/) },
    });
  });

  test('that fails is one error with its last words', async () => {
    const javaHome = writeJava("console.error('no models'); process.exit(3);");
    const { exitCode, stdout, stderr } = await withSpice(javaHome, write('spice.jar', 'jar'));
    expect(stderr).toMatch(/^capgrid: SPICE ended with exit code 3\..*\nno models\n$/);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  });

  test('that is interrupted ends with it, and nothing is scored', async () => {
    const started = join(folder, 'started');
    const javaHome = writeJava(
      `require('node:fs').writeFileSync(${JSON.stringify(started)}, ''); setInterval(() => {}, 1000);`,
    );
    const variables = { JAVA_HOME: javaHome, CAPGRID_SPICE_JAR: write('spice.jar', 'jar') };
    const args = [
      '--references',
      write('r.txt', REFERENCES),
      '--candidates',
      write('a.txt', CANDIDATES),
    ];
    const running = new CapgridProcess(['eval', ...args], variables);
    await vi.waitUntil(() => existsSync(started), { timeout: 30_000 });
    running.kill('SIGINT');
    expect(await running.ended()).toEqual({
      exitCode: 130,
      stdout: '',
      stderr: 'capgrid: interrupted\n',
    });
  });

  test('without Java, or without its jar, says so', async () => {
    const noJava = await withSpice(join(folder, 'none'), write('spice.jar', 'jar'));
    expect(noJava.stderr).toMatch(/^capgrid: .*[Jj]ava/);
    const noJar = await withSpice(writeJava(ANSWER), join(folder, 'none.jar'));
    expect(noJar.stderr).toMatch(
      /^capgrid: --spice-jar or CAPGRID_SPICE_JAR: Cannot read .*none\.jar: there is no such file\.\n$/,
    );
    expect([noJava.exitCode, noJar.exitCode]).toEqual([2, 2]);
  });
});
