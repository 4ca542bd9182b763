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
import { PredictionsCache, type ReadPredictions } from './predictions-cache.js';

/**
 * Sizes of the files whose predictions are kept for the next page. One of 5,000 images has a few MB,
 * with attention maps up to some 25 MB more, with many alternatives more still.
 */
const CACHED_BYTES = 64 * 2 ** 20;

const Row = z.object({ predictions_sha256: Sha256.nullable() });

@Injectable()
export class PredictionsService {
  private readonly cache = new PredictionsCache(CACHED_BYTES, (sha256) => this.readFile(sha256));

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
      (await this.cache.read(row.predictions_sha256)).filter((one) => contains(one, query.search)),
      query.sort,
    );
    return {
      total: found.length,
      predictions: found.slice(query.offset, query.offset + query.limit),
    };
  }

  private async readFile(sha256: Sha256): Promise<ReadPredictions> {
    const bytes = await this.store.read(sha256);
    if (bytes === null) {
      throw new ProblemError(
        503,
        'predictions-missing',
        `The store has no predictions file ${this.store.pathOf(sha256)}; restore it or give the API the trainer's CAPGRID_HOME.`,
      );
    }
    const { predictions } = PredictionsFile.parse(JSON.parse(bytes.toString('utf8')));
    return { predictions, bytes: bytes.length };
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
