/** `capgrid encoder add`: puts a layer plan and its weights into the store and registers them. */
import { join } from 'node:path';
import { callApi, routes, STORE_FOLDER } from '@capgrid/contracts';
import { openFileStore } from '@capgrid/data';
import type { Command } from 'commander';
import { connect } from '../connect.js';
import type { Context } from '../context.js';
import { checkPlanFile, checkWeightsFile } from '../encoder-files.js';
import { datasetName } from './parse-name.js';

interface Options {
  plan: string;
  weights: string;
  name: string;
}

export function addEncoderAdd(encoder: Command, context: Context): void {
  encoder
    .command('add')
    .description('register an encoder for use in sweeps as encoder.kind plan')
    .requiredOption('--plan <file>', 'layer plan (JSON)')
    .requiredOption('--weights <file>', 'weights (safetensors)')
    .requiredOption('--name <name>', 'name in sweeps (encoder.name)', datasetName)
    .addHelpText(
      'after',
      '\nExample:\n  ./capgrid encoder add --plan mobilenet.json --weights mobilenet.safetensors --name mobilenet',
    )
    .action(async ({ plan, weights, name }: Options) => {
      await checkPlanFile(plan);
      await checkWeightsFile(weights);
      const client = await connect(context);
      const store = await openFileStore(join(context.env.home, STORE_FOLDER));
      const planSha256 = await store.putFile(plan);
      const weightsSha256 = await store.putFile(weights);
      const body = { name, planSha256, weightsSha256 };
      const added = await callApi(client, routes.registerEncoder, { body });
      context.terminal.print(`${added.name}: plan ${planSha256}, weights ${weightsSha256}`);
    });
}
