/** Registers word vectors whose files are in the store. */
import type { RegisterVectorsRequest, WordVectors } from '@capgrid/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { WordVectorsTable, type WordVectorsRow } from '../database/dataset-tables.js';
import { ProblemError } from '../problems/problem-error.js';
import { StoreReader } from './store-reader.js';

@Injectable()
export class VectorsService {
  private readonly logger = new Logger(VectorsService.name);

  constructor(
    @InjectRepository(WordVectorsTable) private readonly vectors: Repository<WordVectorsRow>,
    private readonly store: StoreReader,
  ) {}

  async list(): Promise<WordVectors[]> {
    return (await this.vectors.find({ order: { name: 'ASC' } })).map(toWordVectors);
  }

  async register(request: RegisterVectorsRequest): Promise<WordVectors> {
    const { name, vectorsSha256, wordsSha256, words, width } = request;
    for (const sha256 of [vectorsSha256, wordsSha256]) {
      if (await this.store.has(sha256)) continue;
      throw new ProblemError(
        400,
        'vectors-file-missing',
        `The store has no file ${this.store.pathOf(sha256)}; add the vectors with "capgrid vectors add" and the CAPGRID_HOME of this API.`,
      );
    }
    const row = { name, vectors_sha256: vectorsSha256, words_sha256: wordsSha256, words, width };
    await this.vectors.upsert(row, ['name']);
    this.logger.log({ event: 'vectors.registered', name, vectorsSha256, wordsSha256 });
    return toWordVectors(await this.vectors.findOneByOrFail({ name }));
  }
}

function toWordVectors(row: WordVectorsRow): WordVectors {
  return {
    name: row.name,
    vectorsSha256: row.vectors_sha256,
    wordsSha256: row.words_sha256,
    words: row.words,
    width: row.width,
    createdAt: row.created_at.toISOString(),
  };
}
