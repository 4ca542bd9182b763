/** The package for browsers: bundled as a page would have it, and run without anything of Node. */
import { isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build, type Plugin } from 'vite';
import { expect, it } from 'vitest';
import { scoreCaptions } from '../score-captions.js';
import { loadMeteorLexicon } from './lexicon.js';
import { createMeteor } from './meteor.js';

const source = fileURLToPath(new URL('../', import.meta.url));
const ENTRY = 'virtual:page';

/** Notes every import of a Node module, which Vite would quietly replace by an empty one. */
function page(builtins: string[]): Plugin {
  return {
    name: 'page',
    enforce: 'pre',
    resolveId(id) {
      if (isBuiltin(id)) builtins.push(id);
      // Vite puts the folder in front of the entry.
      return id.endsWith(ENTRY) ? ENTRY : null;
    },
    load: (id) =>
      id === ENTRY
        ? `export * as metrics from '${source}index.ts';
           export { normalizeForMeteor } from '${source}meteor/normalize.ts';`
        : null,
  };
}

const ITEMS = [
  { imageId: 'dog.jpg', candidate: 'A dog runs.', references: ['Two dogs running'] },
  { imageId: 'bus.jpg', candidate: 'Red buses', references: ['A red bus, parked.', 'A coach'] },
];

it('needs nothing of Node and gives the same lexicon and scores', async () => {
  const builtins: string[] = [];
  const result = await build({
    configFile: false,
    logLevel: 'silent',
    plugins: [page(builtins)],
    build: {
      write: false,
      minify: false,
      lib: { entry: ENTRY, formats: ['iife'], name: 'capgrid' },
    },
  });
  expect(builtins).toEqual([]);

  const code = [result].flat().flatMap((part) => ('output' in part ? part.output : []));
  expect(code).toHaveLength(1);
  const globals = createContext({});
  runInContext(code[0]?.type === 'chunk' ? code[0].code : '', globals, { filename: 'page.js' });
  const answer: unknown = await runInContext(
    `capgrid.metrics.loadMeteorLexicon().then((lexicon) => JSON.stringify([
       capgrid.normalizeForMeteor("the well-dressed dogs do n't run"),
       lexicon.stem('skateboarders'),
       lexicon.synsets('couch').some((synset) => lexicon.synsets('sofas').includes(synset)),
       capgrid.metrics.scoreCaptions(${JSON.stringify(ITEMS)}, {
         meteor: capgrid.metrics.createMeteor({ lexicon }),
       }),
     ]))`,
    globals,
  );
  expect(JSON.parse(String(answer))).toEqual([
    "the well dressed dogs do n 't run",
    'skateboard',
    true,
    scoreCaptions(ITEMS, { meteor: createMeteor({ lexicon: await loadMeteorLexicon() }) }),
  ]);
}, 60_000);
