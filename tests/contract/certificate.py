"""Certificates of an authority that only a test knows, made by the `openssl` command."""

import ssl
import subprocess
from pathlib import Path

_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")


class Authority:
    """A company's own authority.

    Attributes:
        ca_file: What a person would point the app at.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.ca_file = folder / "ca.pem"
        usage = ("-addext", "keyUsage=critical,keyCertSign")
        self._run("req", "-x509", *_KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=A Test", *usage)

    def server(self, names: str = "IP:127.0.0.1,DNS:localhost,DNS:service.test", days: int = 7) -> ssl.SSLContext:
        """What a server needs to show a certificate for these names; one of -1 days has expired."""
        extensions = self._folder / "extensions"
        extensions.write_text(f"subjectAltName={names}\nbasicConstraints=critical,CA:FALSE\n")
        self._run("req", *_KEY, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=server")
        signer = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "extensions")
        self._run("x509", "-req", "-in", "server.csr", "-days", str(days), *signer, "-out", "server.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._folder / "server.pem", self._folder / "server.key")
        return context

    def _run(self, *arguments: str) -> None:
        subprocess.run(["openssl", *arguments], cwd=self._folder, check=True, capture_output=True)
