import { type Static, Type } from 'typebox';
import { bytes, defineContract } from '#kernel/contract';
import { Text } from '#kernel/languages';
import { defineProblems } from '#kernel/problem';
import { assessmentProblems } from './assessment/contract.ts';
import { assessmentEndpoints } from './assessment/endpoints.ts';
import { ChangeOverTime, Gap } from './comparing/contract.ts';
import { IndexId, Method } from './methods/contract.ts';
import { ProposalOutcome } from './proposals/contract.ts';
import { Area } from './tables/areas.ts';
import { Source } from './tables/sources.ts';
import { Swing, Uncertainty } from './uncertainty/contract.ts';
import { Goal, GoalAnswer, Outcome, Scenario } from './what-if/contract.ts';

export const Level = Type.Union([
  Type.Literal('very-high'),
  Type.Literal('high'),
  Type.Literal('middle'),
  Type.Literal('low'),
]);

/** One area in one survey year: what was printed, and what comes out when it is computed again. Values between 0 and 1. */
export const Standing = Type.Object({
  area: Type.String(),
  names: Text,
  rank: Type.Optional(Type.Integer()),
  egdi: Type.Optional(Type.Number()),
  level: Type.Optional(Level),
  osi: Type.Optional(Type.Number()),
  tii: Type.Optional(Type.Number()),
  hci: Type.Optional(Type.Number()),
  epi: Type.Optional(Type.Number()),
  source: Type.String(),
  /** The index from its parts, and how far it is from what was printed. */
  computed: Type.Optional(Type.Number()),
  residual: Type.Optional(Type.Number()),
  /** Ranks by the printed index and by the parts, in whole numbers; and the span that printing leaves open. */
  rankPrinted: Type.Optional(Type.Integer()),
  rankComputed: Type.Optional(Type.Integer()),
  rankBest: Type.Optional(Type.Integer()),
  rankWorst: Type.Optional(Type.Integer()),
  /** The source is known to contradict itself here. */
  isKnownError: Type.Boolean(),
});
export type Standing = Static<typeof Standing>;

/** An index computed from openly published inputs, beside the printed one. */
export const InputFit = Type.Object({
  index: IndexId,
  areas: Type.Integer(),
  explained: Type.Number(),
  bias: Type.Number(),
  spread: Type.Number(),
  missing: Type.Array(Type.String()),
  values: Type.Array(
    Type.Object({ area: Type.String(), computed: Type.Number(), published: Type.Number(), residual: Type.Number() }),
  ),
});
export type InputFit = Static<typeof InputFit>;

export const problem = defineProblems({
  ...assessmentProblems,
  'year-unknown': {
    status: 404,
    en: 'There was no survey in that year. Choose one of: {years}.',
    ar: 'لا يوجد مسح في تلك السنة. اختر واحدة من: {years}.',
  },
  'area-unknown': {
    status: 404,
    en: 'No state of the surveys has that code. Use the three letters of ISO 3166-1, such as OMN.',
    ar: 'لا توجد في المسوح دولة بهذا الرمز. استعمل الأحرف الثلاثة من ISO 3166-1، مثل OMN.',
  },
  'area-unscored': {
    status: 422,
    en: 'The survey printed no score for {what} in that year, so nothing can be computed from it.',
    ar: 'لم ينشر المسح درجة لـ{what} في تلك السنة، فلا يمكن الحساب منها.',
  },
  'part-unknown': {
    status: 422,
    en: 'The method of that year has no part “{what}” of this kind. Look at the methods for what it has.',
    ar: 'لا يوجد في طريقة تلك السنة جزء «{what}» من هذا النوع. انظر طرق الحساب لمعرفة أجزائها.',
  },
  'input-unknown': {
    status: 422,
    en: 'No open table gives “{what}” for that state and year, so a change of it cannot be computed.',
    ar: 'لا يوجد جدول مفتوح يعطي «{what}» لتلك الدولة والسنة، فلا يمكن حساب أثر تغييره.',
  },
  'key-malformed': {
    status: 400,
    en: 'The key has another form than two lists with a dot between them, such as KWT+SAU.EGDI+OSI. Use “all” for everything.',
    ar: 'صيغة المفتاح ليست قائمتين بينهما نقطة مثل KWT+SAU.EGDI+OSI. استعمل all للكل.',
  },
});

const Year = Type.Integer({ minimum: 2000, maximum: 2100 });
const YearText = Type.String({ pattern: '^[0-9]{4}$' });
const AreaText = Type.String({ pattern: '^[A-Z]{3}$' });

