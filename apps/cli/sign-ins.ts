import { addUp, outcomeNames } from '#modules/identity';
import type { CliConfig } from './config.ts';
import { asOperator } from './operator.ts';

const words = {
  none: { en: 'No sign-in in these days.', ar: 'لا دخول في هذه الأيام.' },
  provider: { en: 'at the eID of this state', ar: 'بهوية هذه الدولة' },
  'relying-party': { en: 'here, with the eID of any state', ar: 'هنا بهوية أي دولة' },
  days: { en: 'Sign-ins of the last days', ar: 'عمليات الدخول في آخر أيام' },
};

type Answer = { counts: Array<{ side: string; outcome: string; level: string; count: number }> };

/** How sign-ins ended, by side: never who. Exit code 2 when the node cannot be read from here. */
export async function showSignIns(
  config: CliConfig,
  { node, days, json }: { node?: string | undefined; days: string; json: boolean },
): Promise<number> {
  const { language } = config;
  return asOperator(config, node, async (access) => {
    const answer = (await access.send('GET', `/operator/sign-ins?days=${encodeURIComponent(days)}`)) as Answer;
    if (json) {
      console.log(JSON.stringify(answer, null, 2));
      return 0;
    }
    console.log(`${words.days[language]}: ${days}`);
    const sums = addUp(answer.counts);
    if (sums.length === 0) console.log(words.none[language]);
    for (const side of ['provider', 'relying-party'] as const) {
      const own = sums.filter((row) => row.side === side);
      if (own.length > 0) console.log(`\n${words[side][language]}`);
      for (const { outcome, level, count } of own)
        console.log(
          [String(count).padStart(7), outcome.padEnd(26), level.padEnd(12), outcomeNames[outcome]?.[language]]
            .filter(Boolean)
            .join('  ')
            .trimEnd(),
        );
    }
    return 0;
  });
}
