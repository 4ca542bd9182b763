/**
 * Tells every API process that rows changed: Postgres LISTEN/NOTIFY. The notification carries no
 * data; who listens reads the rows again. A slow poll covers notifications lost with a connection.
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { Client } from 'pg';
import { distinctUntilChanged, interval, merge, Observable, of, Subject } from 'rxjs';
import type { Database } from '../database/query-rows.js';
import { ENV, type Env } from '../env.js';

const CHANNEL = 'capgrid_changes';
const THROTTLE_MS = 250;
const POLL_MS = 5_000;
const RECONNECT_MS = 1_000;

/** Part of the transaction that changes rows: heard once it has committed. */
export async function notifyChange(database: Database): Promise<void> {
  await database.query(`SELECT pg_notify('${CHANNEL}', '')`);
}

@Injectable()
export class ChangeFeed implements OnModuleInit, OnModuleDestroy {
  private readonly logger = new Logger(ChangeFeed.name);
  private readonly changes = new Subject<void>();
  private client: Client | null = null;
  private reconnect: NodeJS.Timeout | null = null;
  private isClosing = false;

  constructor(@Inject(ENV) private readonly env: Env) {}

  async onModuleInit(): Promise<void> {
    await this.listen();
  }

  async onModuleDestroy(): Promise<void> {
    this.isClosing = true;
    if (this.reconnect !== null) clearTimeout(this.reconnect);
    this.changes.complete();
    await this.client?.end();
  }

  /** What `read` gives, at once and after changes, at most four times a second; reads never overlap. */
  watch<T>(read: () => Promise<T>): Observable<T> {
    return new Observable((subscriber) => {
      let isDue = false;
      let isReading = false;
      const readWhileDue = async (): Promise<void> => {
        if (isReading) return;
        isReading = true;
        while (isDue && !subscriber.closed) {
          isDue = false;
          subscriber.next(await read());
          await delay(THROTTLE_MS);
        }
        isReading = false;
      };
      const triggers = merge(of(undefined), this.changes, interval(POLL_MS));
      return triggers.subscribe({
        next: () => {
          isDue = true;
          readWhileDue().catch((error: unknown) => subscriber.error(error));
        },
        complete: () => subscriber.complete(),
      });
    });
  }

  /** The same, without what equals the value before it. */
  watchChanges<T>(read: () => Promise<T>): Observable<T> {
    return this.watch(read).pipe(
      distinctUntilChanged((before, now) => JSON.stringify(before) === JSON.stringify(now)),
    );
  }

  private async listen(): Promise<void> {
    const client = new Client({
      connectionString: this.env.databaseUrl,
      application_name: 'capgrid-api-listen',
      keepAlive: true,
    });
    this.client = client;
    client.on('notification', () => this.changes.next());
    client.on('error', (error) => {
      this.logger.warn({ event: 'change-feed.lost', reason: error.message });
      this.listenLater();
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      this.changes.next();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.warn({ event: 'change-feed.unavailable', reason });
      this.listenLater();
    }
  }

  private listenLater(): void {
    if (this.isClosing || this.reconnect !== null) return;
    this.reconnect = setTimeout(() => {
      this.reconnect = null;
      void this.listen();
    }, RECONNECT_MS);
  }
}
