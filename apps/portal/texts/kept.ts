const en = {
  again: 'What you typed here is as you left it, and not saved yet: check it and go on.',
  kept: 'What you typed is kept. Press the button to save it and go on.',
  failed: 'What you typed could not be kept just now. Press the button to save it.',
  unsentAgain: 'What you typed here is as you left it, and not sent yet.',
  unsentKept: 'What you typed is kept for you, and not sent yet.',
  unsentFailed: 'What you typed could not be kept just now.',
  away: 'There is no connection now. Nothing was sent, and what you wrote is still on this page. Leave the page open, and press the button again when the connection is back.',
  back: 'The connection is back. Press the button again.',
};

const ar: typeof en = {
  again: 'ما كتبته هنا كما تركته، ولم يُحفظ بعد: راجعه ثم تابع.',
  kept: 'ما كتبته محتفظ به. اضغط الزر لحفظه والمتابعة.',
  failed: 'تعذّر الاحتفاظ بما كتبته الآن. اضغط الزر لحفظه.',
  unsentAgain: 'ما كتبته هنا كما تركته، ولم يُرسل بعد.',
  unsentKept: 'ما كتبته محتفظ به لك، ولم يُرسل بعد.',
  unsentFailed: 'تعذّر الاحتفاظ بما كتبته الآن.',
  away: 'لا اتصال بالشبكة الآن. لم يُرسل شيء، وما كتبته باقٍ في هذه الصفحة. أبقها مفتوحة، واضغط الزر من جديد حين يعود الاتصال.',
  back: 'عاد الاتصال. اضغط الزر من جديد.',
};

export const keptTexts = { ar, en };
