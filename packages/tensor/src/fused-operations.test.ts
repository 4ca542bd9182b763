/** The fused operations on the engines of this package, against plain loops. */
import { describeOps } from '@capgrid/ops/testing';
import { describe } from 'vitest';
import { chooseEngine } from './choose-engine.js';
import { startEngine } from './engine.js';

const isBuilt = (await chooseEngine()) === 'libtorch';

describe.skipIf(!isBuilt)('libtorch', () => describeOps(() => startEngine('libtorch')));
describe('wasm', () => describeOps(() => startEngine('wasm')));
