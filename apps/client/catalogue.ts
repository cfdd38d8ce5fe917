// Made from the catalogue of evidence by `node apps/client/types-main.ts`; change that, not this.

/** Every evidence type with its fields, as one full record has them. */
export type EvidenceTypes = {
  /** Identity details · بيانات الهوية */
  'person-identity': {
    version: '1.0';
    fields: {
      /** Full name in Arabic · الاسم الكامل بالعربية */
      full_name_ar: string;
      /** Full name in Latin letters · الاسم الكامل بالحروف اللاتينية */
      full_name_latin: string;
      /** Date of birth · تاريخ الميلاد */
      birth_date: string;
      /** Nationality · الجنسية */
      nationality: string;
      /** Sex · الجنس */
      sex: 'female' | 'male';
      /** National identity number · رقم الهوية الوطنية */
      national_id: string;
    };
  };
  /** University degree record · سجل الدرجة الجامعية */
  'degree-record': {
    version: '1.0';
    fields: {
      /** Degree level · الدرجة العلمية */
      degree_level: 'diploma' | 'bachelor' | 'master' | 'doctorate';
      /** Field of study · التخصص */
      field_of_study: string;
      /** Field of study code · رمز التخصص */
      field_code: string;
      /** University, in Arabic · اسم الجامعة بالعربية */
      university_ar: string;
      /** University, in English · اسم الجامعة بالإنجليزية */
      university_en: string;
      /** University identifier · معرّف الجامعة */
      university_id: string;
      /** Year of graduation · سنة التخرج */
      graduation_year: number;
      /** Grade point average · المعدل التراكمي */
      gpa: number;
      /** Grade scale · المعدل من */
      gpa_scale: 4 | 5 | 100;
      /** Mode of study · نمط الدراسة */
      study_mode: 'full-time' | 'part-time' | 'distance';
      /** Scan of the diploma · صورة الشهادة */
      diploma_scan: { mediaType: 'application/pdf' | 'image/jpeg' | 'image/png'; size: number; digest: string };
    };
  };
  /** Guardianship of children · الولاية على القُصَّر */
  'guardianship': {
    version: '1.0';
    fields: {
      /** Identity numbers of the children in care · أرقام هويات الأبناء والمكفولين */
      children: unknown;
    };
  };
  /** Authority to sign for companies · صلاحية التوقيع عن الشركات */
  'signatory-authority': {
    version: '1.0';
    fields: {
      /** Registration numbers of the companies · أرقام قيد الشركات */
      companies: unknown;
    };
  };
  /** Company record · السجل التجاري للشركة */
  'company-record': {
    version: '1.1';
    fields: {
      /** Company name in Arabic · اسم الشركة بالعربية */
      company_name_ar: string;
      /** Company name in Latin letters · اسم الشركة بالحروف اللاتينية */
      company_name_latin: string;
      /** Registration number · رقم القيد */
      registration_number: string;
      /** Standing · حالة القيد */
      standing: 'active' | 'suspended' | 'in-liquidation' | 'struck-off';
      /** Legal form · الشكل القانوني */
      legal_form: 'establishment' | 'limited-liability' | 'joint-stock' | 'partnership';
      /** Registered on · تاريخ القيد */
      registered_on: string;
      /** Capital in whole minor units · رأس المال بأصغر وحدة نقدية */
      capital_minor: number;
      /** Currency of the capital · عملة رأس المال */
      capital_currency: string;
      /** Owned by citizens of the Gulf states (%) · ملكية مواطني دول المجلس (%) */
      gulf_ownership_percent: number;
    };
  };
  /** Residence record · سجل الإقامة */
  'residence-record': {
    version: '1.0';
    fields: {
      /** Residence number · رقم الإقامة */
      residence_number: string;
      /** City of residence · مدينة السكن */
      city: string;
      /** Valid until · سارية حتى */
      valid_until: string;
    };
  };
  /** Birth record · سجل الولادة */
  'birth-record': {
    version: '1.0';
    fields: {
      /** Number of the birth certificate · رقم شهادة الميلاد */
      certificate_number: string;
      /** Place of birth in Arabic · مكان الولادة بالعربية */
      birth_place_ar: string;
      /** Place of birth in English · مكان الولادة بالإنجليزية */
      birth_place_en: string;
      /** Birth registered on · تاريخ قيد الولادة */
      registered_on: string;
    };
  };
  /** School record · السجل المدرسي */
  'school-record': {
    version: '1.0';
    fields: {
      /** Last school in Arabic · آخر مدرسة بالعربية */
      school_ar: string;
      /** Last school in English · آخر مدرسة بالإنجليزية */
      school_en: string;
      /** School year · السنة الدراسية */
      school_year: string;
      /** Class · الصف */
      class: number;
      /** Result of the year · نتيجة السنة */
      result: 'passed' | 'repeats';
      /** Average in per cent · المعدل بالمئة */
      average: number;
    };
  };
  /** Record of convictions · بيان الأحكام الجنائية */
  'conviction-record': {
    version: '1.0';
    fields: {
      /** Convictions that are not spent · أحكام جنائية غير مردود اعتبارها */
      convictions: 'none' | 'recorded';
      /** Date on which the record was looked at · تاريخ الاطلاع على السجل */
      checked_on: string;
    };
  };
  /** Record of social insurance · سجل الاشتراك التأميني */
  'pension-record': {
    version: '1.0';
    fields: {
      /** Standing with the fund · حالة الاشتراك */
      membership: 'active' | 'suspended' | 'pensioner' | 'none';
      /** Months insured · أشهر الاشتراك */
      insured_months: number;
      /** Record looked at on · اطُّلع على السجل في */
      checked_on: string;
    };
  };
  /** Employment contract · عقد العمل */
  'employment-contract': {
    version: '1.0';
    fields: {
      /** Employer in Arabic · صاحب العمل بالعربية */
      employer_ar: string;
      /** Employer in English · صاحب العمل بالإنجليزية */
      employer_en: string;
      /** Work began on · بداية العمل */
      started_on: string;
      /** Monthly wage · الأجر الشهري */
      monthly_wage: number;
    };
  };
  /** Record of insolvency · بيان الإفلاس والإعسار */
  'insolvency-record': {
    version: '1.0';
    fields: {
      /** Insolvency proceedings against the company · إجراءات إفلاس على الشركة */
      company_proceedings: 'none' | 'open';
      /** Insolvency proceedings against whoever signs for it · إجراءات إفلاس على من يوقّع عنها */
      signatory_proceedings: 'none' | 'open';
      /** Date on which the register was looked at · تاريخ الاطلاع على السجل */
      checked_on: string;
    };
  };
  /** Proof of representation · إثبات تمثيل الشركة */
  'representation-proof': {
    version: '1.0';
    fields: {
      /** Signatory's name in Arabic · اسم المفوَّض بالعربية */
      signatory_name_ar: string;
      /** Signatory's name in Latin letters · اسم المفوَّض بالحروف اللاتينية */
      signatory_name_latin: string;
      /** Signatory's nationality · جنسية المفوَّض */
      signatory_nationality: string;
      /** Capacity · الصفة */
      capacity: 'owner' | 'manager' | 'board-member' | 'attorney';
      /** Power of signature · صلاحية التوقيع */
      power: 'sole' | 'joint';
      /** Is the signature limited? · هل للتوقيع حد؟ */
      limit_kind: 'none' | 'amount';
      /** Limit of signature in whole minor units · حد التوقيع بأصغر وحدة نقدية */
      limit_minor: number;
      /** Currency of the limit · عملة الحد */
      limit_currency: string;
    };
  };
};

