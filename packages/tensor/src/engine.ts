/** Starts one of the TensorFlow.js engines and says what it is. */
import { getBackend, ready, setBackend, version_core } from '@tensorflow/tfjs-core';
import { UnknownEngineError, EngineStartError } from './errors.js';
import { prepareWasm } from './wasm/prepare-wasm.js';

export const ENGINE_KINDS = ['wasm', 'cpu'] as const;
export type EngineKind = (typeof ENGINE_KINDS)[number];

/** What a result records about the machinery that computed it. */
export interface Engine {
  readonly name: EngineKind;
  /** Name of the backend in tfjs-core's registry; models check it against `tf.getBackend()`. */
  readonly backend: string;
  readonly version: string;
  readonly device: 'cpu';
  readonly threads: number;
}

/**
 * Makes `kind` the active backend of tfjs-core in this process. Calling it again is cheap and
 * returns an equal description.
 */
export async function startEngine(kind: EngineKind): Promise<Engine> {
  switch (kind) {
    case 'wasm':
      await prepareWasm();
      break;
    case 'cpu':
      await import('@tensorflow/tfjs-backend-cpu');
      break;
    default:
      throw new UnknownEngineError(kind, ENGINE_KINDS);
  }
  const isActive = await setBackend(kind);
  if (!isActive) throw new EngineStartError(kind);
  await ready();
  return {
    name: kind,
    backend: getBackend(),
    version: `tfjs-backend-${kind} ${version_core}`,
    device: 'cpu',
    threads: 1,
  };
}
