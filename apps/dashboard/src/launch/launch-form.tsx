'use client';

/** Pick a spec or write one, see what it would do, launch it. */
import { parseSweep } from '@capgrid/contracts';
import { useMemo, useState } from 'react';
import { LaunchButton } from './launch-button';
import s from './launch.module.css';
import { PreviewPanel } from './preview-panel';
import type { SpecFile } from './read-spec-files';
import { SpecEditor } from './spec-editor';
import { SpecPicker } from './spec-picker';
import { useSettled } from './use-settled';

const PAUSE_MS = 300;

type LaunchFormProps = { files: SpecFile[]; folder: string; initialFile: string | null };

export function LaunchForm({ files, folder, initialFile }: LaunchFormProps) {
  const [picked, setPicked] = useState(initialFile);
  // Drafts by file name ('' for a spec of one's own): going to another spec and back loses nothing.
  const [drafts, setDrafts] = useState<Record<string, string>>({});
  const original = files.find(({ fileName }) => fileName === picked)?.text ?? '';
  const text = drafts[picked ?? ''] ?? original;
  const { settled, settleSoon, settleNow } = useSettled(text, PAUSE_MS);
  const parsed = useMemo(() => parseSweep(settled), [settled]);
  const isBlank = text.trim() === '';

  function pick(fileName: string | null): void {
    setPicked(fileName);
    const file = files.find((offered) => offered.fileName === fileName);
    settleNow(drafts[fileName ?? ''] ?? file?.text ?? '');
    const address = fileName === null ? '/launch' : `/launch?spec=${encodeURIComponent(fileName)}`;
    window.history.replaceState(null, '', address);
  }

  function write(value: string): void {
    setDrafts({ ...drafts, [picked ?? '']: value });
    settleSoon(value);
  }

  return (
    <div className={s.columns}>
      <div className={s.editing}>
        <SpecPicker files={files} folder={folder} picked={picked} onPick={pick} />
        <SpecEditor
          text={text}
          isEdited={text !== original}
          issues={isBlank || parsed.isValid || settled !== text ? [] : parsed.issues}
          onWrite={write}
          onReset={() => {
            setDrafts({ ...drafts, [picked ?? '']: original });
            settleNow(original);
          }}
          canReset={picked !== null}
        />
      </div>
      <section aria-labelledby="preview" className={s.preview}>
        <h2 id="preview">What it would do</h2>
        {parsed.isValid ? (
          <>
            <LaunchButton spec={parsed.spec} isReady={settled === text} />
            <PreviewPanel spec={parsed.spec} />
          </>
        ) : (
          <p className={s.soft}>
            {isBlank
              ? 'Write or paste a spec; the number of trials and trainings then appears here.'
              : 'Nothing yet: the spec has faults, listed below it.'}
          </p>
        )}
      </section>
    </div>
  );
}
