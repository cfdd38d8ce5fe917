const en = {
  title: 'A consent was withdrawn',
  words: 'The office no longer sees this, and decides nothing on it:',
  still:
    'Your application stands still. Consent again, or withdraw the application. Without a new consent it counts as withdrawn after',
  again: 'Consent again',
  since: 'withdrawn on',
  forOffice:
    'The applicant withdrew a consent. What came with it is not shown here, and nobody decides on it: neither approval nor refusal. The office’s time stands still. The applicant was told, and can consent again; without that the case ends as withdrawn after',
};

const ar: typeof en = {
  title: 'سُحبت موافقة',
  words: 'لم تعد الجهة ترى ما يأتي، ولا تتخذ قرارًا بناءً عليه:',
  still: 'طلبك متوقف الآن. وافق من جديد أو اسحب الطلب. وإن لم تصل موافقة جديدة عُدّ الطلب مسحوبًا بعد',
  again: 'الموافقة من جديد',
  since: 'سُحبت في',
  forOffice:
    'سحب المتقدّم موافقة. لا يظهر هنا ما وصل بها، ولا يُتخذ قرار بناءً عليه، لا بالقبول ولا بالرفض. مدة الجهة متوقفة. أُخبر المتقدّم، ويستطيع أن يوافق من جديد؛ وإلا انتهى الطلب مسحوبًا بعد',
};

export const lossTexts = { ar, en };
