/** A task for which a captioner has been trained a little: its weights and images to caption. */
import type { CaptionerTask } from '../captioning/load-task.js';
import type { ModelName } from '../captioning/models.js';
import type { Sizes } from '../captioning/sizes.js';
import { newTaskFolder, removeTask } from '../captioning/task-file.js';
import { firstEngine } from '../run/first-engine.js';
import type { GroupContext } from '../run/group.js';

export interface PractisedTask extends CaptionerTask {
  readonly beginId: number;
  readonly endId: number;
  /** Ids that no caption contains. */
  readonly neverWritten: readonly number[];
}

/** In the argument of child.ts, beside the choice of an engine. */
export interface PracticeOptions extends CaptionerTask {
  readonly folder: string;
}

/**
 * Trains on the first engine that starts, before anything is timed. The folder is written for all
 * contenders; the caller removes it with `removeTask`.
 */
export async function practise(
  model: ModelName,
  sizes: Sizes,
  { contenders, note }: Pick<GroupContext, 'contenders' | 'note'>,
): Promise<string> {
  const folder = newTaskFolder();
  const options: PracticeOptions = { model, sizes, folder };
  try {
    const { child } = await firstEngine(contenders, 'practice', options, note);
    try {
      await child.ask('train');
    } finally {
      await child.end();
    }
    return folder;
  } catch (error) {
    removeTask(folder);
    throw error;
  }
}
