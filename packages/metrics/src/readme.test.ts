/** The example of the README does what the README says. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const folder = fileURLToPath(new URL('..', import.meta.url));
const readme = readFileSync(`${folder}/README.md`, 'utf8');

function block(language: string): string {
  return new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\`$`, 'm').exec(readme)?.[1] ?? '';
}

/** What a program prints that imports the built package by its name. */
function run(program: string): string {
  const options = { cwd: folder, encoding: 'utf8' } as const;
  return execFileSync(process.execPath, ['--input-type=module', '--eval', program], options);
}

it('runs the example, of ten lines, and prints what the README shows', () => {
  const example = block('js');
  expect(example.trim().split('\n').filter(Boolean).length).toBeLessThanOrEqual(10);
  expect(run(example)).toBe(block('text'));
  const signature = run(`${example}console.log(score.signatures.ciderD);`);
  expect(readme).toContain(`\`${signature.trim().split('\n').at(-1)}\``);
});
