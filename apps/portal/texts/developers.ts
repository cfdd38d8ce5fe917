const en = {
  title: 'For makers of apps',
  lead: 'Put public services into your own app: find them, apply for a person who allowed you, follow the application, hand over the sealed document.',
  'first.title': 'A first exchange in ten minutes',
  'first.sample': 'These people are made up, so you need nobody’s permission. In a copy of the project:',
  'first.step1': 'Start the sample federation.',
  'first.step2':
    'In a second terminal, start the example app. It makes its keys, joins this state by itself and says where it is.',
  'first.step3':
    'Open its address and sign in as Fatima of Bahrain: the sign-in page lists the sample people. Allow the app, consent, apply, and download the decision.',
  'first.step4': 'Read its six short files, and change them into your own app.',
  'first.travel':
    'Let time pass: the sandbox is the same states with a time that you move, a day at a time. Deadlines, reminders, renewals and the end of consents come with their webhooks, and a reset gives back the first state.',
  'first.real':
    'Here people are real. Try everything in the sample federation first; then ask this state to certify your app.',
  'join.title': 'Register',
  'join.step1':
    'Publish what your app says of itself, signed with its key, at its own address (OpenID Federation 1.0, entity type oauth_client): name, redirect_uris, keys, and jisr_webhook_uri for webhooks.',
  'join.step2':
    'Send a signed join request that names the kind of app and the scopes. Asking again shows how it stands. An officer may suspend an app; it is out within a minute.',
  'join.step3': 'Fetch the trust mark and show it in what your app says of itself. From then on people can allow it.',
  'join.kind': 'Kind of app',
  'join.decided': 'Certified',
  'join.byRule': 'at once, for made-up people only',
  'join.byOfficer': 'by an officer of the state',
  'join.minute': 'Calls a minute',
  'join.day': 'Calls a day',
  'join.days': 'A person can allow it for at most',
  'join.daysOf': '{n, plural, one {# day} other {# days}}',
  'join.scopes': 'Scopes',
  'join.none': 'This state takes no apps at present.',
  'sign.title': 'Let a person allow your app',
  'sign.words':
    'OAuth 2.0 in the FAPI 2.0 Security Profile: pushed requests (PAR), PKCE, private_key_jwt, DPoP. Any certified library does it; the example uses openid-client. Access tokens last five minutes; each refresh token is used once.',
  'sign.configuration': 'Configuration of the authorization server',
  'consent.title': 'Consent is never yours to give',
  'consent.words':
    'When an application needs data from the home state, begin a visit and send the person to its address. They consent at home and come back to you. What arrived stands in the application.',
  'quota.title': 'Quotas',
  'quota.words':
    'Every answer says what is left in RateLimit and RateLimit-Policy. One call too many is refused with 429 and Retry-After. GET /api/app shows both windows.',
  'hook.title': 'Webhooks',
  'hook.words':
    'We tell you of everything the person is told of, with ids alone, signed (RFC 9421, label webhook, tag jisr-webhook). Verify the signature and the digest, take the same id once, answer 2xx within ten seconds. What you do not take comes again for three days, and can be had again for thirty.',
  'hook.keys': 'Keys that sign webhooks',
  'api.title': 'What an app may call',
  'api.lead':
    'Whatever is not in this list, no app may call. Services and their search are open to anyone, without a token.',
  'api.call': 'Call',
  'api.does': 'What it does',
  'api.scope': 'Scope',
  'api.itself': 'the app itself',
  'api.files': 'Machine-readable descriptions (OpenAPI 3.1)',
  more: 'All standards spoken here',
};

