/** Is the API alive, and can it work? */
import type { Health } from '@capgrid/contracts';
import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { StoreReader } from '../datasets/store-reader.js';
import { TaskBell } from '../queue/task-bell.js';
import { VERSION } from '../version.js';
import { within } from '../within.js';

/** A part that does not answer in this time is unavailable. */
const PATIENCE_MS = 2_000;

@Injectable()
export class HealthService {
  constructor(
    @InjectDataSource() private readonly database: DataSource,
    private readonly bell: TaskBell,
    private readonly store: StoreReader,
  ) {}

  alive(): Health {
    return { status: 'ok', parts: {}, version: VERSION };
  }

  async ready(): Promise<Health> {
    const [postgres, queue, store] = await Promise.all([
      probe('postgres', this.database.query('SELECT 1')),
      probe('queue', this.bell.check()),
      probe('store', this.store.check()),
    ]);
    const parts = { postgres, queue, store };
    const isOk = Object.values(parts).every((part) => part === 'ok');
    return { status: isOk ? 'ok' : 'unavailable', parts, version: VERSION };
  }
}

/** `ok` or why not. */
async function probe(name: string, check: Promise<unknown>): Promise<string> {
  try {
    await within(PATIENCE_MS, name, check);
    return 'ok';
  } catch (error) {
    return error instanceof Error && error.message !== '' ? error.message : String(error);
  }
}
