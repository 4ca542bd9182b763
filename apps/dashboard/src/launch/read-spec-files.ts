/** The sweep specs of the checkout that the launch page offers. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

export type SpecFile = { fileName: string; text: string };

const SPEC_FILE = /\.(ya?ml|json)$/;

/** By name, the demo first: it is what a newcomer should start with. None where there is no folder. */
export async function readSpecFiles(folder: string): Promise<SpecFile[]> {
  const names = (await fileNames(folder)).filter((name) => SPEC_FILE.test(name));
  names.sort((a, b) => Number(isDemo(b)) - Number(isDemo(a)) || a.localeCompare(b, 'en'));
  return Promise.all(
    names.map(async (fileName) => ({
      fileName,
      text: await readFile(path.join(folder, fileName), 'utf8'),
    })),
  );
}

async function fileNames(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function isDemo(fileName: string): boolean {
  return fileName.startsWith('demo.');
}
