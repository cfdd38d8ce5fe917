import type { Text } from '#kernel/languages';
import type { Problem } from '#kernel/problem';

export const both = (ar: string, en: string): Text => ({ ar, en });

/** Why chains are refused, said so that an operator knows what to do. Codes that are not here are shown as they are. */
const reasons: Record<string, Text> = {
  'not-found': both(
    'جهة أعلى في السلسلة لا تعرف هذا الكيان: إما أُوقف أو لم يُسجَّل لديها أو عنوانه خطأ.',
    'A superior does not know the entity: it is suspended, was never registered there, or its address is wrong.',
  ),
  'superior-not-named': both(
    'الكيان لا يذكر هذه الجهة الأعلى في authority_hints.',
    'The entity does not name this superior in its authority_hints.',
  ),
  'signature-invalid': both(
    'أحد البيانات غير موقّع بالمفتاح الذي تضمنه الجهة الأعلى؛ راجع المفاتيح بعد تبديلها.',
    'A statement is not signed with the key that the superior vouches for; look at the keys, above all after a change of keys.',
  ),
  expired: both('أحد البيانات انتهت صلاحيته.', 'A statement has expired; its issuer has to publish it again.'),
  'issued-in-future': both(
    'أحد البيانات صادر في المستقبل: ساعة إحدى الجهتين غير مضبوطة.',
    'A statement was issued in the future: one of the two clocks is wrong.',
  ),
  'path-too-long': both(
    'بين الكيان ومرساة الثقة جهات أكثر مما تسمح به إحدى الجهات الأعلى (max_path_length).',
    'More entities lie on the way to the anchor than a superior allows (max_path_length).',
  ),
  'name-excluded': both(
    'عنوان الكيان مستثنى بقيد من إحدى الجهات الأعلى (naming_constraints).',
    'The address of the entity is excluded by a superior (naming_constraints).',
  ),
  'name-not-permitted': both(
    'عنوان الكيان خارج العناوين المسموح بها من إحدى الجهات الأعلى (naming_constraints).',
    'The address of the entity is not among those that a superior permits (naming_constraints).',
  ),
  cycle: both('السلسلة تعود إلى كيان مرّت به.', 'The chain comes back to an entity that it has passed.'),
  'too-many-statements': both(
    'الطرق إلى مرساة الثقة كثيرة جدًا؛ توقف البحث بعد 32 طلبًا.',
    'Too many roads lead upwards; the search ended after 32 requests.',
  ),
  'crit-unknown': both(
    'أحد البيانات يشترط فهم ادعاء لا تعرفه هذه العقدة (crit).',
    'A statement demands that a claim is understood which this software does not know (crit).',
  ),
  'fetch-endpoint-missing': both(
    'الجهة الأعلى لا تذكر عنوانًا لبيانات التابعين (federation_fetch_endpoint).',
    'The superior names no address for statements about subordinates (federation_fetch_endpoint).',
  ),
  'content-type-mismatch': both(
    'الجواب ليس بيان كيان بل شيء آخر، كصفحة ويب.',
    'The answer is no entity statement but something else, such as a web page.',
  ),
  'issuer-mismatch': both('أحد البيانات صادر باسم جهة أخرى.', 'A statement was made in the name of somebody else.'),
  'subject-mismatch': both('أحد البيانات عن كيان آخر.', 'A statement is about another entity.'),
  'address-refused': both(
    'عنوان في السلسلة لا يُزار: داخل هذا الجهاز أو غير مشفّر.',
    'An address on the way is not visited: it lies inside this machine, or is not encrypted.',
  ),
};

/** A refusal in a plain sentence, with the code that logs show. */
export function explainRefusal(problem: Problem): Text {
  const reason = String(problem.params['reason'] ?? '');
  const [code = '', parameter = '', detail = ''] = reason.split(' ');
  if (code === 'metadata-refused' || code === 'policy-invalid') {
    const isValue = code === 'metadata-refused';
    return isValue
      ? both(
          `قيمة ${parameter} لدى الكيان تخالف قاعدة ${detail} لجهة أعلى.`,
          `The entity's value of ${parameter} breaks the rule ${detail} of a superior.`,
        )
      : both(
          `قواعد الجهات الأعلى لـ ${parameter} متعارضة (${detail}).`,
          `The superiors' rules for ${parameter} contradict each other (${detail}).`,
        );
  }
  const known = reasons[code];
  if (known) return both(`${known.ar} [${code}]`, `${known.en} [${code}]`);
  return problem.messages;
}
