const en = {
  title: 'Who is told, and where',
  you: 'You are told what happens with this application:',
  guardian: 'As guardian of {name}, you are told what happens with this application:',
  signatory: 'As you sign for {name}, you are told what happens with this application:',
  agent:
    '{name} is told what happens with this application, in the mailbox of this portal and where they chose to be told. You are not: whoever helps by a mandate is told nothing.',
  agentForm: 'What was written in the form is used too:',
  mailbox: 'In your mailbox on this portal',
  email: 'By e-mail',
  sms: 'By text message',
  push: 'In your browser',
  unconfirmed: 'Not confirmed as yours: we write there only that there is news, and the number of the application.',
  undeliverable: 'This address does not work. We have stopped writing there.',
  stopped: 'Turned off',
  off: 'What you wrote in the form is not used for telling you. The mailbox is.',
  later: 'You can turn off what you wrote in the form on the page of the application.',
  turnOff: 'Stop using what I wrote in the form',
  turnOn: 'Use what I wrote in the form again',
  settings: 'Confirm or change your addresses',
  acting:
    'Of what happens with an application, whoever it is for is told. A guardian who began it, and whoever began it for a company that they sign for, is told too. Whoever helps by a mandate is not.',
};

const ar: typeof en = {
  title: 'من يُخبَر، وأين',
  you: 'نخبرك بما يجري في هذا الطلب:',
  guardian: 'نخبرك بما يجري في هذا الطلب بصفتك وليًّا على {name}:',
  signatory: 'نخبرك بما يجري في هذا الطلب لأنك توقّع عن {name}:',
  agent:
    'نخبر {name} بما يجري في هذا الطلب، في صندوق الرسائل في هذه البوابة وحيث يختار. ولا نخبرك أنت: من يساعد بموجب وكالة لا تصله أخبار الطلب.',
  agentForm: 'ويُستعمل أيضًا ما كُتب في النموذج:',
  mailbox: 'في صندوق رسائلك في هذه البوابة',
  email: 'بالبريد الإلكتروني',
  sms: 'برسالة نصية',
  push: 'في متصفحك',
  unconfirmed: 'لم يتأكد أنه لك: لا نكتب إليه إلا أن هناك جديدًا، مع رقم الطلب.',
  undeliverable: 'هذا العنوان لا يعمل، وأوقفنا المراسلة عليه.',
  stopped: 'متوقف',
  off: 'لا يُستعمل ما كتبته في النموذج لإخبارك، ويبقى صندوق الرسائل.',
  later: 'يمكنك إيقاف استعمال ما كتبته في النموذج من صفحة الطلب.',
  turnOff: 'إيقاف استعمال ما كتبته في النموذج',
  turnOn: 'العودة إلى استعمال ما كتبته في النموذج',
  settings: 'تأكيد عناوينك أو تغييرها',
  acting:
    'يُخبَر صاحب الطلب بما يجري فيه. ويُخبَر معه الولي الذي بدأه، ومن بدأه عن شركة يوقّع عنها. أما من يساعد بموجب وكالة فلا تصله أخبار الطلب.',
};

export const toldTexts = { ar, en };
