"""Entra ID on this computer: the endpoints of an OAuth 2.0 authority over real TLS, and a person who signs in there.

Shapes: "OAuth 2.0 device authorization grant" and "OAuth 2.0 authorization code flow" of Microsoft's identity platform.
"""

import base64
import json
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socketserver import BaseServer
from urllib.parse import parse_qsl, urlencode, urlsplit
from urllib.request import Request, urlopen

ACCOUNT = "me@contoso.example"
TENANT = "11111111-2222-3333-4444-555555555555"

Form = dict[str, str]


@dataclass(frozen=True)
class Certificates:
    """Files: a server's certificate with its key, and the authority that signed it."""

    server: Path
    key: Path
    authority: Path


def make_certificates(folder: Path) -> Certificates:
    """Makes them; half a second."""
    ca, ca_key, server, key = (folder / name for name in ("ca.pem", "ca.key", "server.pem", "server.key"))
    new = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
    names = ("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1")
    is_server = ("-addext", "basicConstraints=critical,CA:FALSE", "-CA", ca, "-CAkey", ca_key)
    for step in (
        (*new, "-subj", "/CN=Tests", "-keyout", ca_key, "-out", ca),
        (*new, *names, *is_server, "-keyout", key, "-out", server),
    ):
        subprocess.run([str(part) for part in step], check=True, capture_output=True)
    return Certificates(server, key, ca)


@dataclass
class Authority:
    """What the authority does next, and what it was asked.

    Attributes:
        certificates: What it shows.
        place: Its host and port.
        approved: Whether the person has typed the code, or answered in the browser.
        lifetime: Seconds that the next tokens last.
        refusal: What the token endpoint answers instead of a token, by grant.
        tokens: Access tokens it gave out.
        forms: What the token endpoint was sent.
        scopes: What sign-ins began for.
    """

    certificates: Certificates
    place: str = ""
    approved: threading.Event = field(default_factory=threading.Event)
    lifetime: int = 3600
    refusal: dict[str, Form] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    scopes: list[str] = field(default_factory=list)
    _nonces: dict[str, str] = field(default_factory=dict)

    @property
    def polls(self) -> int:
        """How often it was asked whether the code has been typed."""
        return sum(form["grant_type"].endswith(":device_code") for form in self.forms)

    def begin(self, query: Form) -> str:
        """Remembers a sign-in in the browser, and returns the code that it ends with."""
        self.scopes.append(query["scope"])
        code = f"code-{len(self.scopes)}"
        self._nonces[code] = query.get("nonce", "")
        return code

    def answer(self, form: Form) -> tuple[int, dict[str, object]]:
        """What the token endpoint says."""
        self.forms.append(form)
        grant = form["grant_type"].rpartition(":")[2]
        if grant in self.refusal:
            return 400, {**self.refusal[grant]}
        if grant == "device_code" and not self.approved.is_set():
            return 400, {"error": "authorization_pending", "error_description": "AADSTS70016: pending"}
        token = f"access-token-{len(self.tokens)}"
        self.tokens.append(token)
        return 200, {
            "token_type": "Bearer",
            "scope": " ".join(each for each in self.scopes[-1].split() if each.startswith("https://")),
            "expires_in": self.lifetime,
            "access_token": token,
            "refresh_token": f"refresh-token-{len(self.tokens)}",
            "id_token": self._id_token(form),
            "client_info": _encoded({"uid": "user", "utid": TENANT}),
        }

    def _id_token(self, form: Form) -> str:
        now = int(time.time())
        claims: dict[str, object] = {
            "aud": form["client_id"],
            "iss": f"https://{self.place}/{TENANT}/v2.0",
            "iat": now,
            "exp": now + 3600,
            "sub": "subject",
            "tid": TENANT,
            "preferred_username": ACCOUNT,
        }
        nonce = self._nonces.get(form.get("code", ""))
        return ".".join(
            (_encoded({"alg": "none"}), _encoded(claims | ({"nonce": nonce} if nonce else {})), "signature")
        )


@contextmanager
def running(certificates: Certificates) -> Iterator[Authority]:
    """Runs an authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates.server, certificates.key)
    authority = Authority(certificates)
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, authority)) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        authority.place = f"localhost:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield authority
        authority.approved.set()
        server.shutdown()
        thread.join()


def answer_in_browser(address: str, authority: Authority) -> None:
    """Does what the page behind `address` does in a person's browser: it posts a form to where it was sent from."""
    parts = urlsplit(address)
    query = dict(parse_qsl(parts.query))
    assert parts.netloc == authority.place
    assert query["response_mode"] == "form_post"
    form = {"code": authority.begin(query), "state": query["state"]}
    request = Request(query["redirect_uri"], data=urlencode(form).encode())  # noqa: S310 - it is a loopback address
    with urlopen(request, timeout=10) as response:  # noqa: S310 - the same
        response.read()


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, authority: Authority, request: socket.socket, address: object, server: BaseServer) -> None:
        self._authority = authority
        super().__init__(request, address, server)

    def do_GET(self) -> None:
        tenant = self.path.split("/")[1]
        if tenant == "nowhere":
            words = "AADSTS90002: Tenant 'nowhere' not found. Trace ID: 0-1 Correlation ID: 2-3 Timestamp: now"
            self._send(400, {"error": "invalid_tenant", "error_description": words})
            return
        base = f"https://{self._authority.place}/{tenant}"
        self._send(
            200,
            {
                "issuer": f"{base}/v2.0",
                "authorization_endpoint": f"{base}/oauth2/v2.0/authorize",
                "token_endpoint": f"{base}/oauth2/v2.0/token",
                "device_authorization_endpoint": f"{base}/oauth2/v2.0/devicecode",
            },
        )

    def do_POST(self) -> None:
        length = int(self.headers["content-length"])
        form = dict(parse_qsl(self.rfile.read(length).decode()))
        if self.path.endswith("/token"):
            self._send(*self._authority.answer(form))
            return
        self._authority.scopes.append(form["scope"])
        self._send(
            200,
            {
                "user_code": f"CODE{len(self._authority.scopes)}",
                "device_code": "device",
                "verification_uri": "https://microsoft.example/devicelogin",
                "expires_in": 900,
                "interval": 1,
                "message": "Type it",
            },
        )

    def _send(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_arguments: object) -> None:
        """Says nothing."""


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")
