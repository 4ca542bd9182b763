/** Registers encoders whose files are in the store: layer plans, and features of other programs. */
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

  async register(request: RegisterEncoderRequest): Promise<Encoder> {
    const { name, kind } = request;
    const columns = toColumns(request);
    for (const sha256 of Object.values(columns)) {
      if (sha256 === null || (await this.store.has(sha256))) continue;
      throw new ProblemError(
        400,
        'encoder-file-missing',
        `The store has no file ${this.store.pathOf(sha256)}; add the encoder with "capgrid encoder add" and the CAPGRID_HOME of this API.`,
      );
    }
    await this.encoders.upsert({ name, ...columns }, ['name']);
    this.logger.log({ event: 'encoder.registered', name, kind });
    return toEncoder(await this.encoders.findOneByOrFail({ name }));
  }
}

type FileColumns = Pick<EncoderRow, 'plan_sha256' | 'weights_sha256' | 'precomputed_sha256'>;

function toColumns(request: RegisterEncoderRequest): FileColumns {
  return request.kind === 'plan'
    ? {
        plan_sha256: request.planSha256,
        weights_sha256: request.weightsSha256,
        precomputed_sha256: null,
      }
    : { plan_sha256: null, weights_sha256: null, precomputed_sha256: request.precomputedSha256 };
}

function toEncoder(row: EncoderRow): Encoder {
  const { name, plan_sha256: planSha256, weights_sha256: weightsSha256 } = row;
  const createdAt = row.created_at.toISOString();
  if (planSha256 !== null && weightsSha256 !== null) {
    return { kind: 'plan', name, planSha256, weightsSha256, createdAt };
  }
  if (row.precomputed_sha256 !== null) {
    return { kind: 'features', name, precomputedSha256: row.precomputed_sha256, createdAt };
  }
  throw new Error(`encoder ${name} has no files, which the table does not allow`);
}