export const insightsContract = defineContract({
  module: 'insights',
  title: { ar: 'المؤشرات', en: 'Insights' },
  problems: problem,
  endpoints: {
    ...assessmentEndpoints,
    listMethods: {
      method: 'GET',
      path: '/api/insights/methods',
      summary: 'How each survey year was computed: weights, parts, breaks, assumptions, and whose figures they are',
      access: 'anyone',
      answer: Type.Object({
        methods: Type.Array(Method),
        assumptions: Type.Record(Type.String(), Text),
        sources: Type.Array(Source),
      }),
      refusals: [],
    },
    listAreas: {
      method: 'GET',
      path: '/api/insights/areas',
      summary: 'The states that surveys rank, with their names in Arabic and English',
      access: 'anyone',
      answer: Type.Object({ areas: Type.Array(Area) }),
      refusals: [],
    },
    getSurvey: {
      method: 'GET',
      path: '/api/insights/surveys/:year',
      summary: 'One survey year computed again: every state with its residual against the published value',
      access: 'anyone',
      params: Type.Object({ year: YearText }),
      answer: Type.Object({ year: Year, method: Method, standings: Type.Array(Standing), fits: Type.Array(InputFit) }),
      refusals: ['year-unknown'],
    },
    getHistory: {
      method: 'GET',
      path: '/api/insights/areas/:area',
      summary: 'One state over all survey years, with the split of every change',
      access: 'anyone',
      params: Type.Object({ area: AreaText }),
      answer: Type.Object({
        area: Area,
        years: Type.Array(Type.Object({ year: Year, standing: Standing })),
        changes: Type.Array(ChangeOverTime),
      }),
      refusals: ['area-unknown'],
    },
    explainGap: {
      method: 'GET',
      path: '/api/insights/surveys/:year/gap',
      summary: 'Where the gap of one state to another comes from, piece by piece',
      access: 'anyone',
      params: Type.Object({ year: YearText }),
      query: Type.Object({ area: AreaText, peer: AreaText }),
      answer: Gap,
      refusals: ['year-unknown', 'area-unknown', 'area-unscored'],
    },
    simulate: {
      method: 'POST',
      path: '/api/insights/simulations',
      summary: 'What changes at any of four depths would do, with everybody else standing still or moving too',
      access: 'anyone',
      body: Scenario,
      answer: Outcome,
      refusals: ['year-unknown', 'area-unknown', 'area-unscored', 'part-unknown', 'input-unknown'],
    },
    findGoal: {
      method: 'POST',
      path: '/api/insights/goals',
      summary: 'The least change that reaches a rank, and what every mix of answers costs and gains',
      access: 'anyone',
      body: Goal,
      answer: GoalAnswer,
      refusals: ['year-unknown', 'area-unknown', 'area-unscored'],
    },
    measureUncertainty: {
      method: 'GET',
      path: '/api/insights/surveys/:year/uncertainty',
      summary: 'Rank intervals under other weights and for absent parts, from 2,000 repeatable draws',
      access: 'anyone',
      params: Type.Object({ year: YearText }),
      query: Type.Object({ spreadPercent: Type.Optional(Type.Integer({ minimum: 0, maximum: 50 })) }),
      answer: Uncertainty,
      refusals: ['year-unknown'],
    },
    measureSwings: {
      method: 'GET',
      path: '/api/insights/surveys/:year/swings',
      summary: 'What the place of a state depends on most: one assumption moved at a time',
      access: 'anyone',
      params: Type.Object({ year: YearText }),
      query: Type.Object({ area: AreaText }),
      answer: Type.Object({ swings: Type.Array(Swing) }),
      refusals: ['year-unknown', 'area-unknown', 'area-unscored'],
    },
    simulateProposal: {
      method: 'GET',
      path: '/api/insights/surveys/:year/proposal',
      summary:
        'A proposed method, not the UN’s: digital skills of the GovTech Maturity Index as a part of human capital, for every state',
      access: 'anyone',
      params: Type.Object({ year: YearText }),
      query: Type.Object({ weightPercent: Type.Optional(Type.Integer({ minimum: 0, maximum: 50 })) }),
      answer: ProposalOutcome,
      refusals: ['year-unknown'],
    },
    readScores: {
      method: 'GET',
      path: '/api/insights/scores.csv',
      summary: 'All scores as published, in CSV, each with its source',
      access: 'anyone',
      answer: bytes('text/csv'),
      refusals: [],
    },
    readServices: {
      method: 'GET',
      path: '/api/insights/services.csv',
      summary:
        'What was measured of each service of this state, and how far it could be applied for; small numbers are withheld',
      access: 'anyone',
      answer: bytes('text/csv'),
      refusals: [],
    },
    readSdmxData: {
      method: 'GET',
      path: '/api/insights/sdmx/data/dataflow/JISR/EGDI/1.0/:key',
      summary: 'Scores as SDMX-JSON 2 or SDMX-CSV 2.0, chosen by key (areas.indicators) and period',
      access: 'anyone',
      params: Type.Object({ key: Type.String({ maxLength: 1000 }) }),
      query: Type.Object({
        startPeriod: Type.Optional(YearText),
        endPeriod: Type.Optional(YearText),
        format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('csv')])),
      }),
      answer: bytes('application/vnd.sdmx.data+json'),
      refusals: ['key-malformed'],
    },
    readSdmxStructure: {
      method: 'GET',
      path: '/api/insights/sdmx/structure/dataflow/JISR/EGDI/1.0',
      summary: 'The structure of the SDMX data: dataflow, concepts and code lists as SDMX-JSON 2',
      access: 'anyone',
      answer: bytes('application/vnd.sdmx.structure+json'),
      refusals: [],
    },
    readServicesData: {
      method: 'GET',
      path: '/api/insights/sdmx/data/dataflow/JISR/SERVICES/1.0/:key',
      summary:
        'The measures of services as SDMX-JSON 2 or SDMX-CSV 2.0, chosen by key (services.measures); small numbers are withheld',
      access: 'anyone',
      params: Type.Object({ key: Type.String({ maxLength: 1000 }) }),
      query: Type.Object({ format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('csv')])) }),
      answer: bytes('application/vnd.sdmx.data+json'),
      refusals: ['key-malformed'],
    },
    readServicesStructure: {
      method: 'GET',
      path: '/api/insights/sdmx/structure/dataflow/JISR/SERVICES/1.0',
      summary: 'The structure of the measures of services: dataflow, concepts and code lists as SDMX-JSON 2',
      access: 'anyone',
      answer: bytes('application/vnd.sdmx.structure+json'),
      refusals: [],
    },
    exportCatalogue: {
      method: 'GET',
      path: '/api/insights/catalogue.jsonld',
      summary: 'The data sets as a DCAT-AP 3 catalogue in JSON-LD, with whose figures they are made of',
      access: 'anyone',
      answer: bytes('application/ld+json'),
      refusals: [],
    },
  },
});
export type InsightsContract = typeof insightsContract;
