import { Card, Code, type FiredRule, Notice, Rules, TimeOf, useSay } from '#apps/portal';
import type { Text } from '#kernel/languages';
import { useDeskTexts } from '../texts/desk.ts';
import { useConsoleTexts } from '../texts/index.ts';

/** That the rules were applied again: on what, what they find now and did not before, what no more, and the runs before, the oldest first. */
export type AppliedAgain = {
  at: string;
  because: Text;
  added: Text[];
  gone: Text[];
  earlier: Array<{ at: string; rules: FiredRule[] }>;
};

export function AppliedRules({
  rules,
  version,
  again,
}: {
  rules: FiredRule[];
  version: string;
  again?: AppliedAgain | undefined;
}) {
  const t = useConsoleTexts();
  const desk = useDeskTexts();
  return (
    <Card title={t('review.rules')}>
      {again ? <WhatChanged again={again} /> : null}
      <Rules rules={rules} />
      <p className="muted">
        {t('review.rulesVersion')} <Code>{version}</Code>
      </p>
      {again?.earlier.map((run) => (
        <details key={run.at}>
          <summary>
            {desk('rules.earlier')} · <TimeOf at={run.at} />
          </summary>
          <Rules rules={run.rules} />
        </details>
      ))}
    </Card>
  );
}

function WhatChanged({ again: { at, because, added, gone } }: { again: AppliedAgain }) {
  const say = useSay();
  const desk = useDeskTexts();
  const list = (title: string, texts: Text[]) =>
    texts.length > 0 ? (
      <>
        <p>{title}</p>
        <ul>
          {texts.map((text) => (
            <li key={text.en}>{say(text)}</li>
          ))}
        </ul>
      </>
    ) : null;
  return (
    <Notice tone="info" title={desk('rules.again')}>
      <p>
        {say(because)} · <TimeOf at={at} />
      </p>
      {added.length + gone.length === 0 ? <p>{desk('rules.same')}</p> : null}
      {list(desk('rules.added'), added)}
      {list(desk('rules.gone'), gone)}
      <p className="muted">{desk('rules.officer')}</p>
    </Notice>
  );
}
