import Link from 'next/link';
import { Notice } from '../feedback/notice';

export default function NotFound() {
  return (
    <Notice title="There is nothing at this address">
      <p>
        The sweep or trial may have been made on another machine, or its database was emptied since.
        The link may also be cut short.
      </p>
      <p>
        <Link href="/">All sweeps</Link> · <Link href="/launch">Launch a sweep</Link>
      </p>
    </Notice>
  );
}
