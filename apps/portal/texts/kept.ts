const en = {
  again: 'What you typed here is as you left it, and not saved yet: check it and go on.',
  kept: 'What you typed is kept. Press the button to save it and go on.',
  failed: 'What you typed could not be kept just now. Press the button to save it.',
};

const ar: typeof en = {
  again: 'ما كتبته هنا كما تركته، ولم يُحفظ بعد: راجعه ثم تابع.',
  kept: 'ما كتبته محتفظ به. اضغط الزر لحفظه والمتابعة.',
  failed: 'تعذّر الاحتفاظ بما كتبته الآن. اضغط الزر لحفظه.',
};

export const keptTexts = { ar, en };
