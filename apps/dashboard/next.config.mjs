import path from 'node:path';

/** @type {import('next').NextConfig} */
const config = {
  poweredByHeader: false,
  reactStrictMode: true,
  // The lock file lies at the root of the checkout, two folders up.
  turbopack: { root: path.join(import.meta.dirname, '../..') },
  // Images come from the API as they were imported; nothing resizes them here.
  images: { unoptimized: true },
};

export default config;
