import { expect, test } from 'vitest';
import { parseEnv } from './env';

test('without variables the API is the local one and the sweeps are those of the checkout', () => {
  expect(parseEnv({})).toEqual({
    API_URL: 'http://127.0.0.1:7420',
    CAPGRID_SWEEPS: '../../sweeps',
    DASHBOARD_ALLOWED_HOSTS: [],
  });
});

test('allowed hosts are separated by commas', () => {
  const { DASHBOARD_ALLOWED_HOSTS } = parseEnv({ DASHBOARD_ALLOWED_HOSTS: ' Gpu-7.lab, other ,' });
  expect(DASHBOARD_ALLOWED_HOSTS).toEqual(['gpu-7.lab', 'other']);
});

test('every wrong variable is named', () => {
  expect(() => parseEnv({ API_URL: 'localhost', CAPGRID_SWEEPS: '' })).toThrow(
    /API_URL[\s\S]*CAPGRID_SWEEPS|CAPGRID_SWEEPS[\s\S]*API_URL/,
  );
});
