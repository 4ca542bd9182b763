/** The captions of a trial, from the file that its evaluation left in the store. */
import {
  PredictionsFile,
  ScoreName,
  Sha256,
  type Prediction,
  type PredictionsPage,
  type PredictionsQuery,
} from '@capgrid/contracts';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { z } from 'zod';
import { StoreReader } from '../datasets/store-reader.js';
import { queryRow } from '../database/query-rows.js';
import { notFound, ProblemError } from '../problems/problem-error.js';

/** Parsed files kept for the next page; one of 5,000 images takes a few MB. */
const CACHED_FILES = 8;

const Row = z.object({ predictions_sha256: Sha256.nullable() });

@Injectable()
export class PredictionsService {
  /** Oldest first. A digest names its content for ever, so entries never go stale. */
  private readonly cache = new Map<Sha256, Promise<Prediction[]>>();

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly store: StoreReader,
  ) {}

  async page(trialId: string, query: PredictionsQuery): Promise<PredictionsPage> {
    const row = await queryRow(
      this.database,
      Row,
      `SELECT evaluations.predictions_sha256
       FROM trials JOIN evaluations ON evaluations.id = trials.evaluation_id WHERE trials.id = $1`,
      [trialId],
    );
    if (row === null) throw notFound('trial', trialId);
    if (row.predictions_sha256 === null) return { total: 0, predictions: [] };
    const found = sortPredictions(
      (await this.read(row.predictions_sha256)).filter((one) => contains(one, query.search)),
      query.sort,
    );
    return {
      total: found.length,
      predictions: found.slice(query.offset, query.offset + query.limit),
    };
  }

  private async read(sha256: Sha256): Promise<Prediction[]> {
    const cached = this.cache.get(sha256);
    if (cached !== undefined) return cached;
    const reading = this.parse(sha256);
    this.cache.set(sha256, reading);
    const [oldest] = this.cache.keys();
    if (this.cache.size > CACHED_FILES && oldest !== undefined) this.cache.delete(oldest);
    try {
      return await reading;
    } catch (error) {
      this.cache.delete(sha256);
      throw error;
    }
  }

  private async parse(sha256: Sha256): Promise<Prediction[]> {
    const bytes = await this.store.read(sha256);
    if (bytes === null) {
      throw new ProblemError(
        503,
        'predictions-missing',
        `The store has no predictions file ${this.store.pathOf(sha256)}; restore it or give the API the trainer's CAPGRID_HOME.`,
      );
    }
    return PredictionsFile.parse(JSON.parse(bytes.toString('utf8'))).predictions;
  }
}

function contains(prediction: Prediction, search: string): boolean {
  const wanted = search.toLowerCase();
  const texts = [prediction.caption, ...prediction.references, prediction.fileName];
  return wanted === '' || texts.some((text) => text.toLowerCase().includes(wanted));
}

function sortPredictions(
  predictions: readonly Prediction[],
  sort: PredictionsQuery['sort'],
): Prediction[] {
  if (sort === 'image') return [...predictions];
  const isDescending = sort.startsWith('-');
  const score = ScoreName.parse(sort.replace('-', ''));
  const last = isDescending ? -Infinity : Infinity;
  const valueOf = (one: Prediction): number => one.scores[score] ?? last;
  return predictions.toSorted((a, b) => {
    const [one, other] = [valueOf(a), valueOf(b)];
    if (one === other) return 0;
    return one < other === isDescending ? 1 : -1;
  });
}