const ar: Record<keyof typeof en, string> = {
  title: 'لمطوّري التطبيقات',
  lead: 'أدخل الخدمات الحكومية في تطبيقك: ابحث عنها، وقدّم الطلب لمن سمح لك، وتابعه، وسلّمه الوثيقة المختومة.',
  'first.title': 'أول تبادل في عشر دقائق',
  'first.sample': 'الأشخاص هنا غير حقيقيين، فلا تحتاج إلى إذن أحد. في نسخة من المشروع:',
  'first.step1': 'شغّل الاتحاد التجريبي.',
  'first.step2': 'وفي نافذة أوامر ثانية شغّل التطبيق المثال. يصنع مفاتيحه وينضم إلى هذه الدولة بنفسه ويذكر عنوانه.',
  'first.step3':
    'افتح عنوانه وادخل باسم فاطمة من البحرين؛ صفحة الدخول تعرض الأشخاص التجريبيين. اسمح للتطبيق ثم وافق وقدّم الطلب ونزّل القرار.',
  'first.step4': 'اقرأ ملفاته الستة القصيرة وحوّلها إلى تطبيقك.',
  'first.travel':
    'دع الوقت يمضي: بيئة التجربة هي الدول نفسها بوقت تحرّكه يومًا بعد يوم. تحلّ المواعيد والتذكيرات والتجديدات ونهايات الموافقات ومعها إشعاراتها، وتعيدها إلى أولها متى شئت.',
  'first.real': 'الأشخاص هنا حقيقيون. جرّب كل شيء في الاتحاد التجريبي أولًا، ثم اطلب من هذه الدولة اعتماد تطبيقك.',
  'join.title': 'التسجيل',
  'join.step1':
    'انشر على عنوان تطبيقك ما يقوله عن نفسه موقّعًا بمفتاحه (OpenID Federation 1.0): اسمه وعناوين العودة ومفاتيحه وعنوان الإشعارات.',
  'join.step2':
    'أرسل طلب انضمام موقّعًا تذكر فيه نوع التطبيق ونطاقات السماح. إعادة إرساله تبيّن حاله. وللموظف إيقاف أي تطبيق، فيخرج خلال دقيقة.',
  'join.step3': 'خذ علامة الثقة وأظهرها فيما يقوله تطبيقك عن نفسه. عندئذ يستطيع الناس السماح له.',
  'join.kind': 'نوع التطبيق',
  'join.decided': 'الاعتماد',
  'join.byRule': 'فورًا، لأشخاص غير حقيقيين فقط',
  'join.byOfficer': 'من موظف في الدولة',
  'join.minute': 'الطلبات في الدقيقة',
  'join.day': 'الطلبات في اليوم',
  'join.days': 'أطول مدة للسماح',
  'join.daysOf': '{n, plural, zero {# يوم} one {يوم واحد} two {يومان} few {# أيام} many {# يومًا} other {# يوم}}',
  'join.scopes': 'نطاقات السماح',
  'join.none': 'لا تقبل هذه الدولة تطبيقات في الوقت الحاضر.',
  'sign.title': 'كيف يسمح صاحب الشأن لتطبيقك',
  'sign.words':
    'OAuth 2.0 وفق FAPI 2.0: طلبات مدفوعة مسبقًا وPKCE وDPoP. تكفيك أي مكتبة معتمدة. يدوم رمز الوصول خمس دقائق، ويُستعمل رمز التجديد مرة واحدة.',
  'sign.configuration': 'إعدادات خادم التفويض',
  'consent.title': 'الموافقة ليست لك',
  'consent.words':
    'حين يحتاج الطلب إلى بيانات من دولة صاحب الشأن، ابدأ زيارة ووجّهه إلى عنوانها. يوافق لدى دولته ثم يعود إليك، وما وصل تجده في الطلب.',
  'quota.title': 'حصص الطلبات',
  'quota.words':
    'يذكر كل جواب ما تبقى في RateLimit وRateLimit-Policy. وما زاد على الحصة يُرفض بالرمز 429 مع Retry-After.',
  'hook.title': 'الإشعارات الموقّعة',
  'hook.words':
    'نبلغك بكل ما يُبلَّغ به صاحب الشأن، بالمعرّفات وحدها، موقّعًا (RFC 9421). تحقق من التوقيع والبصمة، وخذ المعرّف الواحد مرة واحدة، وأجب خلال عشر ثوانٍ. ما لم تأخذه يعاد إرساله ثلاثة أيام، ويمكن طلبه من جديد ثلاثين يومًا.',
  'hook.keys': 'مفاتيح توقيع الإشعارات',
  'api.title': 'ما يحق للتطبيق طلبه',
  'api.lead': 'ما ليس في هذه القائمة لا يحق لأي تطبيق. أما الخدمات والبحث فيها فمتاحة للجميع بلا رمز.',
  'api.call': 'الطلب',
  'api.does': 'ما يفعله',
  'api.scope': 'نطاق السماح',
  'api.itself': 'التطبيق نفسه',
  'api.files': 'أوصاف تقرؤها البرامج (OpenAPI 3.1)',
  more: 'كل المعايير المتبعة هنا',
};

export const developerTexts = { ar, en };
