import { causeOfUnreachable } from '#kernel/http-client';
import type { Text } from '#kernel/languages';
import { reasonOf } from './findings.ts';

const distrusted: Text = {
  en: 'its TLS certificate is from nobody whom this machine trusts',
  ar: 'شهادة TLS لديه صادرة عمن لا يثق به هذا الجهاز',
};
const unnamed: Text = { en: 'its name cannot be looked up', ar: 'تعذّر إيجاد عنوان لاسمه' };
const wayless: Text = { en: 'no way leads there', ar: 'لا طريق إليه' };
const cut: Text = { en: 'the connection was cut', ar: 'انقطع الاتصال' };
const late: Text = { en: 'no answer in time', ar: 'لا جواب في الوقت المحدد' };
const noTls: Text = { en: 'it does not speak TLS as this machine does', ar: 'لا يتحدث TLS كما يتحدثه هذا الجهاز' };

/** What a code says, in plain words. */
const words: Record<string, Text> = {
  ECONNREFUSED: { en: 'nothing listens there', ar: 'لا شيء يستمع هناك' },
  ENOTFOUND: unnamed,
  EAI_AGAIN: unnamed,
  EHOSTUNREACH: wayless,
  ENETUNREACH: wayless,
  ECONNRESET: cut,
  EPIPE: cut,
  UND_ERR_SOCKET: cut,
  UND_ERR_CONNECT_TIMEOUT: late,
  'peer-timeout': late,
  ETIMEDOUT: late,
  CERT_HAS_EXPIRED: { en: 'its TLS certificate has expired', ar: 'انتهت صلاحية شهادة TLS لديه' },
  CERT_NOT_YET_VALID: { en: 'its TLS certificate is not valid yet', ar: 'لم تبدأ صلاحية شهادة TLS لديه بعد' },
  ERR_TLS_CERT_ALTNAME_INVALID: { en: 'its TLS certificate is for another name', ar: 'شهادة TLS لديه باسم آخر' },
  DEPTH_ZERO_SELF_SIGNED_CERT: distrusted,
  SELF_SIGNED_CERT_IN_CHAIN: distrusted,
  UNABLE_TO_GET_ISSUER_CERT: distrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: distrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: distrusted,
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  ENOSPC: { en: 'the disk is full', ar: 'القرص ممتلئ' },
  EACCES: { en: 'this account may not', ar: 'لا يحق لهذا الحساب' },
  EADDRNOTAVAIL: { en: 'that is no address of this machine', ar: 'هذا ليس عنوانًا لهذا الجهاز' },
  EROFS: { en: 'the disk takes no writes', ar: 'القرص لا يقبل الكتابة' },
  ENOENT: { en: 'the file is not there', ar: 'الملف غير موجود' },
  // Of time-stamping authorities (modules/ledger/stamps).
  untrusted: {
    en: 'its certificate leads to none of those that node.json names for it',
    ar: 'شهادتها لا تقود إلى أي شهادة مسمّاة لها في node.json',
  },
  'PKIStatus unreadable': { en: 'what it answers is no time-stamp reply', ar: 'ما تجيب به ليس رد ختم زمني' },
  'PKIStatus 2': { en: 'it refused the request', ar: 'رفضت الطلب' },
  malformed: { en: 'its token cannot be read', ar: 'تعذّرت قراءة ختمها' },
  'other-imprint': { en: 'its token is over something else', ar: 'ختمها على شيء آخر' },
  'other-nonce': { en: 'its token answers another request', ar: 'ختمها جواب عن طلب آخر' },
  'other-policy': {
    en: 'it stamps under another policy than node.json names',
    ar: 'تختم وفق سياسة غير المسمّاة في node.json',
  },
  'not-for-time-stamping': { en: 'its certificate is not for time-stamping', ar: 'شهادتها ليست لختم الوقت' },
  'time-implausible': { en: 'its time differs from that of this machine', ar: 'وقتها يخالف وقت هذا الجهاز' },
};

/** The same for a code that was kept as text; one that nobody put into words is told as it is. */
export function reasonInWords(code: string): string | Text {
  const said = words[code];
  return said ? { en: `${said.en}: ${code}`, ar: `${said.ar}: ${code}` } : code;
}

/** Why something failed, for a sentence to an operator: the innermost cause that is known, and its code to look it up by. */
export function whyOf(error: unknown): string | Text {
  return reasonInWords(causeOfUnreachable(error) ?? reasonOf(error));
}
