import type { Settings } from '#modules/notifications';
import { useTable } from '../reader.tsx';
import { messageTexts } from '../texts/messages.ts';
import { Button, Card } from './blocks.tsx';
import { TimeOf } from './values.tsx';

/**
 * Browsers that show notices. Turning this one on posts `subscription` to `/messages/devices`, which only a script can fill (islands/push.ts);
 * taking one away posts nothing to `…/:deviceId/remove` and needs none.
 */
export function DevicesCard({ push }: { push: NonNullable<Settings['push']> }) {
  const t = useTable(messageTexts);
  return (
    <Card title={t('way.push')} as="div">
      {push.devices.length > 0 ? (
        <ul className="plain stack-s">
          {push.devices.map(({ deviceId, name, addedAt }) => (
            <li key={deviceId}>
              <form method="post" action={`/messages/devices/${deviceId}/remove`} className="acts">
                <span className="grow">
                  <b>
                    <bdi>{name || t('push.unnamed')}</bdi>
                  </b>{' '}
                  <span className="muted">
                    {t('push.since')} <TimeOf at={addedAt} dayOnly />
                  </span>
                </span>
                <Button look="quiet">
                  {t('push.takeAway')}
                  <span className="hide">{`: ${name || t('push.unnamed')}`}</span>
                </Button>
              </form>
            </li>
          ))}
        </ul>
      ) : (
        <p className="muted">{t('push.none')}</p>
      )}
      <p className="muted">{t('push.shared')}</p>
      <div>
        <form
          method="post"
          action="/messages/devices"
          className="stack-s"
          hidden
          data-push={push.publicKey}
          data-text-working={t('push.working')}
          data-text-denied={t('push.denied')}
          data-text-failed={t('push.failed')}
          data-text-unsupported={t('push.unsupported')}
        >
          <input type="hidden" name="subscription" defaultValue="" />
          <div className="acts">
            <Button look="ghost">{t('push.turnOn')}</Button>
          </div>
          <p role="status" data-push-says="" />
        </form>
        <p className="muted" data-push-without="">
          {t('push.needsScript')}
        </p>
      </div>
    </Card>
  );
}
