/** How often the kernel has killed a process of this control group for want of memory. */
import { readFileSync } from 'node:fs';

/** Null where the kernel does not tell (no control groups v2, no Linux). */
export function readOomKills(path = '/sys/fs/cgroup/memory.events'): number | null {
  try {
    const count = /^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
    return count === undefined ? null : Number(count);
  } catch {
    return null;
  }
}
