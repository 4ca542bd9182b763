/**
 * Imports a data set in Karpathy's form: a JSON file with splits and captions, and the images as
 * folders, tar files or single files. Every image is decoded once; what is broken or missing is set
 * aside with the reason. An interrupted import goes on where it ended.
 */
import { basename, join, resolve } from 'node:path';
import {
  hashJson,
  type DatasetImage,
  type DatasetManifest,
  type QuarantinedImage,
} from '@capgrid/contracts';
import { forEachConcurrently } from '../concurrency.js';
import { DataError } from '../data-error.js';
import type { FileStore } from '../file-store.js';
import { listSome } from '../list-some.js';
import { checkImage, MAX_IMAGE_BYTES } from './check-image.js';
import { openImageSources, type ImageFile } from './image-sources.js';
import { openImportJournal, type CheckedFile, type ImportJournal } from './import-journal.js';
import { readKarpathyPlan, type KarpathyPlan } from './karpathy-json.js';

export interface KarpathyImportOptions {
  jsonPath: string;
  /** Folders, tar files and single images. */
  imagePaths: readonly string[];
  onProgress?: (progress: ImportProgress) => void;
  signal?: AbortSignal;
}

export interface ImportProgress {
  /** Images checked so far, now or by an earlier import. */
  done: number;
  total: number;
  quarantined: number;
}

export interface KarpathyImport {
  /** Not yet stored: see `writeManifest`. */
  manifest: DatasetManifest;
  /** Images left out per split name that is not train, restval, val or test. */
  skippedSplits: Record<string, number>;
  /** Groups of files with the same bytes inside one split. Harmless, but they weigh double. */
  identicalImages: string[][];
  /** Names found more than once among the images; the first file was taken. */
  repeatedFiles: string[];
  /** Images that an earlier import had checked. */
  reused: number;
}

/** Images decoded at a time, which also bounds the memory: each is at most 64 MiB. */
const CHECKERS = 3;

/** Images that an error lists. */
const SHOWN_PLACES = 5;

export async function importKarpathy(
  store: FileStore,
  options: KarpathyImportOptions,
): Promise<KarpathyImport> {
  const plan = await readKarpathyPlan(options.jsonPath);
  const files = await openImageSources(options.imagePaths);
  const paths = options.imagePaths.map((path) => resolve(path));
  const key = hashJson({ json: plan.digest, paths });
  const journal = await openImportJournal(join(store.root, 'imports', `${key}.jsonl`));
  const run = new ImportRun(store, journal, plan, options);
  try {
    await forEachConcurrently(run.pending(files), CHECKERS, (pending) => run.check(pending));
  } finally {
    await journal.close();
  }
  return finish(plan, run, basename(options.jsonPath));
}

/** A file whose content is in memory and must be checked; null when it was too large to load. */
interface PendingFile {
  file: ImageFile;
  bytes: Buffer | null;
}

class ImportRun {
  readonly results = new Map<string, CheckedFile['result']>();
  readonly repeatedFiles = new Set<string>();
  reused = 0;
  private readonly wanted: ReadonlySet<string>;
  private readonly seen = new Set<string>();
  private quarantined = 0;

  constructor(
    private readonly store: FileStore,
    private readonly journal: ImportJournal,
    plan: KarpathyPlan,
    private readonly options: KarpathyImportOptions,
  ) {
    this.wanted = new Set(plan.images.map(({ fileName }) => fileName));
    this.quarantined = plan.quarantined.length;
  }

  /** The wanted files that no earlier import has checked, loaded one after the other. */
  async *pending(files: AsyncIterable<ImageFile>): AsyncGenerator<PendingFile, void> {
    for await (const file of files) {
      this.stopIfAborted();
      if (!this.wanted.has(file.fileName)) continue;
      if (this.seen.has(file.fileName)) {
        this.repeatedFiles.add(file.fileName);
        continue;
      }
      this.seen.add(file.fileName);
      const earlier = await this.findEarlier(file);
      if (earlier === null) {
        const isTooLarge = file.size > MAX_IMAGE_BYTES;
        yield { file, bytes: isTooLarge ? null : await file.load() };
      } else {
        this.reused += 1;
        this.record(file.fileName, earlier);
      }
    }
  }

