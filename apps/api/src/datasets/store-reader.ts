/** Reads files of the content-addressed store; only the trainers and importers write there. */
import { constants } from 'node:fs';
import { access, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { STORE_FOLDER, storePath, type Sha256 } from '@capgrid/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { ENV, type Env } from '../env.js';

@Injectable()
export class StoreReader {
  private readonly root: string;

  constructor(@Inject(ENV) env: Env) {
    this.root = join(env.home, STORE_FOLDER);
  }

  pathOf(sha256: Sha256): string {
    return join(this.root, storePath(sha256));
  }

  /** Null where the store has no such file. */
  async read(sha256: Sha256): Promise<Buffer | null> {
    try {
      return await readFile(this.pathOf(sha256));
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  }

  /** Throws where that cannot be told, e.g. for a disk that fails or without permission. */
  async has(sha256: Sha256): Promise<boolean> {
    try {
      await access(this.pathOf(sha256), constants.R_OK);
      return true;
    } catch (error) {
      if (isMissing(error)) return false;
      throw error;
    }
  }

  /** Throws where files cannot be written. */
  async check(): Promise<void> {
    await mkdir(this.root, { recursive: true });
    await access(this.root, constants.R_OK | constants.W_OK);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
