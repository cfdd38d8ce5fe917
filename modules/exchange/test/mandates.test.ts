import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sql } from '#kernel/database';
import { ali, noura, startTwoStates, type TwoStates } from './two-states.ts';

let world: TwoStates;
beforeAll(async () => {
  world = await startTwoStates();
});
afterAll(() => world.close());

const codeOf = async (work: Promise<unknown>) => {
  try {
    await work;
    return 'given';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

/** Ali's mandate to act for Noura: by the register of guardians, or by her own word. */
async function guardianMandate(): Promise<string> {
  world.holding.guardians.set(ali.nationalId, [noura.nationalId]);
  return (await world.holding.mandates.listHeld(ali.personId)).find(({ kind }) => kind === 'guardian')!.mandateId;
}
async function givenMandate(limits: { purposes?: string[]; evidenceTypes?: string[] } = {}): Promise<string> {
  const until = new Date(world.clock.now().getTime() + 86_400_000).toISOString();
  const { code } = await world.holding.mandates.give(noura.personId, { until, ...limits });
  return (await world.holding.mandates.accept(ali.personId, code.toLowerCase())).mandateId;
}

/** A consent that Ali gave in Noura's name, and what the office asks with. */
async function consentUnder(mandateId: string, kind: 'guardian' | 'agent') {
  const { ask, office } = await world.consentTo();
  const givenBy = { representativeId: ali.personId, subject: ali.subject, mandateId, mandate: 'handle', kind };
  const given = await world.holding.consent.give({
    personId: noura.personId,
    subject: noura.subject,
    requester: office.entityId,
    details: [
      {
        type: 'evidence',
        evidence_type: 'degree-record',
        fields: ask.fields as string[],
        essential_fields: ['degree_level'],
        purpose: ask.purpose,
        case_id: ask.caseId,
        requester: office.entityId,
        retention: 'P5Y',
        until: new Date(world.clock.now().getTime() + 3_600_000).toISOString(),
        use: 'until',
      },
    ],
    approvedFields: [ask.fields],
    givenBy,
  });
  const acting = { act: { sub: ali.subject }, mandate: 'handle' };
  const token = (claims: object) => world.mintToken(given, office, claims);
  const asked = async (claims: object = acting) =>
    codeOf(
      world.asking.exchange.ask({ ...ask, consentId: given.consentId, accessToken: await token(claims) } as typeof ask),
    );
  return { asked, given };
}

describe('a question under a consent that somebody gave for another', () => {
  test('is answered while the mandate is in force, and the consent says who gave it', async () => {
    const { asked, given } = await consentUnder(await givenMandate(), 'agent');
    expect(await asked()).toBe('given');
    const consent = await world.holding.consent.get(noura.personId, given.consentId);
    expect(consent.givenBy).toMatchObject({ kind: 'agent', representativeId: ali.personId });
    const receipt = JSON.parse(Buffer.from(given.receipt.split('.')[1]!, 'base64url').toString());
    expect(receipt.authorized_by).toEqual({ sub: ali.subject, mandate: 'handle', kind: 'agent' });
    expect(receipt.sub).toBe(noura.subject);
  });

  test('is refused from the next one on when the person withdraws the mandate, and the consent under it is over', async () => {
    const mandateId = await givenMandate();
    const { asked, given } = await consentUnder(mandateId, 'agent');
    expect(await asked()).toBe('given');
    await world.holding.mandates.withdraw(noura.personId, mandateId);
    expect(await asked()).toBe('consent-withdrawn');
    expect((await world.holding.consent.get(noura.personId, given.consentId)).state).toBe('withdrawn');
    const uses = await world.holding.exchange.listUses(noura.personId);
    expect(uses[0]).toMatchObject({ outcome: 'refused' });
  });

  test('is refused when the register no longer says so, without anybody having told', async () => {
    const { asked } = await consentUnder(await guardianMandate(), 'guardian');
    expect(await asked()).toBe('given');
    world.holding.guardians.set(ali.nationalId, []);
    expect(await asked()).toBe('mandate-ended');
    // The mandate is over with what stood on it, even if the register says otherwise again.
    world.holding.guardians.set(ali.nationalId, [noura.nationalId]);
    expect(await asked()).toBe('consent-withdrawn');
  });

  test('is refused beyond the limits of the mandate', async () => {
    const narrow = await consentUnder(await givenMandate({ evidenceTypes: ['person-identity'] }), 'agent');
    expect(await narrow.asked()).toBe('mandate-not-covering');
    const other = await consentUnder(await givenMandate({ purposes: ['school-enrolment'] }), 'agent');
    expect(await other.asked()).toBe('mandate-not-covering');
    const fitting = { purposes: ['degree-recognition'], evidenceTypes: ['degree-record'] };
    expect(await (await consentUnder(await givenMandate(fitting), 'agent')).asked()).toBe('given');
  });

  test('is refused when the mandate has run out', async () => {
    const short = await givenMandate();
    const under = await consentUnder(short, 'agent');
    await world.holding.database.transaction(async (tx) => {
      await sql`update mandates.mandates set until = given_at where mandate_id = ${short}`.execute(tx);
    });
    expect(await under.asked()).toBe('mandate-ended');
  });

  test('is refused when the token tells half of it, or acts on a consent that the person gave alone', async () => {
    const { asked } = await consentUnder(await givenMandate(), 'agent');
    expect(await asked({ act: { sub: ali.subject } })).toBe('token-invalid');
    expect(await asked({ mandate: 'handle' })).toBe('token-invalid');
    const { ask, given, office } = await world.consentTo();
    const accessToken = await world.mintToken(given, office, { act: { sub: ali.subject }, mandate: 'handle' });
    expect(await codeOf(world.asking.exchange.ask({ ...ask, accessToken } as typeof ask))).toBe('token-invalid');
  });
});

describe('a mandate', () => {
  test('is taken up once, by its code, and not by whoever gave it', async () => {
    const { mandates } = world.holding;
    const until = new Date(world.clock.now().getTime() + 86_400_000).toISOString();
    const { code } = await mandates.give(noura.personId, { until });
    expect(await codeOf(mandates.accept(noura.personId, code))).toBe('mandate-to-oneself');
    expect(await codeOf(mandates.accept(ali.personId, 'AAAAA-AAAAA-AAAAA-AAAAA'))).toBe('mandate-code-wrong');
    await mandates.accept(ali.personId, code);
    expect(await codeOf(mandates.accept(ali.personId, code))).toBe('mandate-code-wrong');
  });

  test('has an end, within two years, and names only what a catalogue knows', async () => {
    const { mandates } = world.holding;
    const at = (days: number) => new Date(world.clock.now().getTime() + days * 86_400_000).toISOString();
    expect(await codeOf(mandates.give(noura.personId, { until: at(-1) }))).toBe('mandate-term-invalid');
    expect(await codeOf(mandates.give(noura.personId, { until: at(800) }))).toBe('mandate-term-invalid');
    expect(await codeOf(mandates.give(noura.personId, { until: at(1), purposes: ['nothing-such'] }))).toBe(
      'mandate-limit-unknown',
    );
  });

  test('is nobody else’s to see, use or end, and what a register says only the register ends', async () => {
    const { mandates } = world.holding;
    const given = await givenMandate();
    const stranger = '019ab0c0-7c00-7000-8000-000000000000';
    expect(await codeOf(mandates.withdraw(stranger, given))).toBe('mandate-unknown');
    expect(await codeOf(mandates.getHeld(noura.personId, given))).toBe('mandate-unknown');
    const registered = await guardianMandate();
    expect(await codeOf(mandates.withdraw(ali.personId, registered))).toBe('mandate-of-register');
  });

  test('leaves each act where the person sees it', async () => {
    const { mandates } = world.holding;
    const mandateId = await givenMandate();
    const towards = world.asking.offices.get('moe')!.entityId;
    await mandates.record(mandateId, { did: 'began', towards, representedId: noura.personId });
    const [act] = await mandates.listActs(noura.personId);
    expect(act).toMatchObject({ mandateId, did: 'began', towards, kind: 'agent', by: { en: ali.subject } });
    expect(await mandates.listActs(ali.personId)).toEqual([]);
    const entries = await world.holding.ledger.listAbout(noura.personId, { kinds: ['acted-for'] });
    expect(JSON.stringify(entries)).not.toContain(ali.nationalId);
  });
});
