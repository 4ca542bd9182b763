import path from 'node:path';
import type { Metadata } from 'next';
import { connection } from 'next/server';
import { env } from '../../env';
import { PageHead } from '../../frame/page-head';
import { LaunchForm } from '../../launch/launch-form';
import { readSpecFiles } from '../../launch/read-spec-files';

export const metadata: Metadata = { title: 'Launch a sweep' };

type Props = { searchParams: Promise<{ spec?: string | string[] }> };

export default async function LaunchPage({ searchParams }: Props) {
  await connection();
  const { spec } = await searchParams;
  // Next must not take the folder for a part of the build.
  const folder = path.resolve(/* turbopackIgnore: true */ process.cwd(), env().CAPGRID_SWEEPS);
  const files = await readSpecFiles(folder);
  const first = files.find(({ fileName }) => fileName === spec) ?? files[0];
  return (
    <>
      <PageHead title="Launch a sweep" />
      <LaunchForm files={files} folder={folder} initialFile={first?.fileName ?? null} />
    </>
  );
}
