import type { ComponentProps } from 'react';
import s from './button.module.css';

export function Button({
  isPrimary = false,
  ...rest
}: ComponentProps<'button'> & { isPrimary?: boolean }) {
  return (
    <button type="button" className={isPrimary ? `${s.button} ${s.primary}` : s.button} {...rest} />
  );
}
