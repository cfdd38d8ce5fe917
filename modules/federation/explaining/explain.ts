import type { Clock } from '#kernel/clock';
import type { HttpClient } from '#kernel/http-client';
import { canonicalJson } from '#kernel/ids';
import type { JWK } from '#kernel/keys';
import type { Text } from '#kernel/languages';
import { Problem } from '#kernel/problem';
import { climb } from '../chains/climbing.ts';
import type { Anchor, VerifiedChain } from '../chains/rules.ts';
import { problem } from '../contract.ts';
import { issuerOf, mayIssue, verifyTrustMark } from '../marks/rules.ts';
import { createFetcher, type Fetcher } from '../statements/fetching.ts';
import { isEntityId, readStatement, type Statement, type StatementClaims } from '../statements/rules.ts';
import { both, explainRefusal } from './words.ts';

/** One thing that was read or decided on the way, in a sentence, with what hangs on it. */
export type ExplainedStep = { isOk: boolean; words: Text; details: Text[] };
export type ChainExplanation = { entityId: string; isTrusted: boolean; steps: ExplainedStep[] };

/**
 * Climbs from an entity to an anchor over the net and says of each step what was read and what it changed, and where and why it
 * ends when the entity cannot be trusted. Believes nobody but the keys of the anchors, and no cache. Throws 'entity-id-invalid'.
 */
export async function explainEntity(needs: {
  http: HttpClient;
  clock: Clock;
  trustAnchors: Record<string, { keys: JWK[] }>;
  entityId: string;
}): Promise<ChainExplanation> {
  const { entityId, clock } = needs;
  if (!isEntityId(entityId)) throw problem('entity-id-invalid');
  const ids = Object.keys(needs.trustAnchors);
  const anchors = new Map<string, Anchor>(ids.map((id) => [id, { entityId: id, keys: needs.trustAnchors[id]!.keys }]));
  const fetcher = createFetcher(needs.http, { mayUseHttp: ids.some((id) => id.startsWith('http:')) });
  const read: ExplainedStep[] = [];
  const traced = traceReads(fetcher, read);
  try {
    const { verified, superiors } = await climb(entityId, anchors, traced, clock.now());
    const steps = [
      ...stepsOfChain(verified, clock.now()),
      ...(await stepsOfMarks(verified, superiors, fetcher, clock.now())),
      {
        isOk: true,
        words: both(
          `النتيجة: موثوق حتى ${verified.expiresAt.toISOString()}.`,
          `Result: trusted until ${verified.expiresAt.toISOString()}.`,
        ),
        details: [],
      },
    ];
    return { entityId, isTrusted: true, steps };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const why = explainRefusal(error);
    const end = {
      isOk: false,
      words: both(`النتيجة: غير موثوق. ${why.ar}`, `Result: not trusted. ${why.en}`),
      details: [],
    };
    return { entityId, isTrusted: false, steps: [...read, end] };
  }
}

/** What was asked of whom, and what came, for the case that no chain comes of it. */
function traceReads(fetcher: Fetcher, steps: ExplainedStep[]): Fetcher {
  const note = async (words: Text, read: () => Promise<Statement>): Promise<Statement> => {
    try {
      const statement = await read();
      steps.push({ isOk: true, words, details: detailsOf(statement.claims) });
      return statement;
    } catch (error) {
      if (error instanceof Problem) steps.push({ isOk: false, words, details: [explainRefusal(error)] });
      throw error;
    }
  };
  return {
    ...fetcher,
    configuration: (id, now) =>
      note(both(`قُرئ ما يقوله ${id} عن نفسه.`, `Read what ${id} says of itself.`), () =>
        fetcher.configuration(id, now),
      ),
    subordinate: (endpoint, superior, subject, now) =>
      note(both(`سُئل ${superior} عن ${subject}.`, `Asked ${superior} about ${subject}.`), () =>
        fetcher.subordinate(endpoint, superior, subject, now),
      ),
  };
}

function stepsOfChain(chain: VerifiedChain, now: Date): ExplainedStep[] {
  const statements = chain.tokens.map((token) => readStatement(token, now));
  const between = statements.slice(1, -1);
  const steps = statements.map(({ claims, kid }, index): ExplainedStep => {
    const isOwn = claims.iss === claims.sub;
    const isAnchor = claims.iss === chain.anchor && isOwn;
    const words = isAnchor
      ? both(
          `${claims.iss} مرساة الثقة، معروفة بمفتاحها المضبوط في الإعداد ${kid}.`,
          `${claims.iss} is the trust anchor, known by its configured key ${kid}.`,
        )
      : isOwn
        ? both(
            `${claims.iss} يقول عن نفسه، موقعًا بالمفتاح ${kid}:`,
            `${claims.iss} says of itself, signed with ${kid}:`,
          )
        : both(
            `${claims.iss} يضمن ${claims.sub}، موقعًا بالمفتاح ${kid}:`,
            `${claims.iss} vouches for ${claims.sub}, signed with ${kid}:`,
          );
    return { isOk: true, words, details: index === statements.length - 1 && !isOwn ? [] : detailsOf(claims) };
  });
  const changes = changesOf(
    chain,
    between.map(({ claims }) => claims),
  );
  if (changes.length > 0)
    steps.push({
      isOk: true,
      words: both('غيّرت قواعد الجهات الأعلى البيانات الوصفية:', 'Rules of the superiors changed the metadata:'),
      details: changes,
    });
  return steps;
}

