'use client';

import { Notice } from '../feedback/notice';
import { Button } from '../feedback/button';

export default function ErrorPage({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <Notice title="This page could not be shown">
      <p>
        A fault of the dashboard itself. The log of the server says more
        {error.digest === undefined ? '' : `, next to the number ${error.digest}`}.
      </p>
      <Button onClick={reset}>Try again</Button>
    </Notice>
  );
}