  async check({ file, bytes }: PendingFile): Promise<void> {
    const { fileName, stamp, size } = file;
    const result = bytes === null ? tooLarge(size) : await this.checkBytes(bytes);
    // The image is stored before the journal says so: a kill in between only repeats the check.
    await this.journal.add({ fileName, stamp, result });
    this.record(fileName, result);
  }

  private async checkBytes(bytes: Buffer): Promise<CheckedFile['result']> {
    const check = await checkImage(bytes);
    return check.isSound ? { ...check, sha256: await this.store.put(bytes) } : check;
  }

  private async findEarlier({ fileName, stamp }: ImageFile): Promise<CheckedFile['result'] | null> {
    const earlier = this.journal.find(fileName, stamp);
    if (earlier === null || !earlier.isSound) return earlier;
    return (await this.store.has(earlier.sha256)) ? earlier : null;
  }

  private record(fileName: string, result: CheckedFile['result']): void {
    this.results.set(fileName, result);
    if (!result.isSound) this.quarantined += 1;
    const { size: done } = this.results;
    this.options.onProgress?.({ done, total: this.wanted.size, quarantined: this.quarantined });
  }

  private stopIfAborted(): void {
    if (this.options.signal?.aborted !== true) return;
    throw new DataError(
      'import-aborted',
      `Import stopped after ${this.results.size} of ${this.wanted.size} images. ` +
        'Run it again to go on from there.',
    );
  }
}

function tooLarge(size: number): CheckedFile['result'] {
  return { isSound: false, reason: `${size} bytes is more than ${MAX_IMAGE_BYTES}` };
}

function finish(plan: KarpathyPlan, run: ImportRun, jsonName: string): KarpathyImport {
  const images: DatasetImage[] = [];
  const quarantined: QuarantinedImage[] = [...plan.quarantined];
  for (const planned of plan.images) {
    const result = run.results.get(planned.fileName);
    if (result?.isSound === true) {
      const { sha256, width, height } = result;
      images.push({ ...planned, sha256, width, height, objects: null });
    } else {
      const reason = result?.reason ?? 'not found among the images';
      quarantined.push({ fileName: planned.fileName, reason });
    }
  }
  refuseEmpty(images, quarantined, jsonName);
  return {
    manifest: { version: 1, source: `karpathy ${jsonName}`, images, quarantined },
    skippedSplits: plan.skippedSplits,
    identicalImages: findIdentical(images),
    repeatedFiles: [...run.repeatedFiles].sort(),
    reused: run.reused,
  };
}

function refuseEmpty(
  images: readonly DatasetImage[],
  quarantined: readonly QuarantinedImage[],
  jsonName: string,
): void {
  const first = quarantined[0];
  if (images.length > 0) return;
  const example = first === undefined ? '' : `, e.g. ${first.fileName}: ${first.reason}`;
  throw new DataError(
    'no-usable-images',
    `${jsonName}: none of its images can be used${example}. Check which images were given.`,
  );
}

/** Groups of the same bytes; refuses a group that spans two splits, for that is a leak. */
function findIdentical(images: readonly DatasetImage[]): string[][] {
  const groups = new Map<string, DatasetImage[]>();
  for (const image of images) {
    groups.set(image.sha256, [...(groups.get(image.sha256) ?? []), image]);
  }
  const identical = [...groups.values()].filter((group) => group.length > 1);
  for (const group of identical) {
    const firsts = new Map(group.toReversed().map((image) => [image.split, image]));
    if (firsts.size === 1) continue;
    // One of each split comes first, so that the list shows the leak however long it is.
    const ordered = new Set([
      ...group.filter((image) => firsts.get(image.split) === image),
      ...group,
    ]);
    const places = listSome(
      Array.from(ordered, ({ fileName, split }) => `${fileName} (${split})`),
      SHOWN_PLACES,
    );
    throw new DataError(
      'image-in-two-splits',
      `The same picture is in two splits: ${places}. Remove all but one from the JSON file.`,
    );
  }
  return identical.map((group) => group.map(({ fileName }) => fileName));
}
