import { callApi, canonicalJson, routes, type SweepSpec } from '@capgrid/contracts';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { browserApi } from '../api-access/browser-api';

/** The preview of a spec; that of the spec before stays until the new one has come. */
export function usePreview(spec: SweepSpec) {
  return useQuery({
    queryKey: ['preview', canonicalJson(spec)],
    queryFn: ({ signal }) => callApi(browserApi(), routes.previewSweep, { body: { spec }, signal }),
    placeholderData: keepPreviousData,
  });
}
