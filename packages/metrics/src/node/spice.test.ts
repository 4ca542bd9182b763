/** The adapter against a real process: a small program that stands in for java and its SPICE jar. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runSpice } from './spice.js';

const ITEMS = [
  { imageId: 'b.jpg', candidate: 'A red bus.', references: ['The red bus!', 'A bus'] },
  { imageId: 'a.jpg', candidate: 'Two dogs', references: ["A dog's toy"] },
];

/** In the form SPICE 1.0 writes, in another order than it was asked. */
const ANSWER = [
  {
    image_id: 1,
    scores: {
      All: { pr: 0, re: 0, f: 0, tp: 0, fp: 1, fn: 2, numImages: 1 },
      Color: { pr: null, re: null, f: null, tp: 0, fp: 0, fn: 0, numImages: 1 },
    },
  },
  {
    image_id: 0,
    scores: {
      All: { pr: 1, re: 0.5, f: 0.5, tp: 2, fp: 0, fn: 2, numImages: 1 },
      Color: { pr: 1, re: 1, f: 1, tp: 1, fp: 0, fn: 0, numImages: 1 },
    },
  },
];

let folder = '';
let jar = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spice test '));
  jar = join(folder, 'spice-1.0.jar');
  writeFileSync(jar, 'jar');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** An executable that writes down how it was called; `answer(text)` in `body` writes the output file. */
function writeJava(body: string, name = 'java'): string {
  const path = join(folder, name);
  const program = `#!${process.execPath}
const fs = require('node:fs');
const args = process.argv.slice(2);
const output = args[args.indexOf('-out') + 1];
fs.writeFileSync(${JSON.stringify(join(folder, 'call.json'))}, JSON.stringify({
  args, pid: process.pid, cwd: process.cwd(), input: JSON.parse(fs.readFileSync(args[3], 'utf8')),
}));
const answer = (text) => fs.writeFileSync(output, text);
${body}`;
  writeFileSync(path, program, { mode: 0o755 });
  return path;
}

function readCall(): { args: string[]; pid: number; cwd: string; input: unknown } {
  return JSON.parse(readFileSync(join(folder, 'call.json'), 'utf8'));
}

