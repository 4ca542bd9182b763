/**
 * Word vectors as text: `word x x x ...` in each line, as GloVe has it, with a first line `words width`
 * in word2vec and fastText. A word may have spaces in it, so the numbers count from the end.
 */
import { createReadStream } from 'node:fs';
import { DataError } from '../data-error.js';
import { FLOAT_BYTES, VECTORS } from './vectors-file.js';

/** What the first look finds; the numbers stay in the file. */
export interface VectorsText {
  readonly path: string;
  readonly words: readonly string[];
  readonly width: number;
  readonly hasFirstLine: boolean;
}

/** Written together: a write for each row takes long. */
const BATCH_ROWS = 1000;

interface Line {
  /** From 1. */
  readonly number: number;
  readonly fields: readonly string[];
}

/** @throws DataError `vectors-invalid` with the line */
export async function readVectorWords(path: string): Promise<VectorsText> {
  const words: string[] = [];
  let width = 0;
  let hasFirstLine = false;
  for await (const line of readLines(path)) {
    const { fields, number } = line;
    if (number === 1 && fields.length === 2 && fields.every((field) => /^\d+$/.test(field))) {
      hasFirstLine = true;
      width = Number(fields[1]);
      continue;
    }
    if (width === 0) width = fields.length - 1;
    const word = fields.slice(0, -width).join(' ');
    if (width < 1 || fields.length <= width || word === '') {
      throw invalid(path, line, `has no word with ${Math.max(width, 1)} numbers`);
    }
    words.push(word);
  }
  if (words.length > 0) return { path, words, width, hasFirstLine };
  throw new DataError(
    'vectors-invalid',
    `${path} has no line with a word and its vector. Give vectors as text, or safetensors with --words.`,
  );
}

/**
 * The same vectors as a safetensors file.
 *
 * @throws DataError `vectors-invalid` with the line
 */
export async function* asSafetensors(text: VectorsText): AsyncGenerator<Uint8Array> {
  const { path, words, width, hasFirstLine } = text;
  const shape = [words.length, width];
  const end = words.length * width * FLOAT_BYTES;
  const json = JSON.stringify({ [VECTORS]: { dtype: 'F32', shape, data_offsets: [0, end] } });
  // Spaces behind it align the numbers, as the reference writer does.
  const header = Buffer.from(json.padEnd(Math.ceil(json.length / 8) * 8));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  let batch: Uint8Array[] = [length, header];
  for await (const line of readLines(path)) {
    if (hasFirstLine && line.number === 1) continue;
    const vector = Float32Array.from(line.fields.slice(-width), (field) => {
      const value = field === '' ? Number.NaN : Number(field);
      if (Number.isFinite(value)) return value;
      throw invalid(path, line, `has "${field.slice(0, 40)}" for a number`);
    });
    batch.push(new Uint8Array(vector.buffer));
    if (batch.length < BATCH_ROWS) continue;
    yield Buffer.concat(batch);
    batch = [];
  }
  yield Buffer.concat(batch);
}

/** Only line feeds end a line: words have all other characters. Empty lines are left out. */
async function* readLines(path: string): AsyncGenerator<Line> {
  let number = 0;
  let rest = '';
  const lineOf = (text: string): Line => {
    number += 1;
    return { number, fields: text.replace(/[ \t\r]+$/, '').split(/[ \t]/) };
  };
  for await (const chunk of createReadStream(path, { encoding: 'utf8' })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) {
      const line = lineOf(text);
      if (line.fields.join('') !== '') yield line;
    }
  }
  const last = lineOf(rest);
  if (last.fields.join('') !== '') yield last;
}

function invalid(path: string, { number }: Line, found: string): DataError {
  return new DataError(
    'vectors-invalid',
    `Line ${number} of ${path} ${found}. Give a word and its numbers in each line.`,
  );
}
