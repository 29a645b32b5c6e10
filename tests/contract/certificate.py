"""Certificates of an authority that only a test knows, made by the `openssl` command."""

import ssl
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

_CONFIGURATION = """
[ca]
default_ca = test
[test]
database = issued
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
default_md = sha256
policy = any
unique_subject = no
rand_serial = yes
[any]
commonName = supplied
"""
_EXTENSIONS = """
subjectAltName = {names}
basicConstraints = critical, CA:FALSE
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
"""
_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """A company's own authority.

    Attributes:
        ca_file: What a person would point the app at.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.ca_file = folder / "ca.pem"
        (folder / "configuration").write_text(_CONFIGURATION)
        (folder / "issued").touch()
        usage = ("-addext", "keyUsage=critical,keyCertSign")
        self._run("req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=A Test", *usage)

    def server(self, names: str = "IP:127.0.0.1,DNS:localhost,DNS:service.test", days: int = 7) -> ssl.SSLContext:
        """What a server needs to show a certificate for these names; one of -1 days has expired."""
        (self._folder / "extensions").write_text(_EXTENSIONS.format(names=names))
        self._run("req", *_KEY, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=server")
        today = datetime.now(UTC)
        begin, end = (f"{today + timedelta(days=shift):%Y%m%d%H%M%SZ}" for shift in (-7, days))
        period = ("-startdate", begin, "-enddate", end)
        files = ("-in", "server.csr", "-extfile", "extensions", "-out", "server.pem")
        self._run("ca", "-batch", "-notext", "-config", "configuration", *files, *period)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / "server.pem", self._folder / "server.key")
        return context

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)
