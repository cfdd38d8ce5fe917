import type { FastifyReply } from 'fastify';
import type { OpenIdShape } from '../description.ts';
import { createKept } from '../kept.ts';
import { onDeviceAppPage, onDevicePage } from '../pages/on-device.ts';
import { languageOf, sendPage } from '../pages/page.ts';
import { problem } from '../problem.ts';
import { checkReturn, type Simulator } from '../simulator.ts';
import { wordsOf } from './words.ts';

type Words = Record<string, string | undefined>;
type Waiting<Asked> = { asked: Asked; chosen?: Words };

const pageSeconds = 900;

/**
 * From a service's app to the eID's app on one device, and back: the page in the service's webview leads to the eID's app by a link of
 * that app's own scheme, which holds where to go on. The service writes its own scheme into those two addresses before it lets the
 * link open, so that the person comes back to its app; then it opens the original address in the webview, and gets the code there.
 * The eID's app is a page of the simulator here.
 */
export function mountOnDevice<Asked>(
  simulator: Simulator,
  shape: OpenIdShape,
  own: {
    answer(reply: FastifyReply, asked: Asked, chosen: Words): Promise<FastifyReply>;
    refuse(reply: FastifyReply, asked: Asked, error: OpenIdShape['errors']['expired']): FastifyReply;
  },
) {
  const { server, publicUrl, clock } = simulator;
  const { fastify } = server;
  const { scheme } = shape.onDevice!;
  const place = `${shape.paths.authorize}/on-device`;
  const waiting = createKept<Waiting<Asked>>(clock, pageSeconds);

  fastify.get('/app', async (request, reply) => {
    const { request: id, successurl, failureurl } = wordsOf(request.query);
    if (waiting.find(id) === undefined) throw problem('page-expired');
    const back = { success: checkAppReturn(simulator, successurl), failure: checkAppReturn(simulator, failureurl) };
    return sendPage(reply, onDeviceAppPage(simulator, languageOf(request), { id: id!, ...back }));
  });

  fastify.post('/app', async (request, reply) => {
    const chosen = wordsOf(request.body);
    const found = waiting.find(chosen['request']);
    if (found === undefined) throw problem('page-expired');
    const isApproved = chosen['decision'] === 'approve';
    if (isApproved) found.chosen = chosen;
    return reply.redirect(checkAppReturn(simulator, chosen[isApproved ? 'successurl' : 'failureurl']), 303);
  });

  fastify.get(`${place}/:id/:end`, async (request, reply) => {
    const { id, end } = request.params as Words;
    const found = waiting.take(id);
    if (found === undefined) throw problem('page-expired');
    if (end !== 'success') return own.refuse(reply, found.asked, shape.errors.rejected);
    // Opened before anybody has answered in the app.
    if (found.chosen === undefined) return own.refuse(reply, found.asked, shape.errors.expired);
    return own.answer(reply, found.asked, found.chosen);
  });

  return {
    isAsked: (acrValues: string | undefined) => acrValues?.split(' ').includes(shape.onDevice!.acr) === true,
    begin(reply: FastifyReply, asked: Asked, language: 'ar' | 'en', service: string): FastifyReply {
      const id = waiting.keep({ asked });
      const query = new URLSearchParams({
        request: id,
        successurl: `${publicUrl}${place}/${id}/success`,
        failureurl: `${publicUrl}${place}/${id}/failure`,
      });
      const app = `${scheme}://digitalid-users-ids/oauth?${query}`;
      reply.header('refresh', `0;url=${app}`);
      return sendPage(reply, onDevicePage(simulator, language, { app, standIn: `/app?${query}`, service }));
    },
  };
}

/** Back into an app of the developer, by its own scheme, or to this machine as anywhere else. */
function checkAppReturn(simulator: Simulator, url: string | undefined): string {
  const [, scheme = ''] = /^([a-z][a-z0-9+.-]{1,60}):\/\//.exec(url ?? '') ?? [];
  const isOfApp = scheme !== '' && !['http', 'https', 'file', 'javascript', 'data', 'vbscript'].includes(scheme);
  return isOfApp && url!.length <= 2_000 ? url! : checkReturn(simulator, url);
}
