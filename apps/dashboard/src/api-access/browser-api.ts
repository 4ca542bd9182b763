/** How client components ask the API: through the dashboard's own address, see forward-request.ts. */
import type { ApiClient } from '@capgrid/contracts';

export function browserApi(): ApiClient {
  return { baseUrl: window.location.origin };
}
