import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { nativeBinding, useNativeEngine } from '../testing/native-engine.js';
import { withKernelTable } from './kernel-table.js';

useNativeEngine();

test('the README lists the kernels of the registry: npm run kernel-table -w @capgrid/tensor', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
  expect(readme).toBe(withKernelTable(readme, nativeBinding()));
});

test('a README without the marks of the table is refused', () => {
  expect(() => withKernelTable('# nothing', nativeBinding())).toThrow('README.md lacks');
});
