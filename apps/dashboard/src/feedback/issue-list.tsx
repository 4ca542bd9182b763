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
          <IssueMessage message={issue.message} />
        </li>
      ))}
    </ul>
  );
}

/** A fault of YAML goes on with an excerpt whose second line points at the place above it. */
function IssueMessage({ message }: { message: string }) {
  const [sentence, ...excerpt] = message.trimEnd().split('\n');
  const lines = excerpt.join('\n').replace(/^\n+/, '');
  return (
    <>
      <span className={s.issueMessage}>{sentence}</span>
      {lines !== '' && <pre className={s.excerpt}>{lines}</pre>}
    </>
  );
}
