import type { Text } from '#kernel/languages';
import { findEvidenceType, findPurpose, findRequirement } from '#protocol/catalogue';
import type { AskedEvidence, Delivery, ServiceDetails, ServiceSummary } from './contract.ts';
import type { Vocabulary } from './descriptions/contract.ts';
import { offOf } from './fees/exemptions.ts';
import { findFee } from './fees/rules.ts';
import type { Published } from './folders.ts';
import { findOffer, isShared, type Listing, listingOfService } from './listings.ts';
import type { Service } from './services.ts';

/** The same of a service that is not published: as it would be read if it were. */
export function describeDraft(service: Service, vocabulary: Vocabulary, state: string): ServiceDetails {
  return describe({ listing: listingOfService(service), service, files: service.files }, vocabulary, state);
}

export function summarise(listing: Listing, vocabulary: Vocabulary, state: string): ServiceSummary {
  const { id, version, title, summary, audience, ages, isDelivered } = listing;
  const offer = findOffer(listing, state)!;
  return {
    id,
    version,
    title,
    summary,
    state,
    givenIn: listing.offers.map((one) => one.state),
    office: offer.authority,
    theme: vocabulary.themes.find((theme) => theme.id === listing.theme)!,
    lifeEvents: vocabulary.lifeEvents
      .filter((event) => listing.lifeEvents.includes(event.id))
      .map((event) => ({ id: event.id, names: event.names })),
    audience,
    ...(ages ? { ages } : {}),
    costMinor: offer.cost.amountMinor,
    workingDays: offer.serviceLevel.workingDays,
    isShared: isShared(listing),
    isDelivered,
  };
}

/** What a state says of a service. */
export function describe({ listing, service }: Published, vocabulary: Vocabulary, state: string): ServiceDetails {
  const { channels, cost, serviceLevel } = findOffer(listing, state)!;
  const { versionLabel, outcome, whoMayApply, requirements, legalBasis, outputs } = listing;
  return {
    ...summarise(listing, vocabulary, state),
    versionLabel,
    outcome,
    whoMayApply,
    requirements,
    legalBasis,
    outputs,
    channels,
    cost,
    serviceLevel,
    ...(service ? { delivery: describeDelivery(service, state) } : {}),
  };
}

function describeDelivery(service: Service, state: string): Delivery {
  const { definition, form, texts } = service;
  const purpose = findPurpose(definition.purpose)!;
  return {
    beforeYouStart: texts.beforeYouStart,
    purpose: { id: purpose.id, names: purpose.names, explanation: purpose.explanation },
    asked: describeAsked(service),
    pages: form.definition.pages.map(({ id, title }) => ({ id, title })),
    retention: definition.retention,
    howDecided: definition.decision.howDecided,
    feeExemptions: exemptionsIn(service, state),
    hasEligibilityCheck: service.eligibility !== undefined,
  };
}

/** Exemptions that take off something of what a state asks for. */
function exemptionsIn({ fee }: Service, state: string): Text[] {
  const amount = findFee(fee, state);
  if (!amount) return [];
  return fee!.exemptions.filter((exemption) => offOf(exemption, amount) > 0).map(({ text }) => text);
}

/** What a service asks for, with the agreed names of every field. */
export function describeAsked(service: Service): AskedEvidence[] {
  return service.definition.requirements.map(({ id, why, evidence }) => {
    const type = findEvidenceType(evidence.type)!;
    return {
      requirementId: id,
      names: findRequirement(id)!.names,
      why,
      evidenceType: evidence.type,
      evidenceNames: type.names,
      providedBy: evidence.providedBy,
      isStanding: evidence.standing === true,
      fields: evidence.fields.map((field) => ({ ...field, names: type.fields[field.name]!.names })),
    };
  });
}
