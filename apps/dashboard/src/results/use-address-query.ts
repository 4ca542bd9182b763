'use client';

/** The query of the address, changed in place: what shows needs no other page from the server. */
import { usePathname, useSearchParams } from 'next/navigation';
import { useEffect } from 'react';

export function useAddressQuery(): {
  query: URLSearchParams;
  replaceQuery: (query: string) => void;
} {
  const pathname = usePathname();
  const search = useSearchParams();
  const known = search.toString();
  // Next follows the address of the window by its own `replaceState`, which it puts in place a moment
  // after the page listens; what was pressed in that moment is told again. Only that: to tell it an
  // address ends the way to another page.
  useEffect(() => {
    const timer = setTimeout(() => {
      const { href, search: shown } = window.location;
      if (new URLSearchParams(shown).toString() !== known)
        window.history.replaceState(null, '', href);
    });
    return () => clearTimeout(timer);
  }, [known]);
  return {
    query: new URLSearchParams(search),
    replaceQuery: (query) => {
      window.history.replaceState(null, '', query === '' ? pathname : `${pathname}?${query}`);
    },
  };
}
