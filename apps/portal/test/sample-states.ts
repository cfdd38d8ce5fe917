import type { Text } from '#kernel/languages';
import type { StateName } from '../components/values.tsx';
import type { Look } from '../look/skin.ts';

export const text = (ar: string, en: string): Text => ({ ar, en });

const state = (code: string, ar: string, en: string, formalAr: string, formalEn: string): StateName => ({
  code,
  names: text(ar, en),
  formalNames: text(formalAr, formalEn),
});

export const states = {
  BH: state('BH', 'البحرين', 'Bahrain', 'مملكة البحرين', 'Kingdom of Bahrain'),
  KW: state('KW', 'الكويت', 'Kuwait', 'دولة الكويت', 'State of Kuwait'),
  OM: state('OM', 'عُمان', 'Oman', 'سلطنة عُمان', 'Sultanate of Oman'),
  QA: state('QA', 'قطر', 'Qatar', 'دولة قطر', 'State of Qatar'),
  SA: state('SA', 'السعودية', 'Saudi Arabia', 'المملكة العربية السعودية', 'Kingdom of Saudi Arabia'),
  AE: state('AE', 'الإمارات', 'United Arab Emirates', 'دولة الإمارات العربية المتحدة', 'United Arab Emirates'),
};

const look = (brand: string, brand2: string, tint: string, sand: string): Look => ({
  brand,
  brand2,
  onBrand: '#ffffff',
  tint,
  sand,
});

/** Colours like those a state might choose. */
export const looks: Record<string, Look> = {
  BH: look('#9c1328', '#b91c34', '#fbebed', '#7d6a52'),
  KW: look('#0a4f7c', '#1268a0', '#e6f0f7', '#a8842f'),
  OM: look('#7a1f1f', '#9b2c2c', '#f8ebea', '#5f7d3a'),
  QA: look('#6b1434', '#8a1a43', '#f7e9ee', '#a28a5b'),
  SA: look('#1b5e3f', '#237a52', '#e7f2ec', '#b98a2f'),
  AE: look('#5b4a16', '#7d6620', '#f5f0e0', '#9b7a1d'),
};
