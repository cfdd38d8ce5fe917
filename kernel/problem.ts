import type { Language, Text } from './languages.ts';

/** Who failed, as far as the answering side knows: the caller, this node, the other node, or a registry behind it. */
export type Origin = 'caller' | 'own-node' | 'other-node' | 'registry';

export type ProblemDefinition = {
  status: number;
  en: string;
  ar: string;
  origin?: Origin;
  /** `WWW-Authenticate` of an answer with status 401; may hold `{params}`. */
  challenge?: string;
};
/** What a text differs by in its languages comes in both. */
export type ProblemParams = Record<string, string | number | Text>;

/** RFC 9457 problem details. `messages` carries both languages, so that a portal can pass a refusal on to a person. */
export type ProblemJson = {
  type: string;
  title: string;
  status: number;
  code: string;
  messages: Text;
  origin: Origin;
  instance?: string;
  params?: ProblemParams;
};

/** A refusal that a person or a program can act on. Never carries personal data; a bug is not a Problem. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly params: ProblemParams;
  readonly messages: Text;
  readonly origin: Origin;
  readonly challenge?: string;
  /** Header fields that the answer has besides. */
  headers?: Record<string, string>;

  constructor(code: string, definition: ProblemDefinition, params: ProblemParams = {}) {
    super(`${code}: ${fill(definition.en, params)}`);
    this.name = 'Problem';
    this.code = code;
    this.status = definition.status;
    this.params = params;
    this.messages = { ar: fill(definition.ar, params, 'ar'), en: fill(definition.en, params) };
    if (definition.challenge !== undefined) this.challenge = fill(definition.challenge, params);
    this.origin = definition.origin ?? (definition.status >= 500 ? 'own-node' : 'caller');
  }

  toJson(language: Language = 'en', instance?: string): ProblemJson {
    return {
      type: `urn:jisr:problem:${this.code}`,
      title: this.messages[language],
      status: this.status,
      code: this.code,
      messages: this.messages,
      origin: this.origin,
      ...(instance ? { instance: `urn:uuid:${instance}` } : {}),
      ...(Object.keys(this.params).length > 0 ? { params: this.params } : {}),
    };
  }
}

/** Rebuilds a refusal received from another program, so that it can be thrown and shown as if it were our own. */
export function problemFromJson(json: unknown, fallbackStatus: number): Problem {
  const body = (typeof json === 'object' && json !== null ? json : {}) as Partial<ProblemJson>;
  const en = body.messages?.en ?? body.title ?? `The other side refused with status ${fallbackStatus}.`;
  const ar = body.messages?.ar ?? `رفض الطرف الآخر الطلب (الحالة ${fallbackStatus}).`;
  const known: Origin[] = ['caller', 'own-node', 'other-node', 'registry'];
  const origin = known.includes(body.origin as Origin) ? (body.origin as Origin) : 'other-node';
  return new Problem(
    String(body.code ?? 'peer-refused'),
    { status: Number(body.status ?? fallbackStatus), en, ar, origin },
    body.params,
  );
}

export type ProblemFactory<Code extends string = string> = ((code: Code, params?: ProblemParams) => Problem) & {
  readonly catalogue: Record<Code, ProblemDefinition>;
};

/** Declares the refusals of a module: `problem('consent-unknown')` makes the error to throw. Texts may hold `{params}`. */
export function defineProblems<const Definitions extends Record<string, ProblemDefinition>>(
  catalogue: Definitions,
): ProblemFactory<keyof Definitions & string> {
  const make = (code: keyof Definitions & string, params?: ProblemParams) =>
    new Problem(code, catalogue[code]!, params);
  return Object.assign(make, { catalogue: catalogue as Record<keyof Definitions & string, ProblemDefinition> });
}

/** Fills `{name}` in a text of that language; what has no value stays as it is written. */
export function fill(text: string, params: ProblemParams, language: Language = 'en'): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = params[name];
    return value === undefined ? whole : String(typeof value === 'object' ? value[language] : value);
  });
}

