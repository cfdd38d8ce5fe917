import { deskEndpoints, deskPages } from './expectations/desk.ts';
import { cooperationEndpoints } from './expectations/endpoints-cooperation.ts';
import { dataEndpoints } from './expectations/endpoints-data.ts';
import { servicesEndpoints } from './expectations/endpoints-services.ts';
import { trustEndpoints } from './expectations/endpoints-trust.ts';
import type { Expectation } from './expectations/kinds.ts';
import { officePages } from './expectations/pages-office.ts';
import { peoplePages } from './expectations/pages-people.ts';
import { roundEndpoints, roundPages } from './expectations/rounds.ts';

export type { Expectation, Who } from './expectations/kinds.ts';

/** Every endpoint of every contract, by module and name. An endpoint that is not here fails the suite. */
export const endpoints: Record<string, Expectation> = {
  ...trustEndpoints,
  ...dataEndpoints,
  ...servicesEndpoints,
  ...cooperationEndpoints,
  ...roundEndpoints,
  ...deskEndpoints,
};

/** Every page and form target, by method and path. */
export const pages: Record<string, Expectation> = { ...peoplePages, ...officePages, ...roundPages, ...deskPages };
