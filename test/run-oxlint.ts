/** Runs the project's lint, with its real configuration, over files written for a test. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export interface LintFinding {
  /** As given in `files`. */
  path: string;
  /** For example `eslint(no-restricted-imports)`. */
  rule: string;
}

const root = join(import.meta.dirname, '..');

/** `files`: path from the repository's root -> text. */
export function runOxlint(files: ReadonlyMap<string, string>): LintFinding[] {
  const folder = mkdtempSync(join(tmpdir(), 'capgrid-lint-'));
  try {
    copyFileSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
    writeFileSync(join(folder, 'tsconfig.json'), '{ "compilerOptions": { "strict": true } }');
    for (const [path, text] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const report = JSON.parse(jsonFromOxlint(folder)) as {
      diagnostics: { filename: string; code: string }[];
    };
    return report.diagnostics.map(({ filename, code }) => ({ path: filename, rule: code }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function jsonFromOxlint(cwd: string): string {
  const require = createRequire(import.meta.url);
  const oxlint = join(dirname(require.resolve('oxlint/package.json')), 'bin', 'oxlint');
  const result = spawnSync(process.execPath, [oxlint, '--format', 'json'], {
    cwd,
    encoding: 'utf8',
    // Outside of the repository oxlint finds its type-aware half on the PATH only.
    env: { PATH: [join(root, 'node_modules', '.bin'), process.env['PATH']].join(delimiter) },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  // Exit code 1 means that it found something, which is the purpose here.
  if (!result.stdout.startsWith('{')) {
    throw new Error(`oxlint did not report: ${result.stdout}${result.stderr}`);
  }
  return result.stdout;
}
