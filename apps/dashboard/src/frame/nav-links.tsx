'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';

const LINKS = [
  { href: '/', label: 'Sweeps' },
  { href: '/launch', label: 'Launch' },
];

export function NavLinks() {
  const pathname = usePathname();
  return LINKS.map(({ href, label }) => (
    <Link key={href} href={href} aria-current={pathname === href ? 'page' : undefined}>
      {label}
    </Link>
  ));
}
