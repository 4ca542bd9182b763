import { expect, test } from 'vitest';
import { readEnv } from './env.js';

test('an empty variable means the default', () => {
  const read = readEnv({ CAPGRID_API_PORT: '', CAPGRID_ENGINE: '' });

  expect(read).toMatchObject({ env: { apiPort: 7420, dashboardPort: 7421, engine: null } });
});

test.each([
  { CAPGRID_API_PORT: '8080', CAPGRID_DASHBOARD_PORT: '8080' },
  { CAPGRID_API_PORT: '7421' },
  { CAPGRID_DASHBOARD_PORT: '7420' },
])('one port for both servers is refused: %o', (variables) => {
  expect(readEnv(variables)).toEqual({
    problems: [
      'CAPGRID_DASHBOARD_PORT is wrong: it is the same port as CAPGRID_API_PORT; give each a port of its own',
    ],
  });
});
