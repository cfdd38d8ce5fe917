/** What a person can recognise a device by. Not the browser's own text, which tells devices apart better than people need. */
export type Device = { browser: string | null; system: string | null; network: string | null };

/** In this order: many browsers also name those that they descend from. */
const browsers: Array<[RegExp, string]> = [
  [/\bEdgA?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Headless)?(Chrome|CriOS)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];
const systems: Array<[RegExp, string]> = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'Mac'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

export function deviceOf(userAgent: string | undefined, address: string | undefined): Device {
  const find = (names: Array<[RegExp, string]>) =>
    names.find(([pattern]) => pattern.test((userAgent ?? '').slice(0, 400)))?.[1] ?? null;
  return { browser: find(browsers), system: find(systems), network: networkOf(address) };
}

/** The network of an address, and not the address: 203.0.113.0/24, or 2001:db8:1::/48. */
export function networkOf(address: string | undefined): string | null {
  const plain = (address ?? '').replace(/^::ffff:(?=\d+\.)/i, '').split('%')[0]!;
  const four = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.\d{1,3}$/.exec(plain);
  if (four) return `${four[1]}.${four[2]}.${four[3]}.0/24`;
  if (!plain.includes(':')) return null;
  const [head = '', tail] = plain.toLowerCase().split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups = [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups.slice(0, 3).join(':')}::/48`;
}
