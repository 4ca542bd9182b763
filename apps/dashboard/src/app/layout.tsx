import '@fontsource-variable/inter/index.css';
import '@fontsource-variable/source-serif-4/index.css';
import './tokens.css';
import './globals.css';
import type { Metadata, Viewport } from 'next';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { QueryProvider } from '../api-access/query-provider';
import { readTheme, THEME_COOKIE } from '../frame/theme';
import { TopBar } from '../frame/top-bar';

export const metadata: Metadata = {
  title: { default: 'Capgrid', template: '%s · Capgrid' },
  description: 'Image-captioning ablation sweeps and their results tables.',
};

export const viewport: Viewport = { colorScheme: 'light dark' };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const theme = readTheme((await cookies()).get(THEME_COOKIE)?.value);
  return (
    <html lang="en" data-theme={theme}>
      <body>
        <a href="#main" className="skip">
          Skip to content
        </a>
        <TopBar theme={theme} />
        <main id="main" tabIndex={-1}>
          <QueryProvider>{children}</QueryProvider>
        </main>
      </body>
    </html>
  );
}
