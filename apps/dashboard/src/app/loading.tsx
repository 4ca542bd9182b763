import { LoadingNote } from '../feedback/loading-note';

export default function Loading() {
  return <LoadingNote />;
}
