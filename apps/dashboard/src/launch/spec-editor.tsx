import type { SpecIssue } from '@capgrid/contracts';
import { Button } from '../feedback/button';
import { IssueList } from '../feedback/issue-list';
import { countOf } from '../numbers/format-number';
import s from './launch.module.css';
import { useHydrated } from './use-hydrated';

type SpecEditorProps = {
  text: string;
  isEdited: boolean;
  canReset: boolean;
  issues: SpecIssue[];
  onWrite: (text: string) => void;
  onReset: () => void;
};

export function SpecEditor(props: SpecEditorProps) {
  const isHydrated = useHydrated();
  const isFaulty = props.issues.length > 0;
  return (
    <div>
      <div className={s.editorHead}>
        <label htmlFor="spec-text">YAML or JSON</label>
        {props.canReset && props.isEdited && (
          <Button onClick={props.onReset}>Undo all edits</Button>
        )}
      </div>
      <textarea
        id="spec-text"
        className={s.editor}
        value={props.text}
        onChange={(event) => props.onWrite(event.target.value)}
        readOnly={!isHydrated}
        spellCheck={false}
        autoCapitalize="off"
        autoComplete="off"
        wrap="off"
        aria-invalid={isFaulty}
        aria-describedby="spec-issues"
      />
      <div id="spec-issues" aria-live="polite">
        {isFaulty && (
          <div className={s.issues}>
            <p className={s.issuesTitle}>{countOf(props.issues.length, 'fault')} in the spec</p>
            <IssueList issues={props.issues} />
          </div>
        )}
      </div>
    </div>
  );
}
