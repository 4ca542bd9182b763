/**
 * The theme is a cookie, so that the server already writes the right one into the page and nothing
 * flashes. `system` has no cookie value in the page: the colours then follow `prefers-color-scheme`.
 */
import { z } from 'zod';

export const THEMES = ['system', 'light', 'dark'] as const;
export const Theme = z.enum(THEMES);
export type Theme = z.infer<typeof Theme>;

export const THEME_COOKIE = 'capgrid-theme';

export function readTheme(cookie: string | undefined): Theme {
  const parsed = Theme.safeParse(cookie);
  return parsed.success ? parsed.data : 'system';
}
