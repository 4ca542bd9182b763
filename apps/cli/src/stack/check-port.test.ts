import { once } from 'node:events';
import { createServer } from 'node:net';
import { findFreePort } from '@capgrid/postgres';
import { expect, test } from 'vitest';
import { checkPort } from './check-port.js';

test('a taken port is told in one sentence with the variable that changes it', async () => {
  const port = await findFreePort();
  const server = createServer();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');

  await expect(
    checkPort({ part: 'dashboard', port, variable: 'CAPGRID_DASHBOARD_PORT' }),
  ).rejects.toMatchObject({
    code: 'port-taken',
    exitCode: 2,
    message: `Port ${port}, wanted by the dashboard, is taken by another program: stop that, or set CAPGRID_DASHBOARD_PORT to another port.`,
  });
  server.close();
});

test('a free port passes and is free again afterwards', async () => {
  const port = await findFreePort();
  const wanted = { part: 'API', port, variable: 'CAPGRID_API_PORT' };

  await checkPort(wanted);
  await checkPort(wanted);
});
