import type { Language } from '#kernel/languages';

const en = {
  title: 'Restore your access',
  lead: 'With the code from the counter, or from the page of your ways to sign in. You choose a new password and connect a new authenticator app.',
  number: 'Your number',
  code: 'Code for restoring',
  codeHint: 'Twenty letters and digits, in four groups.',
  password: 'New password',
  passwordHint: 'At least 12 characters. Several words are easy to keep in mind.',
  next: 'Continue',
  none: 'No code? Take your identity card or passport to the counter of the office that issued your identity. Two officers look at it there. It is never sent by e-mail.',
  appTitle: 'Connect your authenticator app',
  appLead: 'Add this key to the app by hand, then enter the code that it shows. Nothing has changed before that.',
  secret: 'Key for the app',
  appCode: 'Six-digit code from the app',
  finish: 'Change password and app',
  doneTitle: 'Your access is restored',
  doneLead: 'Sign in with the new password and a code of the new app. You were signed out everywhere.',
  signIn: 'Sign in',
  openTitle: 'Somebody began to restore your access',
  openLead:
    'An officer at a counter did so on the grounds of a document. If it was not you, cancel it now: nothing is lost.',
  openSince: 'Begun',
  openFrom: 'Works from',
  openUnconfirmed: 'Three days after a second officer has confirmed it',
  cancel: 'It was not me: cancel',
  goOn: 'It was me: go on',
  renew: 'Set a new password and authenticator app',
  renewTitle: 'Password and authenticator app',
};

export type RecoveryKey = keyof typeof en;

const ar: Record<RecoveryKey, string> = {
  title: 'استعادة الدخول',
  lead: 'بالرمز الذي أخذته من المكتب، أو من صفحة طرق دخولك. تختار كلمة مرور جديدة وتربط تطبيق رموز جديدًا.',
  number: 'رقمك',
  code: 'رمز الاستعادة',
  codeHint: 'عشرون حرفًا ورقمًا في أربع مجموعات.',
  password: 'كلمة المرور الجديدة',
  passwordHint: '12 حرفًا على الأقل. ويسهل تذكّر عدة كلمات.',
  next: 'متابعة',
  none: 'ليس لديك رمز؟ راجع مكتب الجهة التي أصدرت هويتك ومعك بطاقة الهوية أو جواز السفر، فيطّلع عليها موظفان. لا يُرسل الرمز بالبريد أبدًا.',
  appTitle: 'ربط تطبيق الرموز',
  appLead: 'أضف هذا المفتاح إلى التطبيق يدويًا، ثم أدخل الرمز الذي يظهر فيه. لا يتغير شيء قبل ذلك.',
  secret: 'مفتاح التطبيق',
  appCode: 'الرمز المكوّن من ستة أرقام من التطبيق',
  finish: 'تغيير كلمة المرور والتطبيق',
  doneTitle: 'استُعيد دخولك',
  doneLead: 'ادخل بكلمة المرور الجديدة ورمز من التطبيق الجديد. سُجّل خروجك من كل مكان.',
  signIn: 'تسجيل الدخول',
  openTitle: 'بدأت استعادة دخولك',
  openLead: 'بدأها موظف في مكتب بناءً على وثيقة. إن لم يكن ذلك منك فألغها الآن ولن تخسر شيئًا.',
  openSince: 'بدأت',
  openFrom: 'تسري من',
  openUnconfirmed: 'بعد ثلاثة أيام من تأكيد موظف ثانٍ',
  cancel: 'ليس مني: إلغاء',
  goOn: 'هذا مني: متابعة',
  renew: 'كلمة مرور وتطبيق رموز جديدان',
  renewTitle: 'كلمة المرور وتطبيق الرموز',
};

export const recoveryTexts: Record<Language, Record<RecoveryKey, string>> = { ar, en };
