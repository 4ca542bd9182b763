/** `capgrid vectors …` */
import type { Command } from 'commander';
import type { Context } from '../context.js';
import { addVectorsAdd } from './vectors-add.js';
import { addVectorsList } from './vectors-list.js';

export function addVectors(program: Command, context: Context): void {
  const vectors = program.command('vectors').description('register and list word vectors');
  addVectorsAdd(vectors, context);
  addVectorsList(vectors, context);
}
