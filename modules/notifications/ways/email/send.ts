import type { NotificationNeeds, Sender } from '../../needs.ts';
import type { Templates } from '../../templates/rules.ts';
import type { EmailRules } from '../contract.ts';
import { composeMail } from './compose.ts';

const timeoutMs = 10_000;

/** What nodemailer says of a mail that was not taken. */
type SmtpError = Error & { code?: string; command?: string; responseCode?: number };

/** Hands mail to the state's own mail server. */
export function createEmailSender(
  needs: Pick<NotificationNeeds, 'stateNames' | 'readSecret' | 'publicUrl'>,
  rules: EmailRules,
  templates: Templates,
): Sender {
  if (rules.security === 'none' && !['localhost', '127.0.0.1', '::1'].includes(rules.host))
    throw new Error(
      `notifications.json: e-mail to ${rules.host} would leave without encryption. Set email.security to starttls or tls.`,
    );
  // Loaded with the first mail: most nodes of the sample, and many processes, send none.
  const open = async () => {
    const { createTransport } = await import('nodemailer');
    return createTransport({
      host: rules.host,
      port: rules.port,
      secure: rules.security === 'tls',
      requireTLS: rules.security === 'starttls',
      ignoreTLS: rules.security === 'none',
      ...(rules.user === undefined
        ? {}
        : { auth: { user: rules.user, pass: rules.secret === undefined ? '' : needs.readSecret(rules.secret) } }),
      ...(rules.certificates === undefined ? {} : { tls: { ca: rules.certificates } }),
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      dnsTimeout: timeoutMs,
    });
  };
  const { hostname } = new URL(needs.publicUrl);
  const surroundings = { templates, stateNames: needs.stateNames, from: rules.from, host: hostname };

  return {
    send: async (notice) => {
      const transport = await open();
      try {
        await transport.sendMail(composeMail(notice, surroundings));
        return { outcome: 'sent' };
      } catch (error) {
        return judgeRefusal(error as SmtpError);
      } finally {
        transport.close();
      }
    },
    check: async () => {
      const transport = await open();
      try {
        await transport.verify();
      } finally {
        transport.close();
      }
    },
  };
}

/**
 * RFC 5321 section 4.2.1: 4yz may work at another time, 5yz never will; but only what the server says of the recipient or of the mail
 * speaks of the address. A wrong password or an unknown command is the operator's to mend, and the mail waits for that.
 */
function judgeRefusal(error: SmtpError): { outcome: 'later' | 'never'; code: string } {
  const { responseCode, command } = error;
  const isOfMail = command === 'RCPT TO' || command === 'DATA';
  if (responseCode === undefined) return { outcome: 'later', code: (error.code ?? 'mail-failed').toLowerCase() };
  return { outcome: responseCode >= 500 && isOfMail ? 'never' : 'later', code: `smtp-${responseCode}` };
}
