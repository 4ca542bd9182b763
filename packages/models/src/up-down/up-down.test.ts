import { describeFamily } from '../testing/describe-family.js';

const upDown = (options: object) => ({ decoder: 'up-down', attentionHidden: 8, ...options });

describeFamily('Up-down', {
  cases: [
    { name: 'raw regions', model: upDown({}) },
    { name: 'without the mean region', model: upDown({ global: 'none', weightNorm: true }) },
    {
      name: 'projected regions, dropout, the mean among them',
      model: upDown({ projectsRegions: true, global: 'code', globalInMemory: true, dropout: 0.3 }),
    },
    { name: 'the raw mean among the regions', model: upDown({ globalInMemory: true }) },
  ],
  overfit: [{ name: 'raw regions', model: upDown({}), steps: 150, learningRate: 0.02 }],
});
