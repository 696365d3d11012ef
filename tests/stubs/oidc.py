"""An OpenID Connect provider as a process of its own, which lies when asked to.

`python -m tests.stubs.oidc` listens on a free port of the loopback address and prints its own address. The browser asks
for a lie by adding `forge=<name>` to the authorisation address; without it the answer is honest. The token endpoint
checks the code, the redirect address, the client's secret and the PKCE verifier, as a provider must.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from joserfc import jws, jwt
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

CLIENT_ID, CLIENT_SECRET = "hub", "the secret that the provider and the hub share"

Claims = dict[str, Any]

TRUE_KEY = RSAKey.generate_key(2048, {"kid": "of-the-provider", "use": "sig", "alg": "RS256"})
FALSE_KEY = RSAKey.generate_key(2048, {"kid": "of-the-provider"})
CODES: dict[str, dict[str, str]] = {}


def changed(**claims: Any) -> Callable[[Claims], Claims]:
    """The claims with others in their place; None takes one away."""
    return lambda true: {name: value for name, value in {**true, **claims}.items() if value is not None}


# What is said instead of the truth, signed with the true key.
LIES: dict[str, Callable[[Claims], Claims]] = {
    "wrong-issuer": changed(iss="https://other.example.org"),
    "issuer-with-a-path-more": lambda true: {**true, "iss": true["iss"] + "/tenant"},
    "no-issuer": changed(iss=None),
    "wrong-audience": changed(aud="another-client"),
    "audiences-without-us": changed(aud=["another-client", "a-third"]),
    "two-audiences-asked-for-by-nobody": changed(aud=[CLIENT_ID, "another-client"]),
    "asked-for-by-another": changed(azp="another-client"),
    "no-audience": changed(aud=None),
    "expired": lambda true: {**true, "exp": int(time.time()) - 60},
    "never-expires": changed(exp=None),
    "issued-tomorrow": lambda true: {**true, "iat": int(time.time()) + 86_400},
    "no-issue-time": changed(iat=None),
    "not-yet-valid": lambda true: {**true, "nbf": int(time.time()) + 3600},
    "no-subject": changed(sub=None),
    "empty-subject": changed(sub=""),
    "subject-a-number": changed(sub=7),
    "subject-a-list": changed(sub=["ann"]),
    "wrong-nonce": changed(nonce="of another browser"),
    "no-nonce": changed(nonce=None),
    "wrong-access-token-hash": changed(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
}


def part(value: Any) -> str:
    text = json.dumps(value).encode() if not isinstance(value, bytes) else value
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()


def hs256(secret: bytes) -> Callable[[Claims], str]:
    def sign(claims: Claims) -> str:
        body = f"{part({'alg': 'HS256', 'kid': 'of-the-provider'})}.{part(claims)}"
        return f"{body}.{part(hmac.digest(secret, body.encode(), 'sha256'))}"

    return sign


def with_header(**more: Any) -> Callable[[Claims], str]:
    def sign(claims: Claims) -> str:
        header = {"alg": "RS256", "kid": "of-the-provider", **more}
        registry = jws.JWSRegistry(algorithms=["RS256"], strict_check_header=False)
        return jws.serialize_compact(header, json.dumps(claims).encode(), FALSE_KEY, registry=registry)

    return sign


def tampered(claims: Claims) -> str:
    header, _, signature = honest(claims).split(".")
    return f"{header}.{part({**claims, 'sub': 'the-administrator'})}.{signature}"


def honest(claims: Claims) -> str:
    return str(jwt.encode({"alg": "RS256", "kid": "of-the-provider"}, claims, TRUE_KEY))


# The claims are true, the seal is not.
FORGED_SEALS: dict[str, Callable[[Claims], str]] = {
    "no-algorithm": lambda claims: f"{part({'alg': 'none'})}.{part(claims)}.",
    "no-algorithm-in-capitals": lambda claims: f"{part({'alg': 'NONE'})}.{part(claims)}.",
    "no-signature": lambda claims: honest(claims).rsplit(".", 1)[0] + ".",
    "client-secret-as-key": hs256(CLIENT_SECRET.encode()),
    "public-key-as-secret": hs256(TRUE_KEY.as_pem(private=False)),
    "another-key-same-name": with_header(),
    "a-key-of-no-name": with_header(kid="unknown"),
    "brings-its-own-key": with_header(jwk=FALSE_KEY.as_dict(private=False)),
    "says-where-its-key-is": with_header(jku="http://127.0.0.1:9/jwks"),
    "changed-after-signing": tampered,
    "not-a-token": lambda _: "this.is.nothing",
}


@Request.application
def provider(request: Request) -> Response:
    pages: dict[str, Callable[[Request], Response]] = {
        "/.well-known/openid-configuration": describe,
        "/authorize": authorize,
        "/token": token,
        "/jwks": lambda _: answer({"keys": [TRUE_KEY.as_dict(private=False)]}),
    }
    page = pages.get(request.path)
    return page(request) if page else Response("no such page", 404)


def describe(request: Request) -> Response:
    start = request.host_url.rstrip("/")
    return answer(
        {
            "issuer": start,
            "authorization_endpoint": f"{start}/authorize",
            "token_endpoint": f"{start}/token",
            "jwks_uri": f"{start}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],  # a careless provider
        }
    )


def authorize(request: Request) -> Response:
    asked = request.args
    if (
        asked.get("code_challenge_method") != "S256"
        or not asked.get("code_challenge")
        or not asked.get("nonce")
    ):
        return Response("PKCE and a nonce are required here", 400)
    code = secrets.token_urlsafe(16)
    CODES[code] = asked.to_dict()
    back = {"code": code, "state": asked["state"]}
    return Response("", 302, {"Location": f"{asked['redirect_uri']}?{urlencode(back)}"})


def token(request: Request) -> Response:
    asked = CODES.pop(request.form.get("code", ""), None)
    if asked is None or asked["redirect_uri"] != request.form.get("redirect_uri"):
        return answer({"error": "invalid_grant"}, 400)
    login = request.authorization
    if login is None or (login.username, login.password) != (CLIENT_ID, CLIENT_SECRET):
        return answer({"error": "invalid_client"}, 401)
    digest = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
    if part(digest) != asked["code_challenge"]:
        return answer({"error": "invalid_grant"}, 400)
    forge = asked.get("forge", "")
    given = {"access_token": "an access token", "token_type": "Bearer", "expires_in": 300}
    if forge == "no-token":
        return answer(given)
    claims: Claims = {
        "iss": request.host_url.rstrip("/"),
        "aud": CLIENT_ID,
        "sub": asked.get("subject", "ann"),
        "nonce": asked["nonce"],
        "iat": int(time.time()),
        "exp": int(time.time()) + 300,
        "email": "adm.hub@example.org",  # somebody else’s, on purpose: an address is no key
    }
    if "max_age" in asked and asked.get("proof") != "none":
        claims["auth_time"] = int(time.time()) - (7200 if asked.get("proof") == "old" else 0)
    claims = LIES.get(forge, changed())(claims)
    return answer({**given, "id_token": FORGED_SEALS.get(forge, honest)(claims)})


def answer(value: Any, status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, provider, threaded=True)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