async function readCallOnceWritten(): Promise<ReturnType<typeof readCall>> {
  const path = join(folder, 'call.json');
  await expect
    .poll(() => existsSync(path) && readFileSync(path, 'utf8') !== '', { timeout: 10_000 })
    .toBe(true);
  return readCall();
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const answering = `answer(${JSON.stringify(JSON.stringify(ANSWER))});`;

describe('runSpice', () => {
  it('calls the jar as coco-caption does and reads F and counts per image', async () => {
    const java = writeJava(answering);
    const score = await runSpice({ jar, java, items: ITEMS });
    const { args, input, cwd } = readCall();
    const [, , , inputFile, , outputFile] = args;
    expect(args).toEqual([
      '-Xmx8G',
      '-jar',
      jar,
      inputFile,
      '-out',
      outputFile,
      '-subset',
      '-silent',
    ]);
    expect(cwd).toBe(folder);
    expect(input).toEqual([
      { image_id: 0, test: 'a red bus', refs: ['the red bus', 'a bus'] },
      { image_id: 1, test: 'two dogs', refs: ["a dog 's toy"] },
    ]);
    expect(score).toEqual({
      corpus: 0.25,
      tool: expect.stringMatching(/^spice-1\.0\.jar-[0-9a-f]{12}$/),
      tokenizer: 'ptb-3.4.1',
      context: 'next-caption',
      references: '1-2-7d0fafd89eee',
      perImage: [
        {
          imageId: 'b.jpg',
          f: 0.5,
          categories: {
            All: { truePositives: 2, falsePositives: 0, falseNegatives: 2, f: 0.5 },
            Color: { truePositives: 1, falsePositives: 0, falseNegatives: 0, f: 1 },
          },
        },
        {
          imageId: 'a.jpg',
          f: 0,
          categories: {
            All: { truePositives: 0, falsePositives: 1, falseNegatives: 2, f: 0 },
            Color: { truePositives: 0, falsePositives: 0, falseNegatives: 0, f: null },
          },
        },
      ],
    });
    expect(existsSync(inputFile ?? '')).toBe(false);
  });

  it('makes a cache folder and passes it on', async () => {
    const java = writeJava(answering);
    await runSpice({ jar, java, items: ITEMS, cacheFolder: join(folder, 'cache') });
    expect(readCall().args.slice(4, 6)).toEqual(['-cache', join(folder, 'cache')]);
    expect(existsSync(join(folder, 'cache'))).toBe(true);
  });

  it('finds java under JAVA_HOME', async () => {
    mkdirSync(join(folder, 'bin'));
    writeJava(answering, 'bin/java');
    expect((await runSpice({ jar, javaHome: folder, items: ITEMS })).corpus).toBe(0.25);
  });

  it('refuses a jar that is absent or a folder', async () => {
    const absent = join(folder, 'absent.jar');
    await expect(runSpice({ jar: absent, items: ITEMS })).rejects.toMatchObject({
      code: 'spice-jar-missing',
      message: expect.stringContaining(`${absent} does not exist`),
    });
    await expect(runSpice({ jar: folder, items: ITEMS })).rejects.toMatchObject({
      code: 'spice-jar-missing',
      message: expect.stringContaining('is not a file'),
    });
  });

  it('says where it looked for java', async () => {
    const java = join(folder, 'no-java');
    await expect(runSpice({ jar, java, items: ITEMS })).rejects.toMatchObject({
      code: 'java-missing',
      message: expect.stringContaining(`cannot be started as "${java}"`),
    });
  });

  it.for([
    ['java.lang.UnsupportedClassVersionError: edu/anu/spice/SpiceScorer', 'too old'],
    ['java.lang.reflect.InaccessibleObjectException: Unable to make field', 'too new'],
    ['java.lang.OutOfMemoryError: Java heap space', 'memory'],
    ['java.lang.NoClassDefFoundError: org/json/simple', 'Parts of SPICE are missing'],
    ['java.lang.UnsatisfiedLinkError: no lmdbjni64', 'without a cache folder'],
    ['something else', 'by hand'],
  ])('quotes the end of the messages of a failed run: %s', async ([message = '', remedy = '']) => {
    const java = writeJava(
      `console.error('x'.repeat(10_000)); console.error(${JSON.stringify(message)}); process.exit(3);`,
    );
    const error = await runSpice({ jar, java, items: ITEMS }).catch((cause: Error) => cause);
    expect(error).toMatchObject({ code: 'spice-failed' });
    expect((error as Error).message).toMatch(/^SPICE ended with exit code 3\. /);
    expect((error as Error).message).toContain(remedy);
    expect((error as Error).message.endsWith(message)).toBe(true);
    expect((error as Error).message.length).toBeLessThan(3000);
  });

  it.for([
    ['', 'it is empty'],
    ['[{"image_id": 0', 'it is no JSON and starts with'],
    ['{"scores": 1}', 'no list of images'],
    ['[{"image_id": 7, "scores": {}}]', 'entry 0 has the image_id 7'],
    ['[{"image_id": 0}]', 'entry 0 has no scores'],
    ['[{"image_id": 0, "scores": {"Color": {"tp":1,"fp":1,"fn":1,"f":1}}}]', 'category "All"'],
    ['[{"image_id": 0, "scores": {"All": {"tp":1,"fp":"x","fn":1,"f":1}}}]', 'fp is "x"'],
  ])('refuses the output %s', async ([output = '', problem = '']) => {
    const java = writeJava(`answer(${JSON.stringify(output)});`);
    await expect(runSpice({ jar, java, items: ITEMS })).rejects.toMatchObject({
      code: 'spice-output-invalid',
      message: expect.stringContaining(problem),
    });
  });

  it('refuses a run without output and one that leaves images out', async () => {
    await expect(runSpice({ jar, java: writeJava(''), items: ITEMS })).rejects.toMatchObject({
      code: 'spice-failed',
      message: expect.stringContaining('wrote no scores'),
    });
    const java = writeJava(`answer(${JSON.stringify(JSON.stringify(ANSWER.slice(1)))});`);
    await expect(runSpice({ jar, java, items: ITEMS })).rejects.toMatchObject({
      name: 'MetricResourceError',
      code: 'spice-output-invalid',
      message: expect.stringContaining('1 of 2 images; "a.jpg" has none'),
    });
  });

  it('stops the process and removes its files when it is told to', async () => {
    const java = writeJava('setInterval(() => {}, 1000);');
    const controller = new AbortController();
    const running = runSpice({ jar, java, items: ITEMS, signal: controller.signal });
    const { pid, args } = await readCallOnceWritten();
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
    expect(isRunning(pid)).toBe(false);
    expect(existsSync(args[3] ?? '')).toBe(false);
    await expect(runSpice({ jar, java, items: ITEMS, signal: controller.signal })).rejects.toThrow(
      'enough',
    );
  });

  it('starts nothing when it is told to stop during preparation', async () => {
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    vi.stubEnv('TMPDIR', temporary);
    const controller = new AbortController();
    const java = writeJava(answering);
    const running = runSpice({ jar, java, items: ITEMS, signal: controller.signal });
    controller.abort(new Error('enough')); // the jar is being hashed
    await expect(running).rejects.toThrow('enough');
    expect(existsSync(join(folder, 'call.json'))).toBe(false);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')(
    'stops the Java that a script named java has started',
    async () => {
      const program = writeJava('setInterval(() => {}, 1000);', 'real-java');
      const java = join(folder, 'java');
      writeFileSync(java, `#!/bin/sh\n"${program}" "$@"\nexit $?\n`, { mode: 0o755 });
      const controller = new AbortController();
      const running = runSpice({ jar, java, items: ITEMS, signal: controller.signal });
      const pid = (await readCallOnceWritten()).pid;
      controller.abort(new Error('enough'));
      await expect(running).rejects.toThrow('enough');
      await expect.poll(() => isRunning(pid), { timeout: 10_000 }).toBe(false);
    },
  );

  it.skipIf(process.platform === 'win32')(
    'ends with its process, whoever else keeps the messages open',
    async () => {
      // A session of its own, which no signal to the group reaches.
      const java = writeJava(`${answering}
        require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 20_000)'],
          { detached: true, stdio: ['ignore', 'ignore', 'inherit'] }).unref();`);
      await expect(runSpice({ jar, java, items: ITEMS })).resolves.toMatchObject({ corpus: 0.25 });
    },
    15_000,
  );

  it('passes the memory on and refuses what java would not understand', async () => {
    await runSpice({ jar, java: writeJava(answering), items: ITEMS, maxHeap: '512m' });
    expect(readCall().args[0]).toBe('-Xmx512m');
    await expect(runSpice({ jar, items: ITEMS, maxHeap: '8 GB' })).rejects.toMatchObject({
      name: 'MetricInputError',
      code: 'invalid-heap-size',
      message: expect.stringContaining('"8 GB"'),
    });
  });

  it('leaves nothing in the folder for temporary files after a failure', async () => {
    const temporary = join(folder, 'temporary');
    mkdirSync(temporary);
    vi.stubEnv('TMPDIR', temporary);
    await expect(
      runSpice({ jar, java: writeJava('process.exit(1);'), items: ITEMS }),
    ).rejects.toMatchObject({ code: 'spice-failed' });
    expect(dirname(dirname(readCall().args[3] ?? ''))).toBe(temporary);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('reports what a real java says about a file that is no jar', async ({ skip }) => {
    if (spawnSync('java', ['-version']).status !== 0) skip('java is not installed.');
    await expect(runSpice({ jar, items: ITEMS })).rejects.toMatchObject({
      code: 'spice-failed',
      message: expect.stringContaining('jarfile'),
    });
  });
});
