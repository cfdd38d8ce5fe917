/** Why a person or the provider ended an interaction without a grant; travels as `error_description`. */
export const refusalReasons = [
  'user_cancelled',
  'essential_claim_declined',
  'loa_unmet',
  'timeout',
  'number_mismatch',
  'not_matched',
  'suspended',
  'mandate_ended',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];
