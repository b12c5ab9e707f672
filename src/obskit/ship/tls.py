"""Make TLS contexts from certificate files."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping


class Contexts:
    """Makes the TLS context of one endpoint, and makes it anew when a file has changed.

    Args:
        certificate: File or directory of certificate authorities; None: the system's.
        client_certificate: File of our own certificate.
        client_key: File of its key; None: it is in the certificate's file.
        environ: Where no certificate is given, `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE` count, as with the official
            exporter.
        speaks: What the endpoint is asked to speak (ALPN, RFC 7301).
    """

    __slots__ = ("_authority", "_client", "_context", "_key", "_speaks", "_stamps")

    def __init__(
        self,
        certificate: str | None,
        client_certificate: str | None,
        client_key: str | None,
        environ: Mapping[str, str],
        speaks: str = "http/1.1",
    ) -> None:
        self._speaks = speaks
        self._authority = certificate or environ.get("REQUESTS_CA_BUNDLE") or environ.get("CURL_CA_BUNDLE") or None
        self._client = client_certificate
        self._key = client_key
        self._context: ssl.SSLContext | None = None
        self._stamps: list[tuple[int, int]] = []

    def get(self) -> ssl.SSLContext:
        """Return a context that verifies the peer and shows our own certificate.

        Raises:
            OSError: A file cannot be read or is no certificate; the message names it.
        """
        stamps = [_stamp(path) for path in (self._authority, self._client, self._key) if path]
        if self._context is None or stamps != self._stamps:
            self._context = self._make()
            self._stamps = stamps
        return self._context

    def _make(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols([self._speaks])
        if self._authority is None:
            _trust_system(context)
        else:
            try:
                if os.path.isdir(self._authority):
                    context.load_verify_locations(capath=self._authority)
                else:
                    context.load_verify_locations(cafile=self._authority)
            except OSError as error:
                raise _unreadable("certificate", self._authority, error) from error
        if self._client is not None:
            try:
                # Without a password given, OpenSSL would ask the terminal for that of an encrypted key.
                context.load_cert_chain(self._client, self._key, password=lambda: b"")
            except OSError as error:
                named = self._client if self._key is None else f"{self._client} and {self._key}"
                raise _unreadable("client certificate and key", named, error) from error
        return context


def _trust_system(context: ssl.SSLContext) -> None:
    context.load_default_certs()
    paths = ssl.get_default_verify_paths()
    if context.cert_store_stats()["x509_ca"] or (
        paths.capath and os.path.isdir(paths.capath) and os.listdir(paths.capath)
    ):
        return
    # Slim images have no certificates of their own; the official exporter brings this bundle along.
    try:
        import certifi
    except ImportError:
        return
    context.load_verify_locations(cafile=certifi.where())


def _unreadable(what: str, path: str, error: OSError) -> OSError:
    return OSError(f"the {what} in {path} cannot be used: {error.strerror or error}")


def _stamp(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size
