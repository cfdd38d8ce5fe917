import type { Simulator } from '../simulator.ts';

/** Calls that a developer can paste into a shell, for the simulator's own addresses, clients and people. */
export function howTo({ description, publicUrl, accounts }: Simulator): string {
  const { openid, push, card, clients } = description;
  const [client] = clients;
  const nationalId = accounts[0]!.nationalId;
  const faults = [
    '# one fault, for one person, once; then all off',
    `curl -X PUT ${publicUrl}/simulator/faults/slow -H 'content-type: application/json' -d '{"nationalId":"${nationalId}","times":1}'`,
    `curl -X DELETE ${publicUrl}/simulator/faults`,
  ];
  const [cancelledToo] = openid?.rejectedToo ?? [];
  if (cancelledToo)
    faults.push(
      '# cancelled, by another of the codes that mean it',
      `curl -X PUT ${publicUrl}/simulator/faults/rejected -H 'content-type: application/json' -d '{"times":1,"error":"${cancelledToo.error}"}'`,
    );
  if (openid) {
    const query = `response_type=code&client_id=${client!.id}&scope=${encodeURIComponent(openid.scopes[0]!)}&redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fback&state=1`;
    return [
      '# discovery, for a library of OpenID Connect',
      `curl ${publicUrl}/.well-known/openid-configuration`,
      '# by hand: open this, choose, and take the code from the address that you are led to',
      `${publicUrl}${openid.paths.authorize}?${query}`,
      `curl -u ${client!.id}:${client!.secret} ${publicUrl}${openid.paths.token} -d grant_type=authorization_code -d redirect_uri=http://localhost:3000/back -d code=CODE`,
      `curl -H 'authorization: Bearer TOKEN' ${publicUrl}${openid.paths.userinfo}`,
      ...faults,
    ].join('\n');
  }
  if (push) {
    const { names, headers, paths } = push;
    const headersText = `-H '${headers.clientId}: ${client!.id}' -H '${headers.secret}: ${client!.secret}' -H 'content-type: application/json'`;
    return [
      '# ask for somebody; answer on the page /app; then look',
      `curl ${headersText} ${publicUrl}${paths.request} -d '{"${names.nationalId}":"${nationalId}","${names.service}":"Login"}'`,
      `curl ${headersText} ${publicUrl}${paths.status} -d '{"${names.nationalId}":"${nationalId}","${names.requestId}":"ID"${push.numberMatching ? `,"${names.number}":"NUMBER"` : ''}}'`,
      '# where the signed proof is to be sent',
      `curl -X PUT ${headersText} ${publicUrl}/simulator/callback -d '{"url":"http://localhost:3000/callback"}'`,
      ...faults,
    ].join('\n');
  }
  return [
    '# give a challenge, open the url of the answer, then fetch certificate and signature',
    `curl -u ${client!.id}:${client!.secret} ${publicUrl}${card!.paths.sessions} -H 'content-type: application/json' -d '{"challenge":"AAAAAAAAAAAAAAAAAAAAAAAA","returnTo":"http://localhost:3000/back"}'`,
    `curl -u ${client!.id}:${client!.secret} ${publicUrl}${card!.paths.sessions}/SESSION/result?code=CODE`,
    `curl ${publicUrl}${card!.paths.ca} | openssl x509 -inform DER -text`,
    `curl ${publicUrl}${card!.paths.crl} | openssl crl -inform DER -text`,
    '# cards that wrong PINs have blocked',
    `curl -X DELETE ${publicUrl}/simulator/blocks`,
    ...faults,
  ].join('\n');
}
