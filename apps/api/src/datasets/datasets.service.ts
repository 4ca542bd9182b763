/** Registers datasets whose manifest an importer has put into the store. */
import {
  DatasetManifest,
  toSpecIssue,
  type Dataset,
  type RegisterDatasetRequest,
  type Split,
} from '@capgrid/contracts';
import { Injectable, Logger } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import { DataSource, EntityManager, Repository } from 'typeorm';
import { DatasetTable, type DatasetRow } from '../database/dataset-tables.js';
import { ProblemError } from '../problems/problem-error.js';
import { StoreReader } from './store-reader.js';

@Injectable()
export class DatasetsService {
  private readonly logger = new Logger(DatasetsService.name);

  constructor(
    @InjectDataSource() private readonly database: DataSource,
    @InjectRepository(DatasetTable) private readonly datasets: Repository<DatasetRow>,
    private readonly store: StoreReader,
  ) {}

  async list(): Promise<Dataset[]> {
    return (await this.datasets.find({ order: { name: 'ASC' } })).map(toDataset);
  }

  /** A name changes what it stands for only on request; trainings of the old content keep theirs. */
  async register({ name, digest, replace }: RegisterDatasetRequest): Promise<Dataset> {
    const manifest = await this.readManifest(digest);
    const { images } = manifest;
    const countOf = (split: Split): number => images.filter((one) => one.split === split).length;
    await this.database.transaction(async (transaction) => {
      // Two importers may bring different content under one new name at once.
      await transaction.query('LOCK TABLE datasets IN SHARE ROW EXCLUSIVE MODE');
      if (!replace) await refuseOther(transaction, name, digest);
      await transaction.query(
        `INSERT INTO dataset_images (sha256) SELECT DISTINCT unnest($1::text[]) ORDER BY 1
         ON CONFLICT DO NOTHING`,
        [images.map((image) => image.sha256)],
      );
      await transaction.upsert(
        DatasetTable,
        {
          name,
          digest,
          source: manifest.source,
          train_images: countOf('train'),
          val_images: countOf('val'),
          test_images: countOf('test'),
          captions: images.reduce((sum, image) => sum + image.captions.length, 0),
          quarantined: manifest.quarantined.length,
          has_objects: images.every((one) => one.split !== 'train' || one.objects !== null),
        },
        ['name'],
      );
    });
    this.logger.log({ event: 'dataset.registered', name, digest, images: images.length });
    return toDataset(await this.datasets.findOneByOrFail({ name }));
  }

  private async readManifest(digest: string): Promise<DatasetManifest> {
    const bytes = await this.store.read(digest);
    if (bytes === null) {
      throw new ProblemError(
        400,
        'manifest-missing',
        `The store has no manifest ${this.store.pathOf(digest)}; import the dataset first, with the CAPGRID_HOME of this API.`,
      );
    }
    const parsed = DatasetManifest.safeParse(parseJson(bytes), { reportInput: true });
    if (parsed.success) return parsed.data;
    throw new ProblemError(
      400,
      'not-a-manifest',
      `${this.store.pathOf(digest)} is not a dataset manifest; import the dataset again.`,
      parsed.error.issues.slice(0, 20).map(toSpecIssue),
    );
  }
}

async function refuseOther(manager: EntityManager, name: string, digest: string): Promise<void> {
  const known = await manager.findOneBy(DatasetTable, { name });
  if (known === null || known.digest === digest) return;
  throw new ProblemError(
    409,
    'dataset-exists',
    `Dataset "${name}" exists with other content (${shorten(known.digest)}, not ${shorten(digest)}); choose another name, or replace it: --replace`,
  );
}

function shorten(digest: string): string {
  return digest.slice(0, 12);
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

function toDataset(row: DatasetRow): Dataset {
  return {
    name: row.name,
    digest: row.digest,
    source: row.source,
    images: { train: row.train_images, val: row.val_images, test: row.test_images },
    captions: row.captions,
    quarantined: row.quarantined,
    createdAt: row.created_at.toISOString(),
  };
}
