'use client';

import { useState } from 'react';
import { readTheme, type Theme, THEME_COOKIE, THEMES } from './theme';
import s from './top-bar.module.css';

const YEAR_SECONDS = 31_536_000;
const LABELS: Record<Theme, string> = { system: 'System', light: 'Light', dark: 'Dark' };

export function ThemeChoice({ initial }: { initial: Theme }) {
  const [theme, setTheme] = useState(initial);
  return (
    <label className={s.theme}>
      <span>Theme</span>
      <select
        value={theme}
        onChange={(event) => {
          const chosen = readTheme(event.target.value);
          setTheme(chosen);
          applyTheme(chosen);
        }}
      >
        {THEMES.map((name) => (
          <option key={name} value={name}>
            {LABELS[name]}
          </option>
        ))}
      </select>
    </label>
  );
}

function applyTheme(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${YEAR_SECONDS}; samesite=lax`;
}
