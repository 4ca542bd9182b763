import type { Fault } from '../api-access/fault';
import s from './feedback.module.css';
import { IssueList } from './issue-list';

/** A refusal of the API in full: what, why, where. */
export function FaultBox({ title, fault }: { title: string; fault: Fault }) {
  return (
    <div className={s.fault} role="alert">
      <p className={s.faultTitle}>{title}</p>
      <p>{fault.message}</p>
      {fault.issues.length > 0 && <IssueList issues={fault.issues} />}
      <p className={s.code}>
        {fault.code}
        {fault.status === null ? '' : ` · HTTP ${fault.status}`}
      </p>
    </div>
  );
}
