import type { Text } from '#kernel/languages';
import { kernelProblem, type Problem } from '#kernel/problem';

/** Clocks of apps may differ by so much, in seconds; a proof is remembered for twice as long. */
export const proofSecondsMax = 60;

const ofTokens = {
  'token-unknown': {
    en: 'it has ended (tokens are short), belongs to another node, or is of the other kind: one is for a person, another for the app itself. Get a new one.',
    ar: 'انتهت مدته القصيرة، أو يخص عقدة أخرى، أو هو من النوع الآخر: فرمز لصاحب الشأن ورمز للتطبيق نفسه. احصل على رمز جديد.',
  },
  'key-of-another': {
    en: 'it was given to another key than the one that signed the proof. Sign proofs with the key that the token was asked for with.',
    ar: 'أُعطي لمفتاح غير الذي وقّع الإثبات. وقّع الإثباتات بالمفتاح الذي طُلب به الرمز.',
  },
  'app-not-certified': {
    en: 'this state does not vouch for the app, or not any more. Ask at its desk (POST /federation/join) how the app stands.',
    ar: 'هذه الدولة لا تعتمد التطبيق، أو لم تعد تعتمده. اسأل مكتب التسجيل (POST /federation/join) عن حال التطبيق.',
  },
  'not-allowed-any-more': {
    en: 'the person has taken back what they allowed, or its time has ended. Ask them again.',
    ar: 'سحب صاحب الشأن السماح أو انتهت مدته. اطلبه منه من جديد.',
  },
} as const satisfies Record<string, Text>;

const ofProofs = {
  'proof-missing': {
    en: 'there is none, or it is longer than 4096 characters. Each call has one of its own (RFC 9449).',
    ar: 'لا يوجد إثبات، أو هو أطول من 4096 حرفًا. لكل نداء إثبات خاص به (RFC 9449).',
  },
  'proof-malformed': {
    en: 'it is no JWT of type dpop+jwt, signed with ES256, with jwk in its header and jti, htm, htu, iat and ath.',
    ar: 'ليس JWT من النوع dpop+jwt موقّعًا بـ ES256 وفي ترويسته jwk وفي متنه jti وhtm وhtu وiat وath.',
  },
  'proof-signature': {
    en: 'the key in its header did not sign it.',
    ar: 'المفتاح الذي في ترويسته لم يوقّعه.',
  },
  'proof-of-another-request': {
    en: 'htm or htu is not this method and this address without its query.',
    ar: 'قيمة htm أو htu ليست هذه الطريقة وهذا العنوان من دون الاستعلام.',
  },
  'proof-outdated': {
    en: `iat is more than ${proofSecondsMax} seconds from the clock of this node, which the header Date shows. Set the clock of the app; in a sandbox follow its time.`,
    ar: `قيمة iat تبعد أكثر من ${proofSecondsMax} ثانية عن ساعة هذه العقدة، وهي في الترويسة Date. اضبط ساعة التطبيق، واتبع وقت بيئة التجربة إن كنت فيها.`,
  },
  'proof-of-another-token': {
    en: 'ath is not the SHA-256 of the token that came with it.',
    ar: 'قيمة ath ليست بصمة SHA-256 للرمز المرسل معه.',
  },
  'proof-shown-before': {
    en: 'its jti was used before. Each proof counts once.',
    ar: 'استُعملت قيمة jti من قبل. يُحسب كل إثبات مرة واحدة.',
  },
} as const satisfies Record<string, Text>;

/** The token does not hold: the app needs another, or the person's word. */
export function refuseToken(reason: keyof typeof ofTokens): Problem {
  return kernelProblem('app-token-invalid', { reason, why: ofTokens[reason] });
}

/** The token may be good, and what proves that it is the app's own is not (RFC 9449 section 7.1, `invalid_dpop_proof`). */
export function refuseProof(reason: keyof typeof ofProofs): Problem {
  return kernelProblem('app-proof-invalid', { reason, why: ofProofs[reason] });
}
