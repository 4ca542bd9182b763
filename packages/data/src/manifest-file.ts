/** The manifest of a dataset as a file of the store. Its hash is the dataset's digest. */
import { canonicalJson, DatasetManifest, type Sha256 } from '@capgrid/contracts';
import { DataError } from './data-error.js';
import { describeIssues } from './describe-issues.js';
import type { FileStore } from './file-store.js';

/** Equal manifests give equal digests, whatever the order of their keys. */
export async function writeManifest(store: FileStore, manifest: DatasetManifest): Promise<Sha256> {
  return store.put(new TextEncoder().encode(canonicalJson(parse(manifest, 'The manifest'))));
}

export async function readManifest(store: FileStore, digest: Sha256): Promise<DatasetManifest> {
  const text = (await store.read(digest)).toString('utf8');
  const name = `Object ${digest}`;
  try {
    return parse(JSON.parse(text), name);
  } catch (cause) {
    if (!(cause instanceof SyntaxError)) throw cause;
    const message = `${name} is not JSON (${cause.message}). Give the digest of a dataset.`;
    throw new DataError('manifest-invalid', message, { cause });
  }
}

function parse(value: unknown, name: string): DatasetManifest {
  const parsed = DatasetManifest.safeParse(value, { reportInput: true });
  if (parsed.success) return parsed.data;
  const issues = describeIssues(parsed.error.issues);
  throw new DataError('manifest-invalid', `${name} is not a dataset manifest: ${issues}`);
}
