"""Signing in with an organisation's own account: OpenID Connect, code flow with PKCE, state and nonce (security.md T12).

Believed is only a token of the configured issuer, for this hub, signed with a public key of the issuer by an algorithm
on our list, in time, with the nonce of this browser. The account key is (issuer, subject), never an e-mail address,
and an unknown subject gets nothing: linking goes through an invitation. Imported only where a provider is configured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import current_app, request, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from hub.access.addresses import local_path
from hub.access.sessions import config
from hub.clock import real_now
from hub.errors import Busy, NotAllowed

ALGORITHMS = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "ES512",
    "Ed25519",
    "EdDSA",
)
PROVIDER_SECONDS = 4
LEEWAY_SECONDS = 30
PROOF_SECONDS = 300
FLOW = "flow"
DOWN = "The sign-in service does not answer. Try again in a minute, or use an e-mail address and password if you have them."
REFUSED = "Signing in did not work: the answer of the sign-in service could not be accepted. Start again from the sign-in page."


@dataclass(frozen=True)
class Known:
    """Who the provider says it is, and what they were about to do."""

    issuer: str
    subject: str
    next: str
    invitation: str
    prove: bool


class _Session(OAuth2Session):  # type: ignore[misc]
    """Talks to the provider itself: what it redirects to is not followed (T18)."""

    def request(self, method: str, url: str, **options: Any) -> Any:
        return super().request(method, url, **{**options, "allow_redirects": False})


class _App(FlaskOAuth2App):  # type: ignore[misc]
    client_cls = _Session

    def load_server_metadata(self) -> Any:
        """The provider's description of itself, which must be of the issuer that was configured."""
        metadata = super().load_server_metadata()
        if metadata.get("issuer") != config().oidc_issuer:
            metadata.pop("_loaded_at", None)
            raise OAuthError(description="the provider calls itself by another name")
        offered = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [each for each in offered if each in ALGORITHMS]
        return metadata

    def parse_id_token(self, token: Any, nonce: str, **options: Any) -> Any:
        """With today's keys: a provider may change them at any time."""
        self.fetch_jwk_set(force=True)
        return super().parse_id_token(token, nonce, **options)


def start(*, next: str, invitation: str = "", prove: bool = False) -> Response:
    """Send the browser to the provider; what it was about to do waits in its own signed cookie."""
    session[FLOW] = {"next": local_path(next), "invitation": invitation, "prove": prove}
    asked = {"prompt": "login", "max_age": "0"} if prove else {}
    try:
        answer: Response = _provider().authorize_redirect(_back(), **asked)
    except (RequestException, AuthlibBaseError, ValueError) as error:
        current_app.logger.warning("provider", extra={"detail": {"kind": type(error).__name__}})
        raise Busy(DOWN) from error
    return answer


def finish() -> Known:
    """Who came back. Raises NotAllowed where the answer cannot be believed, Busy where the provider is silent."""
    flow = session.pop(FLOW, None)
    if flow is None or request.args.get("iss", config().oidc_issuer) != config().oidc_issuer:
        raise NotAllowed(REFUSED)
    try:
        token = _provider().authorize_access_token(
            claims_options={
                "iss": {"essential": True, "value": config().oidc_issuer},
                "nonce": {"essential": True},
            },
            leeway=LEEWAY_SECONDS,
        )
        claims = token["userinfo"]
    except RequestException as error:
        raise Busy(DOWN) from error
    except (AuthlibBaseError, JoseError, KeyError, TypeError, ValueError, AttributeError) as error:
        current_app.logger.warning("provider", extra={"detail": {"kind": type(error).__name__}})
        raise NotAllowed(REFUSED) from error
    finally:
        session.clear()
    if not _is_for_us(claims):
        raise NotAllowed(REFUSED)
    if flow["prove"] and not _proved_now(claims.get("auth_time")):
        raise NotAllowed(REFUSED)
    return Known(config().oidc_issuer, claims["sub"], flow["next"], flow["invitation"], flow["prove"])


def _is_for_us(claims: Mapping[str, Any]) -> bool:
    """What the library leaves to us: a subject that is a text, and ourselves as the audience, alone or as the asker."""
    subject, audience = claims.get("sub"), claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    if (
        not isinstance(subject, str)
        or not 0 < len(subject) <= 255
        or config().oidc_client_id not in audiences
    ):
        return False
    return len(audiences) == 1 or claims.get("azp") == config().oidc_client_id


def _proved_now(auth_time: object) -> bool:
    age = real_now().timestamp() - auth_time if isinstance(auth_time, int) else PROOF_SECONDS
    return abs(age) < PROOF_SECONDS


def _provider() -> Any:
    """The registered client of this application: made at the first use, kept for its metadata."""
    kept = current_app.extensions.get("hub_oidc")
    if kept is None:
        settings = config()
        kept = OAuth(current_app)
        kept.oauth2_client_cls = _App
        kept.register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            server_metadata_url=settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid",
                "code_challenge_method": "S256",
                "default_timeout": PROVIDER_SECONDS,
            },
        )
        current_app.extensions["hub_oidc"] = kept
    return kept.create_client("provider")


def _back() -> str:
    path = url_for("sign_in.provider_back")
    public = config().public_url
    return public.rstrip("/") + path if public else request.host_url.rstrip("/") + path
