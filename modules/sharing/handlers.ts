import { type Caller, type Handlers, officerOf, personOf, type RawAnswer, type RequestFacts } from '#kernel/contract';
import { Problem } from '#kernel/problem';
import type { Officer, Person } from '#modules/cases';
import type { RequestMessage } from '#protocol/http-signatures';
import type { SharingContract } from './contract.ts';
import { giveDocument } from './giving.ts';
import type { createLetters } from './letters.ts';
import { jsonType, signReply } from './messages.ts';
import type { SharingNeeds, SharingOffice } from './needs.ts';
import { problem } from './problems.ts';
import { receiveLetter } from './receiving/service.ts';
import type { createTelling } from './telling/service.ts';
import type { createViewing } from './viewing/service.ts';

const problemType = 'application/problem+json; charset=utf-8';

type Arrived = {
  params: { instance: string; memberClass: string; member: string };
  body: Buffer;
  request: RequestFacts;
};
type Given = { bytes: Buffer | string; contentType: string };

/**
 * Replies to one signed message. Whatever is refused is refused with a code, signed by the office that the address names, and noted
 * in the log without personal data; a refusal of an unknown address is hearsay.
 */
async function replyTo(
  needs: SharingNeeds,
  { request, params, body: arrived }: Arrived,
  work: (office: SharingOffice, message: RequestMessage, body: Buffer) => Promise<Given>,
): Promise<RawAnswer> {
  const client = `${params.instance}/${params.memberClass}/${params.member}`;
  const office = needs.offices.find(({ xRoadClient }) => xRoadClient === client);
  const message: RequestMessage = { method: request.method, url: request.url, headers: request.headers };
  const body = Buffer.isBuffer(arrived) ? arrived : Buffer.alloc(0);
  let reply: { status: number; body: Buffer | string; contentType: string };
  try {
    if (!office) throw problem('office-unknown');
    const { bytes, contentType } = await work(office, message, body);
    reply = { status: 200, body: bytes, contentType };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    needs.log.info({ code: error.code, origin: error.origin, requestId: request.id }, 'letter about a case refused');
    const refusal = JSON.stringify(error.toJson('en', request.id));
    reply = { status: error.status, body: refusal, contentType: problemType };
  }
  const { 'content-type': contentType = reply.contentType, ...headers } = office
    ? await signReply({ ...reply, request: message }, office.signer, needs.clock)
    : {};
  return { bytes: reply.body, contentType, status: reply.status, headers };
}

const person = (caller: Caller): Person => {
  const { personId, homeState, level } = personOf(caller);
  return { personId, homeState, ...(level === undefined ? {} : { level }) };
};
const officer = (caller: Caller): Officer => {
  const { personId, officeId, roles } = officerOf(caller);
  return { personId, officeId, roles };
};

export function createHandlers(
  needs: SharingNeeds,
  parts: {
    telling: ReturnType<typeof createTelling>;
    viewing: ReturnType<typeof createViewing>;
    letters: ReturnType<typeof createLetters>;
    onReceived(): void;
  },
): Handlers<SharingContract> {
  const { telling, viewing } = parts;
  const sharesFor = async (caller: Caller, caseId: string) => ({
    shares: await viewing.listSharesForOfficer(officer(caller), caseId),
  });
  return {
    receiveLetter: (input) =>
      replyTo(needs, input, async (office, message, body) => {
        const receipt = await receiveLetter(needs, office, message, body);
        parts.onReceived();
        return { bytes: JSON.stringify(receipt), contentType: jsonType };
      }),
    giveDocument: (input) =>
      replyTo(needs, { ...input, body: Buffer.alloc(0) }, (office, message, body) =>
        giveDocument(needs, office, input.params, message, body),
      ),
    listSharedCases: async ({ caller }) => ({ cases: await viewing.listForPerson(person(caller)) }),
    getSharedCase: ({ caller, params }) => viewing.getForPerson(person(caller), params.shareId),
    listShares: async ({ caller, params }) => ({ shares: await viewing.listShares(person(caller), params.caseId) }),
    endSharing: async ({ caller, params }) => {
      await telling.endSharing(person(caller), params.caseId, params.role);
      return { ended: true as const };
    },
    listSeenByOffice: async ({ caller }) => ({ cases: await viewing.listForOfficer(officer(caller)) }),
    openSharedCase: ({ caller, params }) => viewing.openForOfficer(officer(caller), params.shareId),
    answerSharedCase: ({ caller, params, body }) => viewing.answer(officer(caller), params.shareId, body),
    writeAboutSharedCase: ({ caller, params, body }) => viewing.write(officer(caller), params.shareId, body.text),
    listSharesForOffice: ({ caller, params }) => sharesFor(caller, params.caseId),
    writeToPartner: async ({ caller, params, body }) => {
      await telling.writeToPartner(officer(caller), params.caseId, params.role, body.text);
      return sharesFor(caller, params.caseId);
    },
    listGivenUpLetters: async () => ({ letters: await parts.letters.listGivenUp() }),
    retryGivenUpLetter: async ({ params: { letterId } }) => {
      await parts.letters.retryLetter(letterId);
      return { letterId };
    },
  };
}
