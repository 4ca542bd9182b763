/** How server components ask the API. */
import { type ApiClient, ApiError } from '@capgrid/contracts';
import { env } from '../env';
import { type Fault, toFault } from './fault';

export type Answer<T> = { isOk: true; data: T } | { isOk: false; fault: Fault };

export function serverApi(): ApiClient {
  return {
    baseUrl: env().API_URL,
    fetch: (input, init) => fetch(input, { ...init, cache: 'no-store' }),
  };
}

/** Turns a refusal of the API into data, so that the page can explain it. Other errors pass. */
export async function answerOf<T>(asked: Promise<T>): Promise<Answer<T>> {
  try {
    return { isOk: true, data: await asked };
  } catch (error) {
    if (error instanceof ApiError) return { isOk: false, fault: toFault(error) };
    throw error;
  }
}
