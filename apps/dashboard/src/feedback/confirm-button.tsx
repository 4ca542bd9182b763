'use client';

/** A button that asks before it acts, in the browser's own modal dialog. */
import { type ReactNode, useId, useRef } from 'react';
import { Button } from './button';
import s from './confirm-button.module.css';

type ConfirmButtonProps = {
  label: string;
  title: string;
  /** What will happen. */
  children: ReactNode;
  /** The words on the button that does it. */
  confirm: string;
  isBusy: boolean;
  onConfirm: () => void;
};

export function ConfirmButton(props: ConfirmButtonProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  return (
    <>
      <Button disabled={props.isBusy} onClick={() => dialog.current?.showModal()}>
        {props.label}
      </Button>
      <dialog ref={dialog} className={s.dialog} aria-labelledby={titleId}>
        <form method="dialog">
          <h2 id={titleId}>{props.title}</h2>
          <div className={s.text}>{props.children}</div>
          <div className={s.buttons}>
            <Button type="submit">Back</Button>
            <Button type="submit" isPrimary onClick={props.onConfirm}>
              {props.confirm}
            </Button>
          </div>
        </form>
      </dialog>
    </>
  );
}
