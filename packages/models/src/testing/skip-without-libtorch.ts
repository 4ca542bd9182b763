/** Setup of the project `models-libtorch`: skips every test, with the reason, where no addon is built. */
import { beforeEach } from 'vitest';
import { missingAddon } from './test-engine.js';

const reason = await missingAddon();
if (reason !== null) beforeEach((context) => context.skip(reason));
