import type { HttpClient } from '#kernel/http-client';
import type { SampleNode } from '../../apps/federation/launcher.ts';

/** A node that looked for the others before they were up looks again within seconds: until each can begin a sign-in at each. */
export async function waitUntilAcquainted(states: SampleNode[], http: HttpClient, timeoutMs = 60_000): Promise<void> {
  const until = performance.now() + timeoutMs;
  for (const from of states)
    for (const to of states.filter((state) => state !== from))
      while (!(await mayBeginSignIn(from, to))) {
        if (performance.now() > until) throw new Error(`${from.id} does not find ${to.id} within ${timeoutMs} ms`);
        await new Promise((resolve) => setTimeout(resolve, 250));
      }

  async function mayBeginSignIn(from: SampleNode, to: SampleNode): Promise<boolean> {
    const { status, headers } = await http.request({
      method: 'POST',
      url: `${from.publicUrl}/signin`,
      headers: { 'content-type': 'application/x-www-form-urlencoded', origin: from.publicUrl },
      body: `state=${to.id.toUpperCase()}&return=/`,
    });
    return status >= 300 && status < 400 && (headers['location'] ?? '').startsWith(to.publicUrl);
  }
}
