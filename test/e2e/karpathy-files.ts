/** Small datasets in Karpathy's form. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function karpathyEntry(filename: string, imgid: number, split: string) {
  const tokens = ['a', 'red', 'circle'];
  return { filename, imgid, split, sentences: [{ raw: tokens.join(' '), tokens }] };
}

/** @returns the path of a tar file with these files in this order */
export function writeTar(folder: string, name: string, files: Record<string, Buffer>): string {
  const content = join(folder, `${name}-files`);
  mkdirSync(content, { recursive: true });
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(content, file), bytes);
  const path = join(folder, `${name}.tar`);
  execFileSync('tar', ['-cf', path, '-C', content, ...Object.keys(files)]);
  return path;
}
