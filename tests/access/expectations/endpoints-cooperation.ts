import { type Expectation, publicly } from './kinds.ts';

/** Endpoints of the modules of cooperation: insights; by module and name. */
export const cooperationEndpoints: Record<string, Expectation> = {
  'insights.listMethods': publicly(),
  'insights.listAreas': publicly(),
  'insights.getSurvey': publicly({ params: { year: '2024' } }),
  'insights.getHistory': publicly({ params: { area: 'OMN' } }),
  'insights.explainGap': publicly({ params: { year: '2024' }, query: () => ({ area: 'OMN', peer: 'SAU' }) }),
  'insights.simulate': publicly({
    body: () => ({
      year: 2024,
      area: 'OMN',
      mode: 'frozen',
      changes: [{ depth: 'index', index: 'osi', value: 0.9 }],
    }),
  }),
  'insights.findGoal': publicly({ body: () => ({ year: 2024, area: 'OMN', rank: 30 }) }),
  'insights.measureUncertainty': publicly({ params: { year: '2024' } }),
  'insights.measureSwings': publicly({ params: { year: '2024' }, query: () => ({ area: 'OMN' }) }),
  'insights.simulateProposal': publicly({ params: { year: '2024' } }),
  'insights.readScores': publicly(),
  'insights.readServices': publicly(),
  'insights.readSdmxData': publicly({ params: { key: 'OMN.EGDI' } }),
  'insights.readSdmxStructure': publicly(),
  'insights.readServicesData': publicly({ params: { key: 'all' } }),
  'insights.readServicesStructure': publicly(),
  'insights.exportCatalogue': publicly(),
};
