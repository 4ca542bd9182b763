import { callApi, routes } from '@capgrid/contracts';
import type { Metadata } from 'next';
import Link from 'next/link';
import { answerOf, serverApi } from '../api-access/server-api';
import { FaultBox } from '../feedback/fault-box';
import { PageHead } from '../frame/page-head';
import { SweepList } from '../sweep/sweep-list';

export const metadata: Metadata = { title: 'Sweeps · Capgrid' };

type Props = { searchParams: Promise<{ cursor?: string | string[] }> };

export default async function SweepsPage({ searchParams }: Props) {
  const { cursor } = await searchParams;
  const query = typeof cursor === 'string' ? { cursor } : {};
  const answer = await answerOf(callApi(serverApi(), routes.listSweeps, { query }));
  return (
    <>
      <PageHead title="Sweeps">
        <Link href="/launch">Launch a sweep</Link>
      </PageHead>
      {answer.isOk ? (
        <SweepList initial={answer.data} query={query} />
      ) : (
        <FaultBox title="The sweeps could not be read" fault={answer.fault} />
      )}
    </>
  );
}
