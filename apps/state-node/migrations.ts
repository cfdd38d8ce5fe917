import type { ModuleMigrations } from '#kernel/database';
import { appsMigrations } from '#modules/apps';
import { casesMigrations } from '#modules/cases';
import { catalogueMigrations } from '#modules/catalogue';
import { consentMigrations } from '#modules/consent';
import { credentialsMigrations } from '#modules/credentials';
import { eventsMigrations } from '#modules/events';
import { exchangeMigrations } from '#modules/exchange';
import { federationMigrations } from '#modules/federation';
import { identityMigrations } from '#modules/identity';
import { insightsMigrations } from '#modules/insights';
import { ledgerMigrations } from '#modules/ledger';
import { mandatesMigrations } from '#modules/mandates';
import { matchingMigrations } from '#modules/matching';
import { notificationsMigrations } from '#modules/notifications';
import { offersMigrations } from '#modules/offers';
import { paymentsMigrations } from '#modules/payments';
import { publishingMigrations } from '#modules/publishing';
import { sharingMigrations } from '#modules/sharing';
import { signaturesMigrations } from '#modules/signatures';

export const allMigrations: ModuleMigrations[] = [
  ledgerMigrations,
  federationMigrations,
  identityMigrations,
  mandatesMigrations,
  matchingMigrations,
  signaturesMigrations,
  consentMigrations,
  exchangeMigrations,
  eventsMigrations,
  credentialsMigrations,
  catalogueMigrations,
  publishingMigrations,
  casesMigrations,
  insightsMigrations,
  paymentsMigrations,
  notificationsMigrations,
  sharingMigrations,
  offersMigrations,
  appsMigrations,
];
