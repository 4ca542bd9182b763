/** The bytes of imported images. Other files of the store are never served. */
import { Sha256 } from '@capgrid/contracts';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { queryRow } from '../database/query-rows.js';
import { notFound } from '../problems/problem-error.js';
import { StoreReader } from './store-reader.js';

export type ImageFile = { bytes: Buffer; mediaType: string };

@Injectable()
export class ImagesService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: StoreReader,
  ) {}

  async read(sha256: string): Promise<ImageFile> {
    if (!Sha256.safeParse(sha256).success) throw notFound('image', sha256);
    const row = await queryRow(
      this.database,
      z.object({ sha256: Sha256 }),
      'SELECT sha256 FROM dataset_images WHERE sha256 = $1',
      [sha256],
    );
    const bytes = row === null ? null : await this.store.read(row.sha256);
    const mediaType = bytes === null ? null : sniffImage(bytes);
    if (bytes === null || mediaType === null) throw notFound('image', sha256);
    return { bytes, mediaType };
  }
}

/** By the first bytes: a name or a header may lie. Null for what no importer takes. */
export function sniffImage(bytes: Uint8Array): string | null {
  const startsWith = (...head: number[]): boolean => head.every((byte, at) => bytes[at] === byte);
  const ascii = (from: number, to: number): string =>
    String.fromCharCode(...bytes.subarray(from, to));
  if (startsWith(0xff, 0xd8, 0xff)) return 'image/jpeg';
  if (startsWith(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return 'image/png';
  if (ascii(0, 4) === 'GIF8') return 'image/gif';
  if (ascii(0, 4) === 'RIFF' && ascii(8, 12) === 'WEBP') return 'image/webp';
  return null;
}
