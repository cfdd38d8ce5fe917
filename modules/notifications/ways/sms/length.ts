/** 3GPP TS 23.038 section 6.2.1: the default alphabet, and its extension, of which each character takes two septets. */
const basic = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const extension = new Set('\f^{}\\[~]|€');

export type SmsLength = {
  alphabet: 'gsm-7' | 'ucs-2';
  /** Septets, or 16-bit units. */
  units: number;
  /** What is paid for: 160 or 70 units in one part, 153 or 67 in each of several (the rest is the header that joins them). */
  parts: number;
};

/** How long a text is as SMS. A character or surrogate pair is never cut in two between parts (3GPP TS 23.040). */
export function measureSms(text: string): SmsLength {
  const characters = [...text];
  const isGsm = characters.every((character) => basic.has(character) || extension.has(character));
  const sizeOf = (character: string) => (isGsm ? (extension.has(character) ? 2 : 1) : character.length);
  const units = characters.reduce((sum, character) => sum + sizeOf(character), 0);
  const alphabet = isGsm ? 'gsm-7' : 'ucs-2';
  if (units <= (isGsm ? 160 : 70)) return { alphabet, units, parts: 1 };
  const most = isGsm ? 153 : 67;
  let parts = 1;
  let used = 0;
  for (const character of characters) {
    const size = sizeOf(character);
    if (used + size > most) {
      parts += 1;
      used = 0;
    }
    used += size;
  }
  return { alphabet, units, parts };
}
