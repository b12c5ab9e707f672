"""Negative cases: identifiers, digests, numbers and encoded data, none of which is a secret."""

from __future__ import annotations

import base64
import hashlib
import string
from typing import Any

from tests.redaction.corpus.case import Made, negative
from tests.redaction.corpus.source import URLSAFE, Source

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def said(source: Source, *templates: str) -> Made:
    """Return a text made from one of the templates."""
    return Made(source.fill(source.choice(templates)))


def named(source: Source, names: tuple[str, ...], value: Any) -> Made:
    """Return an identifier in a text or in a field, under one of its usual names."""
    name = source.choice(names)
    if not isinstance(value, str) or source.chance(0.35):
        return Made(
            source.choice(({name: value}, {"data": {name: value, "n": 3}}, {name: [value]}, {"rows": [{name: value}]}))
        )
    text = source.fill(
        source.choice(
            (
                "{name}={value}",
                "{name}: {value}",
                "{name} {value} done in <ms>ms",
                '{"{name}": "{value}", "n": <n>}',
                "[{value}] <service> started",
                "{name}='{value}' host=<host>",
                "processed {value}",
                "{value}",
                "GET /<service>/{value} 200",
                "no such {name}: {value}.",
            )
        )
    )
    return Made(text.replace("{name}", name).replace("{value}", value))


@negative("uuid", 300)
def uuids(source: Source) -> Made:
    value = source.choice(
        (source.uuid(), source.uuid().upper(), f"{{{source.uuid()}}}", f"urn:uuid:{source.uuid()}", source.hex(32))
    )
    return named(
        source, ("request_id", "id", "order", "correlation_id", "uuid", "tenant_id", "X-Request-Id", "job"), value
    )


@negative("ulid", 220)
def ulids(source: Source) -> Made:
    value = source.choice(
        (
            "01" + source.text(CROCKFORD, 24),
            source.text("0123456789abcdefghijklmnopqrstuv", 20),
            source.hex(24),
            source.text(URLSAFE, 21),
            "req_" + source.text(string.ascii_letters + string.digits, 14),
            "evt_" + source.text(string.ascii_letters + string.digits, 24),
            "cus_" + source.text(string.ascii_letters + string.digits, 14),
            "req-" + source.uuid(),
        )
    )
    return named(source, ("id", "event", "request", "object_id", "run", "customer", "correlation_id"), value)


@negative("git_sha", 220)
def commits(source: Source) -> Made:
    value = source.hex(source.choice((7, 8, 10, 12, 40, 40)))
    if source.chance(0.4):
        return said(
            source,
            f"HEAD is now at {value} Mend the <service>",
            f"Updating {value[:7]}..{source.hex(7)}",
            f"commit {value}\nMerge: {source.hex(7)} {source.hex(7)}",
            f"[main {value[:7]}] Raise the limit of <service>",
            f"deployed <service>@{value}",
            f"version 1.4.2+g{value[:8]}",
        )
    return named(source, ("commit", "sha", "revision", "git_sha", "ref", "version"), value)


@negative("digest", 300)
def digests(source: Source) -> Made:
    size = source.choice((32, 40, 64, 64, 96, 128))
    plain = source.hex(size)
    value = source.choice(
        (
            plain,
            plain,
            plain.upper(),
            f"sha256:{source.hex(64)}",
            f"sha512-{source.base64(64)}",
            f"md5={source.hex(32)}",
            f"sha256-{source.base64(32)}",
            f"app@sha256:{source.hex(64)}",
        )
    )
    return named(
        source, ("checksum", "digest", "etag", "sha256", "md5", "integrity", "fingerprint", "image", "hash"), value
    )


@negative("trace_id", 220)
def traces(source: Source) -> Made:
    trace, span = source.hex(32), source.hex(16)
    return source.choice(
        (
            Made({"trace_id": trace, "span_id": span}),
            Made({"traceparent": f"00-{trace}-{span}-01"}),
            Made(f"traceparent: 00-{trace}-{span}-01"),
            Made(f"trace_id={trace} span_id={span} sampled=1"),
            Made(f"X-B3-TraceId: {trace}\nX-B3-SpanId: {span}"),
            Made(f"uber-trace-id: {trace}:{span}:0:1"),
            Made(f"X-Amzn-Trace-Id: Root=1-{source.hex(8)}-{source.hex(24)};Parent={span};Sampled=1"),
            Made(f"[{trace}/{span}] handled"),
            Made({"links": [{"trace_id": trace, "span_id": span, "attributes": {}}]}),
            Made(f"X-Cloud-Trace-Context: {trace}/{source.digits(18)};o=1"),
        )
    )


