/** Registers encoder plans whose files are in the store. */
import type { Encoder, RegisterEncoderRequest } from '@capgrid/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { EncoderTable, type EncoderRow } from '../database/dataset-tables.js';
import { ProblemError } from '../problems/problem-error.js';
import { StoreReader } from './store-reader.js';

@Injectable()
export class EncodersService {
  private readonly logger = new Logger(EncodersService.name);

  constructor(
    @InjectRepository(EncoderTable) private readonly encoders: Repository<EncoderRow>,
    private readonly store: StoreReader,
  ) {}

  async list(): Promise<Encoder[]> {
    return (await this.encoders.find({ order: { name: 'ASC' } })).map(toEncoder);
  }

  async register({ name, planSha256, weightsSha256 }: RegisterEncoderRequest): Promise<Encoder> {
    for (const sha256 of [planSha256, weightsSha256]) {
      if (await this.store.has(sha256)) continue;
      throw new ProblemError(
        400,
        'encoder-file-missing',
        `The store has no file ${this.store.pathOf(sha256)}; add the encoder with "capgrid encoder add" and the CAPGRID_HOME of this API.`,
      );
    }
    await this.encoders.upsert({ name, plan_sha256: planSha256, weights_sha256: weightsSha256 }, [
      'name',
    ]);
    this.logger.log({ event: 'encoder.registered', name, planSha256, weightsSha256 });
    return toEncoder(await this.encoders.findOneByOrFail({ name }));
  }
}

function toEncoder(row: EncoderRow): Encoder {
  return {
    name: row.name,
    planSha256: row.plan_sha256,
    weightsSha256: row.weights_sha256,
    createdAt: row.created_at.toISOString(),
  };
}
