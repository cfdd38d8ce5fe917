import type { Text } from '#kernel/languages';
import type { AddressWay, Way } from '#modules/notifications';
import { Button, Card } from '../components/blocks.tsx';
import { Code } from '../components/values.tsx';
import { useSay, useTable } from '../reader.tsx';
import { toldTexts } from '../texts/told.ts';

/** Who is told of what happens with one application, and where; for whoever reads the page. */
export type ToldShown = {
  who: 'you' | 'guardian' | 'signatory' | 'agent';
  /** Whom the reader acts for. */
  of?: Text;
  /** What the reader chose for all applications; of nobody else's choice anything is shown. */
  own: Array<{ way: Way; address?: string }>;
  /** What stands in the form and the reader has not confirmed. */
  ofForm: Array<{ way: AddressWay; address: string; stopped?: 'unwanted' | 'undeliverable' }>;
};

/** `caseId`: of a case that was sent, where it can be turned off; posts `wanted` = `yes` or `no`. */
export function Told({ told, caseId }: { told: ToldShown; caseId?: string }) {
  const say = useSay();
  const t = useTable(toldTexts);
  const isAgent = told.who === 'agent';
  const isOff = told.ofForm.some(({ stopped }) => stopped === 'unwanted');
  return (
    <Card title={t('title')}>
      <p>{t(told.who, { name: told.of ? say(told.of) : '' })}</p>
      {isAgent && told.ofForm.length > 0 ? <p>{t('agentForm')}</p> : null}
      {isAgent && told.ofForm.length === 0 ? null : (
        <ul>
          {isAgent ? null : <li>{t('mailbox')}</li>}
          {told.own.map(({ way, address }) => (
            <li key={way}>
              {t(way)}
              {address === undefined ? null : <At address={address} />}
            </li>
          ))}
          {told.ofForm.map(({ way, address, stopped }) => (
            <li key={`form-${way}`}>
              {t(way)}
              <At address={address} />
              {stopped === 'undeliverable' ? <p className="muted small">{t('undeliverable')}</p> : null}
              {stopped === 'unwanted' ? <p className="muted small">{t('stopped')}</p> : null}
              {stopped || isAgent ? null : <p className="muted small">{t('unconfirmed')}</p>}
            </li>
          ))}
        </ul>
      )}
      {isAgent || told.ofForm.length === 0 ? null : caseId === undefined ? (
        <p className="muted small">{t('later')}</p>
      ) : (
        <form method="post" action={`/cases/${caseId}/told`}>
          {isOff ? <p>{t('off')}</p> : null}
          <Button look="ghost" name="wanted" value={isOff ? 'yes' : 'no'}>
            {t(isOff ? 'turnOn' : 'turnOff')}
          </Button>
        </form>
      )}
      {isAgent ? null : (
        <p>
          <a href="/messages/settings">{t('settings')}</a>
        </p>
      )}
    </Card>
  );
}

function At({ address }: { address: string }) {
  return (
    <>
      {': '}
      <Code>{address}</Code>
    </>
  );
}
