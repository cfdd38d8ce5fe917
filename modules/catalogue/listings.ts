import type { Text } from '#kernel/languages';
import { findEvidenceType, findRequirement } from '#protocol/catalogue';
import type {
  Audience,
  Channel,
  Cost,
  LegalBasis,
  ListedRequirement,
  ServiceDescription,
  ServiceLevel,
} from './descriptions/contract.ts';
import { findFee } from './fees/rules.ts';
import type { Service } from './services.ts';

/** One state's way of giving a service. */
export type Offer = {
  state: string;
  authority: { id: string; names: Text };
  channels: Channel[];
  cost: Cost;
  serviceLevel: ServiceLevel;
};

/** What the catalogue says of a service, whether it is given on this platform or only described. */
export type Listing = {
  id: string;
  version: string;
  versionLabel: string;
  title: Text;
  summary: Text;
  outcome: Text;
  whoMayApply: Text;
  theme: string;
  lifeEvents: string[];
  audience: Audience[];
  ages?: { from?: number; to?: number };
  keywords: { ar: string[]; en: string[] };
  requirements: ListedRequirement[];
  outputs: Array<{ id: string; title: Text }>;
  legalBasis: LegalBasis[];
  offers: Offer[];
  /** In words, where published rules decide. */
  howDecided?: Text;
  /** Whether people apply for it here. */
  isDelivered: boolean;
};

export function listingOfService({ definition, version, fee }: Service): Listing {
  const { offeredBy, channels, cost, serviceLevel, requirements, outputs, version: versionLabel } = definition;
  const { id, title, summary, outcome, whoMayApply, theme, lifeEvents, audience, keywords, legalBasis } = definition;
  return {
    ...{ id, title, summary, outcome, whoMayApply, theme, lifeEvents, audience, keywords, legalBasis },
    version,
    versionLabel,
    // A folder that is being made may name what is not agreed; its check says so, and it is never published.
    requirements: requirements.map(({ id, evidence }) => ({
      id,
      names: findRequirement(id)?.names ?? { ar: id, en: id },
      evidence: findEvidenceType(evidence.type)?.names ?? { ar: evidence.type, en: evidence.type },
      evidenceType: evidence.type,
    })),
    outputs: outputs.map(({ id, title }) => ({ id, title })),
    offers: offeredBy.map(({ state, office, names }) => {
      const asked = findFee(fee, state);
      return {
        state,
        authority: { id: office, names },
        channels,
        cost: asked ? { amountMinor: asked.amountMinor, text: fee!.text } : cost,
        serviceLevel,
      };
    }),
    howDecided: definition.decision.howDecided,
    isDelivered: true,
  };
}

export function listingOfDescription(description: ServiceDescription, version: string): Listing {
  const { offeredBy, version: versionLabel } = description;
  return { ...description, version, versionLabel, offers: offeredBy, isDelivered: false };
}

/** How a state gives a service, if it does. */
export function findOffer(listing: Listing, state: string): Offer | undefined {
  return listing.offers.find((offer) => offer.state === state);
}

/** Given by all states that share it, under one agreed rule. */
export const isShared = ({ offers }: Listing): boolean => offers.length >= 3;
