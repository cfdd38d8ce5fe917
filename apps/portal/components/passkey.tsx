import type { ReactNode } from 'react';
import { useTable } from '../reader.tsx';
import { waysTexts } from '../texts/ways.ts';
import { Button } from './blocks.tsx';

/**
 * A form whose `answer` the device fills: the page's script fetches what to ask from `options`, has the device make a passkey
 * (`add`) or answer with one (`ask`), and then posts to `action`. Without a script it stays hidden and says why.
 */
export function PasskeyForm(props: {
  kind: 'add' | 'ask';
  options: string;
  action: string;
  button: string;
  look?: 'main' | 'ghost';
  children?: ReactNode;
}) {
  const { kind, options, action, button, look = 'main', children } = props;
  const t = useTable(waysTexts);
  return (
    <div>
      <form
        method="post"
        action={action}
        className="stack-s"
        hidden
        data-passkey={kind}
        data-passkey-options={options}
        data-text-working={t('working')}
        data-text-stopped={t('stopped')}
        data-text-known={t('known')}
        data-text-failed={t('failed')}
        data-text-unsupported={t('unsupported')}
      >
        <input type="hidden" name="answer" defaultValue="" />
        {children}
        <div className="acts">
          <Button look={look}>{button}</Button>
        </div>
        <p role="status" data-passkey-says="" />
      </form>
      <p className="muted" data-passkey-without="">
        {t('needsScript')}
      </p>
    </div>
  );
}
