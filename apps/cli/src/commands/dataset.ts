/** `capgrid dataset …` */
import type { Command } from 'commander';
import type { Context } from '../context.js';
import { addImportKarpathy } from './dataset-import-karpathy.js';
import { addImportScenes } from './dataset-import-scenes.js';
import { addDatasetList } from './dataset-list.js';

export function addDataset(program: Command, context: Context): void {
  const dataset = program.command('dataset').description('import and list datasets');
  const importing = dataset.command('import').description('import a dataset');
  addImportKarpathy(importing, context);
  addImportScenes(importing, context);
  addDatasetList(dataset, context);
}
