import type { SpecIssue } from '@capgrid/contracts';
import s from './feedback.module.css';

/** Faults of a spec: where, the value that is there, and what is allowed. */
export function IssueList({ issues }: { issues: SpecIssue[] }) {
  return (
    <ul className={s.issues}>
      {issues.map((issue) => (
        <li key={`${issue.path} ${issue.message}`}>
          <code className={s.path}>{issue.path === '' ? 'whole document' : issue.path}</code>
          {issue.value !== null && (
            <>
              {' is '}
              <code>{issue.value}</code>
            </>
          )}
          <span className={s.issueMessage}>{issue.message}</span>
        </li>
      ))}
    </ul>
  );
}
