import type { Text } from '#kernel/languages';

/** What a person is told. `title` is the answer, `sentence` says what it means and what to do. */
export type Words = { title: Text; sentence: Text };

const genuine: Words = {
  title: { ar: 'صحيحة وسارية', en: 'Genuine and in force' },
  sentence: {
    ar: 'تحققنا من التوقيع ومن الجهة المُصدرة ومن الحالة: كل شيء سليم.',
    en: 'We checked the signature, the issuer and the status: everything is in order.',
  },
};

export const words: Record<string, Words> = {
  ok: genuine,
  'ok-seal-only': {
    title: { ar: 'الختم صحيح', en: 'The seal is genuine' },
    sentence: {
      ar: 'ختمت الجهة هذا الملف كما هو ولم يتغير فيه شيء. لا توجد داخله شهادة رقمية يمكن معرفة حالتها اليوم.',
      en: 'The office sealed this very file and nothing in it was changed. It holds no credential whose status today could be checked.',
    },
  },
  unreadable: {
    title: { ar: 'لا نعرف هذا الملف', en: 'We do not know this file' },
    sentence: {
      ar: 'يمكن التحقق من ملفات PDF المختومة ومن الشهادات الرقمية فقط. ارفع الملف الأصلي كما استلمته.',
      en: 'Only sealed PDF files and credentials can be checked. Upload the original file as you received it.',
    },
  },
  'no-seal': {
    title: { ar: 'لا يوجد ختم', en: 'There is no seal' },
    sentence: {
      ar: 'لا يحمل هذا الملف ختمًا إلكترونيًا، فلا يمكن معرفة من أصدره. المطبوع أو الممسوح ضوئيًا يفقد الختم: اطلب الملف الأصلي.',
      en: 'This file carries no electronic seal, so nobody can say who issued it. Printing or scanning loses the seal: ask for the original file.',
    },
  },
  altered: {
    title: { ar: 'الملف معدّل', en: 'The file was changed' },
    sentence: {
      ar: 'تغيّر محتوى هذا الملف بعد ختمه. لا تعتمد عليه، واطلب الأصل من الجهة التي أصدرته.',
      en: 'The content of this file was changed after it was sealed. Do not rely on it; ask the office that issued it for the original.',
    },
  },
  'appended-after-seal': {
    title: { ar: 'أُضيف شيء بعد الختم', en: 'Something was added after the seal' },
    sentence: {
      ar: 'الختم الأصلي صحيح، لكن أُضيف محتوى إلى الملف بعده. لا تعتمد عليه، واطلب الأصل.',
      en: 'The original seal is good, but content was added to the file after it. Do not rely on it; ask for the original.',
    },
  },
  'seal-invalid': {
    title: { ar: 'الختم غير صالح', en: 'The seal is not valid' },
    sentence: {
      ar: 'في الملف ما يشبه الختم لكنه لا يصح. لا تعتمد عليه.',
      en: 'There is something like a seal in the file, but it does not hold. Do not rely on it.',
    },
  },
  untrusted: {
    title: { ar: 'الختم من جهة غير معتمدة', en: 'The seal is not from a trusted office' },
    sentence: {
      ar: 'لا تعترف أي دولة في الاتحاد بهذا الختم، أو انتهت صلاحيته. لا تعتمد عليه.',
      en: 'No state of the federation vouches for this seal, or it is out of date. Do not rely on it.',
    },
  },
  'carriers-disagree': {
    title: { ar: 'الختم والشهادة من جهتين مختلفتين', en: 'Seal and credential do not belong together' },
    sentence: {
      ar: 'ختم الملف من دولة والشهادة الرقمية داخله من دولة أخرى. لا تعتمد عليه.',
      en: 'The file was sealed in one state and the credential in it was issued by another. Do not rely on it.',
    },
  },
  malformed: {
    title: { ar: 'ليست شهادة رقمية', en: 'Not a credential' },
    sentence: {
      ar: 'النص لا يتبع صيغة الشهادات الرقمية. انسخه كاملًا من المحفظة وأعد المحاولة.',
      en: 'The text does not have the form of a credential. Copy all of it from the wallet and try again.',
    },
  },
  'issuer-untrusted': {
    title: { ar: 'المُصدر غير معتمد', en: 'The issuer is not trusted' },
    sentence: {
      ar: 'الجهة التي تقول الشهادة إنها أصدرتها ليست ضمن الاتحاد. لا تعتمد عليها.',
      en: 'The office that the credential names as its issuer is not part of the federation. Do not rely on it.',
    },
  },
  'issuer-unreachable': {
    title: { ar: 'تعذّر التحقق الآن', en: 'Cannot be checked right now' },
    sentence: {
      ar: 'لم نتمكن من الوصول إلى دولة الجهة المُصدرة. أعد المحاولة بعد دقائق.',
      en: 'The state of the issuer could not be reached. Try again in a few minutes.',
    },
  },
  'signature-invalid': {
    title: { ar: 'التوقيع غير صحيح', en: 'The signature is wrong' },
    sentence: {
      ar: 'لم توقّع الجهة المُصدرة هذا المحتوى. لا تعتمد عليه.',
      en: 'The issuer did not sign this content. Do not rely on it.',
    },
  },
  'disclosure-tampered': {
    title: { ar: 'بيانات معدّلة', en: 'The data was changed' },
    sentence: {
      ar: 'القيم المعروضة لا تطابق ما وقّعته الجهة المُصدرة. لا تعتمد عليها.',
      en: 'The values shown are not those that the issuer signed. Do not rely on them.',
    },
  },
  'not-yet-valid': {
    title: { ar: 'لم تسرِ بعد', en: 'Not in force yet' },
    sentence: { ar: 'تبدأ صلاحية هذه الشهادة لاحقًا.', en: 'This credential comes into force later.' },
  },
  expired: {
    title: { ar: 'انتهت الصلاحية', en: 'Expired' },
    sentence: {
      ar: 'هذه الشهادة أصلية لكن مدتها انتهت. اطلب شهادة جديدة.',
      en: 'This credential is genuine but its time is over. Ask for a new one.',
    },
  },
  'holder-binding-invalid': {
    title: { ar: 'مقدّمها ليس صاحبها', en: 'Not shown by its holder' },
    sentence: {
      ar: 'لم يثبت من قدّم هذه الشهادة أنه صاحبها، أو قُدّمت لجهة أخرى. اطلب تقديمها من جديد.',
      en: 'Whoever showed this credential did not prove to be its holder, or showed it to somebody else. Ask for it to be shown again.',
    },
  },
  'status-unavailable': {
    title: { ar: 'تعذّرت معرفة الحالة', en: 'The status cannot be known right now' },
    sentence: {
      ar: 'التوقيع صحيح، لكن لم نتمكن من معرفة هل أُلغيت. أعد المحاولة بعد دقائق.',
      en: 'The signature is good, but we could not find out whether it was revoked. Try again in a few minutes.',
    },
  },
  revoked: {
    title: { ar: 'ملغاة', en: 'Revoked' },
    sentence: {
      ar: 'أصدرتها الجهة فعلًا ثم ألغتها. لم تعد صالحة.',
      en: 'The office did issue this and has revoked it since. It is no longer valid.',
    },
  },
  superseded: {
    title: { ar: 'حلّت محلها وثيقة أحدث', en: 'Superseded by a newer one' },
    sentence: {
      ar: 'أصدرتها الجهة فعلًا، ثم أصدرت قرارًا آخر حلّ محلها. اطلب الوثيقة الأحدث من صاحبها.',
      en: 'The office did issue this, and has made another decision in its place since. Ask the holder for the newer one.',
    },
  },
};

export function wordsOf(code: string): Words {
  const found = words[code];
  if (!found) throw new Error(`no words for '${code}'`);
  return found;
}
