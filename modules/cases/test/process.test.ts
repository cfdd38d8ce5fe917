import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Process } from '#modules/cases';
import { caseChart } from '../chart.ts';
import { openSaudiCases, type SaudiCases, serveCases, servicesDir } from './support.ts';

let room: SaudiCases;
let server: ReturnType<typeof serveCases>;
beforeAll(async () => {
  room = await openSaudiCases();
  server = serveCases(room);
});
afterAll(async () => {
  await server?.close();
  await room?.database.close();
});

const read = async (path: string) => {
  const answer = await server.fastify.inject({ method: 'GET', url: path });
  return { status: answer.statusCode, process: answer.json<Process>() };
};
const eventsOf = ({ states }: Process, id: string) =>
  states.find((state) => state.id === id)?.steps.map(({ event }) => event) ?? [];

describe('the published process', () => {
  test('is had by anybody, is the chart that the cases run on, and says who acts and how long', async () => {
    const { status, process } = await read('/api/services/degree-recognition/process');
    expect(status).toBe(200);
    expect(process).toMatchObject({ serviceId: 'degree-recognition', initial: 'draft' });
    const { states } = caseChart.config as unknown as { states: Record<string, { on?: Record<string, string> }> };
    for (const { id, steps } of process.states)
      for (const { event, target } of steps) expect(states[id]?.on?.[event], `${id} ${event}`).toBe(target);
    const state = (id: string) => process.states.find((one) => one.id === id);
    expect(state('draft')).toMatchObject({ whoseTurn: 'person', time: { days: 90, unit: 'days' } });
    expect(state('in-review')).toMatchObject({ whoseTurn: 'office', time: { days: 5, unit: 'working-days' } });
    expect(state('waiting-for-person')?.time).toEqual({ days: 10, unit: 'working-days', max: 30 });
    expect(state('to-confirm')?.steps).toContainEqual(
      expect.objectContaining({ event: 'confirm-approve', by: 'second-officer', target: 'approved' }),
    );
    expect(state('refused')?.steps).toContainEqual(
      expect.objectContaining({ event: 'appeal', by: 'person', time: { days: 30, unit: 'working-days' } }),
    );
    // What the law makes of silence is said where there is such a law alone.
    expect(eventsOf(process, 'submitted')).not.toContain('silence-approve');
    const school = (await read('/api/services/gcc-school-enrolment/process')).process;
    expect(eventsOf(school, 'submitted')).toContain('silence-approve');
    expect(eventsOf(school, 'submitted')).not.toContain('silence-refuse');
    expect(eventsOf(school, 'waiting-for-person')).not.toContain('miss-answer');
  });

  test('is that of the version asked for, and of services that are given here', async () => {
    const { process } = await read('/api/services/degree-recognition/process');
    const same = await read(`/api/services/degree-recognition/process?version=${process.serviceVersion}`);
    expect(same.process).toEqual(process);
    expect((await read('/api/services/degree-recognition/process?version=0')).status).toBe(404);
    expect((await read('/api/services/camping-permit/process')).status).toBe(404);
    expect((await read('/api/services/no-such/process')).status).toBe(404);
  });

  test('leads from the draft to an end for every service, in words for every step', async () => {
    for (const id of readdirSync(servicesDir)) {
      if (!(await room.catalogue.findService(id))) continue;
      const process = await room.cases.describeProcess(id);
      const ids = process.states.map((state) => state.id);
      expect(ids).toContain('approved');
      for (const { steps, isFinal, whoseTurn } of process.states) {
        for (const { target, text } of steps) {
          expect(ids).toContain(target);
          expect(text.ar && text.en).toBeTruthy();
        }
        if (!isFinal && whoseTurn !== 'nobody') expect(steps.length).toBeGreaterThan(0);
      }
    }
  });
});