export type Purpose = 'degree-recognition' | 'benefit-payment' | 'identity-protection' | 'professional-licensing' | 'insurance-registration' | 'criminal-investigation' | 'estate-settlement' | 'family-cover' | 'consent-withdrawal' | 'school-enrolment' | 'identity-matching' | 'good-conduct' | 'insurance-extension' | 'commercial-registration';

export type Requirement = 'proof-of-identity' | 'proof-of-degree' | 'proof-of-residence' | 'proof-of-birth' | 'proof-of-schooling' | 'proof-of-good-conduct' | 'proof-of-insurance' | 'proof-of-employment' | 'proof-of-good-standing' | 'proof-of-no-insolvency' | 'proof-of-representation';

/** The codes known when this was made; a newer node may have more. */
export type RefusalCode =
  | 'access-not-granted'
  | 'answer-invalid'
  | 'call-id-used'
  | 'call-malformed'
  | 'caller-not-recognised'
  | 'calls-too-many'
  | 'case-changed-since'
  | 'case-erased'
  | 'case-not-consented'
  | 'case-not-taken'
  | 'case-step-refused'
  | 'case-taken'
  | 'case-unknown'
  | 'condition-not-offered'
  | 'consent-expired'
  | 'consent-lost'
  | 'consent-not-held'
  | 'consent-unknown'
  | 'consent-used-up'
  | 'consent-withdrawn'
  | 'document-changed'
  | 'document-expired'
  | 'document-invalid'
  | 'document-unavailable'
  | 'document-unknown'
  | 'documents-too-many'
  | 'evidence-not-consented'
  | 'evidence-not-found'
  | 'evidence-not-in-case'
  | 'evidence-of-company'
  | 'evidence-provider-unknown'
  | 'evidence-request-malformed'
  | 'evidence-stands-no-more'
  | 'evidence-unknown'
  | 'exchange-unknown'
  | 'fee-due'
  | 'feed-place-unknown'
  | 'fetch-malformed'
  | 'fetch-replayed'
  | 'field-unknown'
  | 'fields-not-consented'
  | 'file-altered'
  | 'file-infected'
  | 'file-not-scanned'
  | 'file-unknown'
  | 'law-does-not-ground'
  | 'law-not-in-force'
  | 'law-unknown'
  | 'member-unknown'
  | 'message-empty'
  | 'messages-too-many'
  | 'node-unreachable'
  | 'officer-unknown'
  | 'own-case'
  | 'own-decision'
  | 'partner-awaited'
  | 'point-marked-meanwhile'
  | 'point-reason-missing'
  | 'point-unknown'
  | 'points-open'
  | 'provider-log-in-breach'
  | 'purpose-not-consented'
  | 'purpose-unknown'
  | 'question-expired'
  | 'question-malformed'
  | 'question-replayed'
  | 'question-too-large'
  | 'reasons-missing'
  | 'registry-answer-invalid'
  | 'registry-unavailable'
  | 'request-empty'
  | 'request-files-wrong'
  | 'request-names-missing'
  | 'request-not-offered'
  | 'requester-log-in-breach'
  | 'requester-not-entitled'
  | 'requester-unknown'
  | 'requester-unverifiable'
  | 'return-address-missing'
  | 'role-needed'
  | 'sealing-not-allowed'
  | 'service-not-found'
  | 'service-unknown'
  | 'signature-invalid'
  | 'signature-missing'
  | 'stamp-overdue'
  | 'text-too-long'
  | 'token-insufficient'
  | 'token-invalid'
  | 'token-issuer-unknown'
  | (string & {});
