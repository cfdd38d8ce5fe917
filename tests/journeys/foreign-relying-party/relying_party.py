"""A relying party made of requests_oauth2client alone: one JSON question per line in, one JSON answer per line out.

Nothing here knows the protocol. The library pushes the request, proves possession, checks the answer and the ID token;
this file only hands it what a test asks for, and hands its errors back by name.
"""

import json
import socket
import sys

from jwskate import Jwk
from requests import HTTPError, Session
from requests_oauth2client import AuthorizationRequest, BearerToken, DPoPKey, DPoPToken, OAuth2Client, PrivateKeyJwt

look_up = socket.getaddrinfo


def look_up_loopback(host, *rest, **named):
    """RFC 6761 section 6.3: every name below `localhost` is this machine, which not every resolver knows."""
    return look_up("127.0.0.1" if str(host).endswith(".localhost") else host, *rest, **named)


socket.getaddrinfo = look_up_loopback


class BoundedSession(Session):
    def __init__(self):
        super().__init__()
        self.trust_env = False

    def request(self, *args, **named):
        return super().request(*args, **{**named, "timeout": 15, "allow_redirects": False})


class RelyingParty:
    def __init__(self, issuer, client_id, redirect_uri, key_file):
        self.issuer, self.client_id, self.redirect_uri = issuer, client_id, redirect_uri
        with open(key_file, encoding="utf-8") as file:
            self.key = Jwk.from_pem(file.read()).with_kid_thumbprint()
        self.flows = {}
        self.tokens = {}

    def client(self, key=None):
        # `testing` lets addresses be http, as the sample federation's are; it loosens nothing else.
        return OAuth2Client.from_discovery_endpoint(
            issuer=self.issuer,
            # FAPI 2.0 Security Profile section 5.3.3: the audience of an assertion is the issuer, not the endpoint.
            auth=PrivateKeyJwt(self.client_id, key or self.key, alg="ES256", aud=self.issuer),
            redirect_uri=self.redirect_uri,
            id_token_signed_response_alg="ES256",
            dpop_bound_access_tokens=True,
            session=BoundedSession(),
            testing=True,
        )

    def begin(self, flow, with_strange_key=False):
        client = self.client(Jwk.generate(alg="ES256").with_kid_thumbprint() if with_strange_key else None)
        request = client.authorization_request(
            acr_values="substantial",
            authorization_response_iss_parameter_supported=client.authorization_response_iss_parameter_supported,
        )
        pushed = client.pushed_authorization_request(request)
        self.flows[flow] = (client, request)
        return {"url": str(pushed.uri), "checksIssuer": request.authorization_response_iss_parameter_supported}

    def finish(
        self, flow, callback, nonce=None, issuer=None, with_strange_key=False, with_strange_issuer_key=False
    ):
        client, pushed = self.flows[flow]
        expected = AuthorizationRequest(
            authorization_endpoint=pushed.authorization_endpoint,
            client_id=pushed.client_id,
            redirect_uri=pushed.redirect_uri,
            issuer=issuer or pushed.issuer,
            authorization_response_iss_parameter_supported=pushed.authorization_response_iss_parameter_supported,
            state=pushed.state,
            nonce=nonce or pushed.nonce,
            code_verifier=pushed.code_verifier,
            acr_values=pushed.acr_values,
            dpop_key=DPoPKey.generate() if with_strange_key else pushed.dpop_key,
        )
        response = expected.validate_callback(callback)
        token = client.authorization_code(response, validate=False)
        # The library checks an ID token on any token, but can hand back only one that is not bound to a key.
        judge = self.mistake_issuer_key(client, token.id_token.kid) if with_strange_issuer_key else client
        plain = BearerToken(token.access_token, id_token=token.id_token).validate_id_token(judge, response)
        self.tokens[flow] = (client, token)
        return {"claims": plain.id_token.claims, "tokenType": token.token_type}

    @staticmethod
    def mistake_issuer_key(client, kid):
        strange = Jwk.generate(alg="ES256", kid=kid).public_jwk()
        return OAuth2Client(
            client.token_endpoint,
            client.auth,
            authorization_server_jwks={"keys": [strange]},
            id_token_signed_response_alg="ES256",
            testing=True,
        )

    def userinfo(self, flow, with_strange_key=False, as_bearer=False):
        client, token = self.tokens[flow]
        if with_strange_key:
            token = DPoPToken(token.access_token, _dpop_key=DPoPKey.generate())
        if as_bearer:
            token = BearerToken(token.access_token)
        return {"claims": client.userinfo(token)}


def reason_of(error):
    if isinstance(error, HTTPError):
        return str(error.response.status_code)
    return str(getattr(error, "error", error))


relying_party = RelyingParty(*sys.argv[1:5])
for line in sys.stdin:
    question = json.loads(line)
    try:
        answer = getattr(relying_party, question.pop("do"))(**question)
    except Exception as error:  # every refusal is an answer; the test says which one it expects
        answer = {"refused": type(error).__name__, "reason": reason_of(error)}
    print(json.dumps(answer), flush=True)
