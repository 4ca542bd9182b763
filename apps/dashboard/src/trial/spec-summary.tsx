import type { Trial } from '@capgrid/contracts';
import { FactList } from './fact-list';
import s from './trial.module.css';

/** Everything that can change the scores, option by option. */
export function SpecSummary({ trial }: { trial: Trial }) {
  return (
    <section aria-labelledby="spec" className={s.section}>
      <h2 id="spec">Spec</h2>
      <details>
        <summary>All options of this trial</summary>
        <div className={s.halves}>
          <FactList facts={flatten(trial.spec.training)} />
          <FactList facts={flatten({ decode: trial.spec.decode })} />
        </div>
      </details>
    </section>
  );
}

function flatten(tree: object, prefix = ''): { label: string; value: string }[] {
  return Object.entries(tree).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? flatten(value, `${prefix}${key}.`)
      : [{ label: `${prefix}${key}`, value: showOption(value) }],
  );
}

function showOption(value: unknown): string {
  if (value === null) return 'none';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