function detailsOf(claims: StatementClaims): Text[] {
  const details: Text[] = [];
  const types = Object.keys(claims.metadata ?? {});
  if (types.length > 0) details.push(both(`الأنواع: ${types.join('، ')}`, `types: ${types.join(', ')}`));
  if (claims.authority_hints) {
    const above = claims.authority_hints.join(' ');
    details.push(both(`الجهات الأعلى: ${above}`, `superiors: ${above}`));
  }
  const kids = claims.jwks.keys.map(({ kid }) => kid).join(' ');
  details.push(both(`المفاتيح: ${kids}`, `keys: ${kids}`));
  for (const [type, parameters] of Object.entries(claims.metadata_policy ?? {}))
    for (const [parameter, rule] of Object.entries(parameters))
      details.push(both(`قاعدة ${type}.${parameter}: ${shown(rule)}`, `rule for ${type}.${parameter}: ${shown(rule)}`));
  if (claims.constraints)
    details.push(both(`قيود: ${shown(claims.constraints)}`, `limits: ${shown(claims.constraints)}`));
  const until = new Date(claims.exp * 1_000).toISOString();
  details.push(both(`صالح حتى ${until}`, `valid until ${until}`));
  return details;
}

/** What the entity says of itself against what counts, with the superiors whose words made the difference. */
function changesOf(chain: VerifiedChain, between: StatementClaims[]): Text[] {
  const changes: Text[] = [];
  const own = chain.subject.metadata ?? {};
  for (const [type, parameters] of Object.entries(own)) {
    const counted = chain.metadata[type];
    if (!counted) {
      const by = between.filter(({ constraints }) => constraints?.allowed_entity_types?.includes(type) === false);
      const whom = by.map(({ iss }) => iss).join(' ');
      changes.push(both(`النوع ${type} غير مسموح به من ${whom}`, `type ${type} is not allowed by ${whom}`));
      continue;
    }
    for (const name of new Set([...Object.keys(parameters), ...Object.keys(counted)])) {
      if (canonicalJson(parameters[name] ?? null) === canonicalJson(counted[name] ?? null)) continue;
      const by = between.filter(
        ({ metadata_policy: policy, metadata }) => policy?.[type]?.[name] ?? metadata?.[type]?.[name],
      );
      const whom = by.map(({ iss }) => iss).join(' ');
      const [before, after] = [shown(parameters[name]), shown(counted[name])];
      changes.push(
        both(`${type}.${name}: ${before} ← ${after} (${whom})`, `${type}.${name}: ${before} → ${after} (${whom})`),
      );
    }
  }
  return changes;
}

async function stepsOfMarks(
  chain: VerifiedChain,
  superiors: VerifiedChain[],
  fetcher: Fetcher,
  now: Date,
): Promise<ExplainedStep[]> {
  return Promise.all(
    (chain.subject.trust_marks ?? []).map(async (mark): Promise<ExplainedStep> => {
      const type = mark.trust_mark_type;
      try {
        const issuer = issuerOf(mark.trust_mark);
        const words = both(`علامة ثقة ${type} من ${issuer}`, `Trust mark ${type} from ${issuer}`);
        if (!mayIssue(chain.anchorClaims, type, issuer))
          throw problem('trust-mark-invalid', { reason: 'issuer-not-allowed' });
        const issuerChain = [chain, ...superiors].find(({ entityId }) => entityId === issuer);
        if (!issuerChain)
          return {
            isOk: true,
            words,
            details: [both('مصدرها خارج هذه السلسلة؛ لم تُفحص.', 'issued outside this chain; not checked')],
          };
        const { claims } = verifyTrustMark(mark, chain.entityId, issuerChain.jwks, chain.anchorClaims, now);
        const endpoint = issuerChain.metadata['federation_entity']?.['federation_trust_mark_status_endpoint'];
        const status =
          typeof endpoint === 'string'
            ? await fetcher.markStatus(endpoint, mark.trust_mark, { entityId: issuer, keys: issuerChain.jwks }, now)
            : 'active';
        const grants = Array.isArray(claims['jisr_grants']) ? claims['jisr_grants'] : [];
        return {
          isOk: status === 'active',
          words,
          details: [
            both(`الحالة: ${status}`, `status: ${status}`),
            ...grants.map((grant) => both(shown(grant), shown(grant))),
          ],
        };
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        return {
          isOk: false,
          words: both(`علامة ثقة ${type}`, `Trust mark ${type}`),
          details: [explainRefusal(error)],
        };
      }
    }),
  );
}

/** A value out of a foreign statement: short, on one line, without characters that change how the rest is read. */
function shown(value: unknown): string {
  const text = (value === undefined ? '–' : JSON.stringify(value)).replace(/[\p{Cc}\p{Cf}]/gu, '?');
  return text.length > 160 ? `${text.slice(0, 157)}…` : text;
}
