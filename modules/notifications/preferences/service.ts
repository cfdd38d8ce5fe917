import type { Tx } from '#kernel/database';
import type { Language } from '#kernel/languages';
import { type Preferences, problem } from '../contract.ts';
import type { NotificationNeeds } from '../needs.ts';
import type { Topic } from '../templates/contract.ts';
import type { Way } from '../ways/contract.ts';
import { usualPreferences } from './rules.ts';
import * as store from './store.ts';

/** On which ways somebody is told of what. */
export function createPreferences({ database, rules }: NotificationNeeds) {
  const find = async (db: Tx, personId: string, language: Language = 'ar'): Promise<Preferences> =>
    (await store.findPreferences(db, personId)) ?? usualPreferences(language, rules);
  return {
    find,

    save: async (personId: string, preferences: Preferences): Promise<void> => {
      const { quietHours } = preferences;
      if (quietHours && quietHours.from === quietHours.until) throw problem('quiet-hours-invalid');
      await store.savePreferences(database.db, personId, preferences);
    },

    /** Notices are written in the language in which somebody gave their address, until they choose another. */
    settle: async (personId: string, language: Language): Promise<void> => {
      if (!(await store.findPreferences(database.db, personId)))
        await store.savePreferences(database.db, personId, usualPreferences(language, rules));
    },

    /** Turns one way on for every topic. */
    startWay: async (tx: Tx, personId: string, way: Way, language: Language): Promise<void> => {
      const found = await find(tx, personId, language);
      const topics = Object.fromEntries(
        Object.entries(found.topics).map(([topic, choice]) => [
          topic,
          { ...choice, ways: [...new Set([...choice.ways, way])] },
        ]),
      ) as Preferences['topics'];
      await store.savePreferences(tx, personId, { ...found, topics });
    },

    /** Stops one way for one topic. */
    stopWay: async (tx: Tx, personId: string, topic: Topic, way: Way): Promise<void> => {
      const found = await find(tx, personId);
      const choice = found.topics[topic];
      const topics = { ...found.topics, [topic]: { ...choice, ways: choice.ways.filter((one) => one !== way) } };
      await store.savePreferences(tx, personId, { ...found, topics });
    },
  };
}

export type OwnPreferences = ReturnType<typeof createPreferences>;
