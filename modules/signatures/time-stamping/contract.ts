import { bytes, defineContract } from '#kernel/contract';
import { kernelProblem } from '#kernel/problem';

export const timeStampingContract = defineContract({
  module: 'time-stamping',
  title: { ar: 'الأختام الزمنية', en: 'Time-stamps' },
  problems: kernelProblem,
  endpoints: {
    stamp: {
      method: 'POST',
      path: '/time-stamps',
      summary:
        'Stamps a digest with the time of this server (RFC 3161); what cannot be stamped is refused in the same form.',
      access: 'anyone',
      raw: true,
      bodyBytesMax: 8_192,
      answer: bytes('application/timestamp-reply'),
      refusals: [],
    },
    readCertificates: {
      method: 'GET',
      path: '/time-stamps/ca.pem',
      summary: 'The certificate under which these time-stamps stand',
      access: 'anyone',
      answer: bytes('application/pem-certificate-chain'),
      refusals: [],
    },
  },
});
