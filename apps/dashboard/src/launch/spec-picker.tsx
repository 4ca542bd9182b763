import s from './launch.module.css';
import type { SpecFile } from './read-spec-files';

type SpecPickerProps = {
  files: SpecFile[];
  folder: string;
  picked: string | null;
  onPick: (fileName: string | null) => void;
};

export function SpecPicker({ files, folder, picked, onPick }: SpecPickerProps) {
  return (
    <fieldset className={s.picker}>
      <legend>Spec</legend>
      {files.length === 0 && (
        <p className={s.soft}>
          No spec lies in <code>{folder}</code>; paste one below.
        </p>
      )}
      {files.map(({ fileName }) => (
        <label key={fileName}>
          <input
            type="radio"
            name="spec"
            checked={picked === fileName}
            onChange={() => onPick(fileName)}
          />
          <span>{fileName}</span>
        </label>
      ))}
      <label>
        <input type="radio" name="spec" checked={picked === null} onChange={() => onPick(null)} />
        <span>write or paste</span>
      </label>
    </fieldset>
  );
}