@negative("base64_data", 220)
def encoded(source: Source) -> Made:
    picture = base64.b64encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + source.randbytes(source.randint(30, 120))).decode()
    text = base64.b64encode(" ".join(source.word() for _ in range(8)).encode()).decode()
    return source.choice(
        (
            Made(f"data:image/png;base64,{picture}"),
            Made(f'<img src="data:image/png;base64,{picture}">'),
            Made({"etag": f'W/"{source.text(URLSAFE, 27)}"', "size": 42}),
            Made(f'ETag: "{source.base64(16)}"'),
            Made({"thumbnail": picture}),
            Made(f'If-None-Match: W/"{source.hex(8)}-{source.base64(20)}"'),
            Made(f"payload (base64): {text}"),
            Made({"body": text, "encoding": "base64"}),
            Made(f"Sec-WebSocket-Key: {source.base64(16)}")
            if source.chance(0.01)
            else Made(f"Content-MD5: {source.base64(16)}"),
            Made(f"@font-face {{ src: url(data:font/woff2;base64,{picture}) }}"),
        )
    )


@negative("dump", 240)
def dumps(source: Source) -> Made:
    raw = source.randbytes(16)
    row = " ".join(f"{byte:02x}" for byte in raw)
    return source.choice(
        (
            Made(f"{source.randint(0, 4096) * 16:08x}  {row[:23]}  {row[24:]}  |{'.' * 16}|"),
            Made(f"0x{source.hex(16)}: mov rax, 0x{source.hex(8)}"),
            Made(f"read {source.text('ACGT', source.randint(40, 120))} (quality 37)"),
            Made({"sequence": source.text("ACGT", 60)}),
            Made(f"registers: rip={source.hex(16)} rsp={source.hex(16)} eflags=00000246"),
            Made(f"<object at 0x7f{source.hex(10)}>"),
            Made(f"frame {row.upper()}"),
            Made(f"bitmap {source.text('01', 64)}"),
            Made(f"#{source.randint(0, 40)}  0x0000{source.hex(12)} in raise () from /lib/x86_64-linux-gnu/libc.so.6"),
            Made(f"{source.hex(8)}-{source.hex(8)} r-xp 00000000 08:01 {source.digits(7)} /usr/lib/libz.so.1.2.13"),
            Made(f"color #{source.hex(6)}; background: #{source.hex(3)}"),
            Made({"raw": ":".join(f"{byte:02x}" for byte in source.randbytes(20))}),
        )
    )


@negative("mac", 200, hard=True)
def mac(source: Source) -> Made:
    raw = source.randbytes(6)
    value = source.choice(
        (
            ":".join(f"{byte:02x}" for byte in raw),
            "-".join(f"{byte:02X}" for byte in raw),
            raw.hex("."[:1], 2),
            raw.hex(":"),
            ":".join(f"{byte:02x}" for byte in source.randbytes(8)),
        )
    )
    return named(source, ("mac", "hwaddr", "interface", "ether", "bssid", "device"), value)


@negative("checksum_key", 120)
def digests_of_content(source: Source) -> Made:
    name = hashlib.sha1(source.randbytes(8)).hexdigest()
    return said(
        source,
        f"cache hit {name} in <ms> ms",
        f"Created wheel for <word>: filename=<word>-1.2.3-py3-none-any.whl size=<n> sha256={source.hex(64)}",
        f"Digest: sha256:{source.hex(64)}",
        f"Stored in directory: .cache/pip/wheels/{name[:2]}/{name[2:4]}/{name[4:6]}/{name}",
        f"layer {source.hex(12)}: Pull complete",
        f"ninja: build {name}.o",
        f"{name}  <word>.tar.gz",
        f"'<word>.css?v={name[:8]}'",
    )