/** Refusals that any endpoint may give. */
export const kernelProblem = defineProblems({
  'request-malformed': {
    status: 400,
    en: 'The request does not have the expected form: {where}. Correct it and send it again.',
    ar: 'الطلب ليس بالصيغة المطلوبة: {where}. صحّحه ثم أعد إرساله.',
  },
  'request-too-large': {
    status: 413,
    en: 'The request is larger than this address accepts. Send less in one go.',
    ar: 'حجم الطلب أكبر مما يقبله هذا العنوان. أرسل كمية أقل في المرة الواحدة.',
  },
  'media-type-unsupported': {
    status: 415,
    en: 'This address does not accept that kind of content. Send JSON, or what its description names.',
    ar: 'هذا العنوان لا يقبل هذا النوع من المحتوى. أرسل JSON أو ما يرد في وصفه.',
  },
  'sign-in-needed': {
    status: 401,
    en: 'Please sign in with your national identity first.',
    ar: 'سجّل الدخول بهويتك الوطنية أولًا.',
  },
  'not-permitted': {
    status: 403,
    en: 'Your role does not permit this. Ask your office to give you the role if you need it.',
    ar: 'صلاحيتك لا تسمح بهذا الإجراء. اطلب الصلاحية من جهتك إن كنت بحاجة إليها.',
  },
  'operator-needed': {
    status: 401,
    en: 'This is for the operator of the node. Send the secret from the file operator/secret in its data folder as a bearer token.',
    ar: 'هذا لمشغّل العقدة وحده. أرسل السر الموجود في الملف operator/secret داخل مجلد بياناتها بوصفه رمز وصول (bearer).',
  },
  'cross-site-request': {
    status: 403,
    en: 'This form was sent from another site, so it was stopped. Open the page again and send it from there.',
    ar: 'أُرسل هذا النموذج من موقع آخر فأُوقف. افتح الصفحة من جديد وأرسله منها.',
  },
  'app-token-needed': {
    status: 401,
    challenge: 'DPoP algs="ES256"',
    en: 'This is for apps. Get an access token at /apps/oauth and send it as "Authorization: DPoP" with a proof.',
    ar: 'هذا مخصّص للتطبيقات. احصل على رمز وصول من /apps/oauth وأرسله في "Authorization: DPoP" مع إثبات.',
  },
  'app-token-invalid': {
    status: 401,
    challenge: 'DPoP algs="ES256", error="invalid_token"',
    en: 'The access token does not hold here: {why} ({reason})',
    ar: 'رمز الوصول غير صالح هنا: {why} ({reason})',
  },
  'app-proof-invalid': {
    status: 401,
    challenge: 'DPoP algs="ES256", error="invalid_dpop_proof"',
    en: 'The proof in the header DPoP does not hold ({reason}): {why} The token is as good as before: call again with a new proof.',
    ar: 'الإثبات في الترويسة DPoP غير صالح ({reason}): {why} رمز الوصول على حاله: أعد المحاولة بإثبات جديد.',
  },
  'app-scope-missing': {
    status: 403,
    challenge: 'DPoP algs="ES256", error="insufficient_scope", scope="{scope}"',
    en: 'The person has not allowed the app this ({scope}). Ask them for it, or do without.',
    ar: 'لم يسمح صاحب الشأن للتطبيق بهذا ({scope}). اطلب منه ذلك أو استغنِ عنه.',
  },
  'quota-exceeded': {
    status: 429,
    en: 'The app has used up its calls ({quota}). Nothing was done. Call again in {seconds} seconds.',
    ar: 'استنفد التطبيق عدد طلباته ({quota}). لم يُنفَّذ شيء. أعد المحاولة بعد {seconds} ثانية.',
  },
  'app-not-permitted': {
    status: 403,
    en: 'No app may do this: it is for the person alone, on the pages of the state. Send the person there.',
    ar: 'لا يحق لأي تطبيق القيام بهذا: هو لصاحب الشأن وحده على صفحات الدولة. وجّهه إليها.',
  },
  'not-found': {
    status: 404,
    en: 'There is nothing at this address, or it is not yours to see.',
    ar: 'لا يوجد شيء في هذا العنوان، أو ليس من حقك الاطلاع عليه.',
  },
  'peer-unreachable': {
    status: 502,
    origin: 'other-node',
    en: 'The other node ({host}) could not be reached. Nothing was lost; try again in a few minutes.',
    ar: 'تعذّر الوصول إلى العقدة الأخرى ({host}). لم يضع شيء؛ أعد المحاولة بعد دقائق.',
  },
  'peer-timeout': {
    status: 504,
    origin: 'other-node',
    en: 'The other node ({host}) did not answer in time. Nothing was lost; try again in a few minutes.',
    ar: 'لم تجب العقدة الأخرى ({host}) في الوقت المحدد. لم يضع شيء؛ أعد المحاولة بعد دقائق.',
  },
  'peer-answer-too-large': {
    status: 502,
    origin: 'other-node',
    en: 'The other node ({host}) sent more than we accept, so its answer was dropped.',
    ar: 'أرسلت العقدة الأخرى ({host}) أكثر مما نقبل، فأُهمل جوابها.',
  },
  'signature-invalid': {
    status: 401,
    en: 'The signature does not match. The content was changed or was signed with another key.',
    ar: 'التوقيع غير مطابق: تغيّر المحتوى أو وُقّع بمفتاح آخر.',
  },
  'database-unavailable': {
    status: 503,
    en: 'Our records are out of reach at the moment. What you were told is saved stays saved. Try again in a minute.',
    ar: 'تعذّر الوصول إلى سجلاتنا في هذه اللحظة. كل ما قيل لك إنه حُفظ فهو محفوظ. أعد المحاولة بعد دقيقة.',
  },
  'internal-error': {
    status: 500,
    en: 'Something went wrong on our side and has been recorded. Your data is safe; try again, and name the reference if it goes on.',
    ar: 'حدث خطأ من جهتنا وسُجّل. بياناتك محفوظة؛ أعد المحاولة، واذكر الرقم المرجعي إن استمر.',
  },
});

const unavailable = new WeakSet<object>();

/** Notes of an error that it is the database's absence, so that whoever asked is told to come again. */
export function noteUnavailable(error: object): void {
  unavailable.add(error);
}

/** What whoever asked is told of an error: a refusal as it is; of anything else, whether to come again in a moment. */
export function refusalOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (typeof error !== 'object' || error === null || !unavailable.has(error)) return kernelProblem('internal-error');
  return Object.assign(kernelProblem('database-unavailable'), { headers: { 'retry-after': '10' } });
}
