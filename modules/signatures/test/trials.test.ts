import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '#kernel/clock';
import { createDocuments, type Trial } from '#modules/signatures';
import { decisionInput } from './decision.ts';

const documents = createDocuments({ clock: systemClock });
const trial = (template: string): Promise<Trial> => documents.try({ ...decisionInput(), template }, 'picture');
const faultOf = async (template: string) => (await trial(template)) as { fault: { message: string } };

// Whoever would fetch a package asks here first: the environment of the node names it, that of the typesetter must not.
let asked = 0;
const proxy = createServer((socket) => {
  asked += 1;
  socket.destroy();
});
const names = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'];
beforeAll(async () => {
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const { port } = proxy.address() as { port: number };
  for (const name of names) process.env[name] = `http://127.0.0.1:${port}`;
});
afterAll(() => {
  for (const name of names) delete process.env[name];
  proxy.close();
});

describe('a template that somebody is writing', () => {
  test('is drawn as a picture and set as PDF', async () => {
    const drawn = (await trial('= #say(data.state)\n#verify-code()')) as { picture: string };
    expect(drawn.picture).toMatch(/^<svg /);
    expect(drawn.picture).not.toContain('<script');
    const pdf = await documents.try({ ...decisionInput(), template: '= x', data: {} }, 'pdf');
    expect((pdf as { pdf: Buffer }).pdf.subarray(0, 5).toString()).toBe('%PDF-');
  });

  test('is refused with the compiler’s words and its own line, in every sort of mistake', async () => {
    expect(await faultOf('one\ntwo\n#nothing(1)')).toEqual({
      fault: { at: { line: 3, column: 2 }, message: 'unknown variable: nothing' },
    });
    expect(await faultOf('#let x = (1,')).toEqual({
      fault: { at: { line: 1, column: 10 }, message: 'unclosed delimiter' },
    });
    expect(await faultOf('\n#data.nobody')).toMatchObject({
      fault: { at: { line: 2, column: 7 }, message: expect.stringContaining('nobody') },
    });
  });

  test('reads no file of this machine and says nothing of where it was looked for', async () => {
    for (const path of [
      '/etc/hostname',
      '../letterhead.typ',
      '/../letterhead.typ',
      '../../../../../../../../etc/hostname',
    ]) {
      const { fault } = await faultOf(`#read("${path}")`);
      expect(fault.message, path).toMatch(/not found|access denied/);
      expect(fault.message).not.toContain(import.meta.dirname.split('/').slice(0, 3).join('/'));
    }
  });

  test('reaches no network: a package that it names is not fetched', async () => {
    for (const source of ['#import "@preview/cetz:0.2.2": *', '#let x = "@pre" + "view/cetz:0.2.2"\n#import x: *']) {
      const { fault } = await faultOf(source);
      expect(fault.message).toContain('failed to download package');
    }
    expect(asked).toBe(0);
  });

  test('is refused when its pages are too many to be drawn', async () => {
    const { fault } = await faultOf('#set text(size: 2pt)\n#lorem(8000)');
    expect(fault.message).toBe('the pages are too many to be drawn');
  });

  test('is ended when it takes too much memory or too long, and the next one is set all the same', async () => {
    expect(await trial('#let x = range(100000000)\n#x.len()')).toMatchObject({
      limit: expect.stringContaining('memory'),
    });
    const slow = '#let n = 0\n#for i in range(3000) { for j in range(30000) { n = calc.rem(n + i * j, 7) } }\n#n';
    const began = Date.now();
    expect(await trial(slow)).toMatchObject({ limit: expect.stringContaining('too long') });
    expect(Date.now() - began).toBeLessThan(20_000);
    expect(await trial('= good')).toHaveProperty('picture');
  });
});
