/** The groups of measurements. A new one is a file with a `Group` and a line here. */
import { batchGroup } from './batch/group.js';
import { decodeGroup } from './decode/group.js';
import { kernelGroup } from './kernel/group.js';
import { metricsGroup } from './metrics/group.js';
import type { Group } from './run/group.js';
import { selfCriticalGroup } from './self-critical/group.js';
import { trainGroup } from './train/group.js';

export const GROUPS: readonly Group[] = [
  trainGroup,
  decodeGroup,
  selfCriticalGroup,
  batchGroup,
  kernelGroup,
  metricsGroup,
];
