"""Positive cases of the net: public IP addresses, URLs with credentials, presigned URLs."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address
from urllib.parse import quote

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.places import anywhere, in_text
from tests.redaction.corpus.source import ALNUM, BASE32, URLSAFE, Source

PLACES = (
    '{} - - [12/Mar/2025:08:14:07 +0000] "GET /<service>/<n> HTTP/1.1" 200 <n>',
    "X-Forwarded-For: {}, 10.0.0.7",
    "X-Real-IP: {}",
    "connection from {} refused",
    "Failed login for <user> from {} port <n> ssh2",
    "client={} took=<ms>ms",
    '{"client": "{}", "status": 200}',
    "rejected ({})",
    "DROP IN=eth0 OUT= SRC={} DST=10.1.2.3 LEN=<n>",
    '2025/03/12 08:14:07 [error] 31#31: *<n> upstream timed out, client: {}, server: _, request: "GET / HTTP/1.1"',
    "geo lookup {}: country=DE",
    "blocked {} after <n> attempts.",
    'INFO:     {}:<n> - "GET /<service> HTTP/1.1" 200 OK',
    "peer '{}' disconnected",
    "from {} to 192.168.1.20",
    "resolved <word>.io to {}",
)
SECRET_NAMES = (
    "token",
    "access_token",
    "api_key",
    "apikey",
    "key",
    "secret",
    "client_secret",
    "password",
    "auth",
    "sig",
    "signature",
    "refresh_token",
    "id_token",
    "session_token",
    "auth_token",
    "pwd",
    "passwd",
    "private_token",
    "accessToken",
    "apiKey",
    "reset_token",
    "X-Amz-Signature",
    "jwt",
    "otp",
    "api-key",
    "magic_token",
    "invite_token",
)


def public_ipv4(source: Source) -> str:
    """Return a globally routable IPv4 address that is not its own network's."""
    while True:
        address = IPv4Address(source.getrandbits(32))
        if address.is_global and not address.is_multicast and int(address) & 0xFF not in (0, 255):
            return str(address)


def public_ipv6(source: Source) -> str:
    """Return a globally routable IPv6 address of one of the large allocations."""
    start = source.choice(
        (0x2001_4860, 0x2A00_1450, 0x2606_4700, 0x2A02_8108, 0x2400_CB00, 0x2600_1F18, 0x2003_00C1, 0x2804_0014)
    )
    low = source.choice(
        (source.getrandbits(96), source.getrandbits(16) + 1, (source.getrandbits(32) << 64) + source.getrandbits(64))
    )
    address = IPv6Address((start << 96) | low | (1 << 84) | 0x11)
    return source.choice((str(address), str(address), address.exploded, str(address).upper()))


@positive("ipv4", 180)
def ipv4(source: Source) -> Made:
    address = public_ipv4(source)
    return anywhere(source, address) if source.chance(0.3) else in_text(source, address, PLACES)


@positive("ipv6", 140)
def ipv6(source: Source) -> Made:
    address = public_ipv6(source)
    if source.chance(0.2):
        return in_text(
            source, address, ("http://[{}]:8080/<service>", "[{}]:<n> closed", "listening on [{}]:443", "{}%eth0 up")
        )
    colon = (place for place in PLACES if "{}:<n>" not in place)
    return in_text(source, address, tuple(colon))


@positive("ipv4_list", 110)
def several_ipv4(source: Source) -> Made:
    first, second = public_ipv4(source), public_ipv4(source)
    return Made(
        *source.choice(
            (
                (f"X-Forwarded-For: {first}, {second}, 10.0.3.4", (first, second), ("X-Forwarded-For: ", ", 10.0.3.4")),
                ({"peers": [first, second, "127.0.0.1"]}, (first, second), ("127.0.0.1",)),
                (
                    f"route {first}:443 -> {second}:8443 via 172.16.0.1",
                    (first, second),
                    (":443 -> ", ":8443 via 172.16.0.1"),
                ),
                (f"http://{first}/status?host={second}", (first, second), ("http://", "/status?host=")),
                ({"client_ip": first, "remote_addr": second, "port": 5432}, (first, second), ("port: 5432",)),
            )
        )
    )


def _bare_in_url(source: Source) -> str:
    return source.password().translate(str.maketrans("@#%/?", "xxxxx"))


@positive("url_userinfo", 150)
def url_userinfo(source: Source) -> Made:
    scheme = source.choice(
        ("https", "http", "ftp", "postgresql", "redis", "amqp", "mongodb", "smtp", "ssh", "git+https", "socks5")
    )
    password = source.choice((source.token(), _bare_in_url(source), quote(source.awkward(), safe="")))
    user = source.choice((source.user(), source.user(), "", quote("bob@example.com"), "x-access-token", "oauth2"))
    end = source.choice(("", "?ssl=true", ".git", "#top"))
    rest = f"{source.host()}{source.choice(('', ':8443'))}/{source.word()}{end}"
    url = f"{scheme}://{user}:{password}@{rest}"
    return _url_in_text(source, url, password, ("@" + rest,))


@positive("url_token_only", 70)
def url_user_is_secret(source: Source) -> Made:
    token = source.url_token()
    rest = f"{source.host()}/{source.word()}/{source.word()}.git"
    return _url_in_text(source, f"https://{token}@{rest}", token, ("@" + rest,))


@positive("url_query", 220)
def url_query(source: Source) -> Made:
    secret = source.choice((source.token(), source.url_token()))
    name = source.choice(SECRET_NAMES)
    others = [
        f"page={source.randint(1, 99)}",
        f"sort={source.word()}",
        f"lang={source.choice(('en', 'de'))}",
        f"q={source.word()}",
    ]
    others = source.sample(others, source.randint(0, 3))
    parts = [*others]
    parts.insert(source.randint(0, len(parts)), f"{name}={secret}")
    start = source.choice((f"https://{source.host()}", f"http://{source.host()}:8080", "", ""))
    path = f"{start}/{source.word()}/{source.randint(1, 999)}"
    fragment = source.choice(("", "", "#top"))
    return _url_in_text(source, f"{path}?{'&'.join(parts)}{fragment}", secret, (path, *others))


@positive("url_fragment", 70)
def oauth_fragment(source: Source) -> Made:
    secret = source.url_token()
    path = f"https://{source.host()}/callback"
    name = source.choice(("access_token", "id_token", "token"))
    return _url_in_text(
        source, f"{path}#{name}={secret}&token_type=bearer&expires_in=3600", secret, (path, "expires_in=3600")
    )


@positive("url_encoded", 90)
def url_in_url(source: Source) -> Made:
    secret = source.url_token()
    path = f"https://{source.host()}/{source.word()}"
    inner = quote(f"{path}?{source.choice(SECRET_NAMES[:12])}={secret}&page=2", safe="")
    return _url_in_text(source, f"/login?next={inner}", secret, ("/login?next=",))


@positive("presigned_url", 140)
def presigned(source: Source) -> Made:
    return source.choice((_s3, _s3_old, _gcs, _gcs_old, _azure))(source)


def _s3(source: Source) -> Made:
    signature = source.hex(64)
    key = "ASIA" + source.text(BASE32, 16)
    session = quote(source.base64(90), safe="")
    path = f"https://{source.word()}-bucket.s3.eu-west-1.amazonaws.com/{source.word()}.csv"
    query = (
        f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={key}%2F20250312%2Feu-west-1%2Fs3%2Faws4_request"
        f"&X-Amz-Date=20250312T081407Z&X-Amz-Expires=3600&X-Amz-Security-Token={session}"
        f"&X-Amz-SignedHeaders=host&X-Amz-Signature={signature}"
    )
    return _url_in_text(source, f"{path}?{query}", signature, (path, "X-Amz-Expires=3600"), session)


def _s3_old(source: Source) -> Made:
    signature = quote(source.base64(20), safe="")
    path = f"https://{source.word()}.s3.amazonaws.com/{source.word()}/{source.randint(1, 99)}.png"
    key = "AKIA" + source.text(BASE32, 16)
    return _url_in_text(
        source, f"{path}?AWSAccessKeyId={key}&Expires=1741767247&Signature={signature}", signature, (path,), key
    )


def _gcs(source: Source) -> Made:
    signature = source.hex(512)
    path = f"https://storage.googleapis.com/{source.word()}-exports/{source.word()}.parquet"
    query = (
        f"X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Credential=app%40{source.word()}.iam.gserviceaccount.com%2F20250312%2Fauto"
        f"&X-Goog-Date=20250312T081407Z&X-Goog-Expires=900&X-Goog-SignedHeaders=host&X-Goog-Signature={signature}"
    )
    return _url_in_text(source, f"{path}?{query}", signature, (path, "X-Goog-Expires=900"))


def _gcs_old(source: Source) -> Made:
    signature = quote(source.base64(256), safe="")
    path = f"https://storage.googleapis.com/{source.word()}/{source.word()}.zip"
    return _url_in_text(source, f"{path}?Expires=1741767247&Signature={signature}", signature, (path,))


def _azure(source: Source) -> Made:
    signature = quote(source.base64(32), safe="")
    path = f"https://{source.word()}{source.randint(1, 99)}.blob.core.windows.net/{source.word()}/{source.word()}.bak"
    query = f"sv=2022-11-02&ss=b&srt=sco&sp=r&se=2025-12-31T23%3A59%3A59Z&spr=https&sig={signature}"
    return _url_in_text(source, f"{path}?{query}", signature, (path, "sv=2022-11-02"))


@positive("webhook_url", 70)
def webhook(source: Source) -> Made:
    secret = source.text(ALNUM, 24)
    team = f"T{source.text(BASE32, 8)}/B{source.text(BASE32, 10)}"
    discord = source.text(URLSAFE, 68)
    return source.choice(
        (
            _url_in_text(source, f"https://hooks.slack.com/services/{team}/{secret}", secret, ()),
            _url_in_text(source, f"https://discord.com/api/webhooks/{source.digits(18)}/{discord}", discord, ()),
        )
    )


def _url_in_text(source: Source, url: str, secret: str, kept: tuple[str, ...], *more: str) -> Made:
    before, after = source.fill(source.choice(URL_PLACES)).split("{}", 1)
    around = tuple(part for part in (before, after) if part.strip())
    value = before + url + after
    if source.chance(0.12):
        return Made({"url": url, "status": 502}, (secret, *more), (*kept, "status: 502"))
    return Made(value, (secret, *more), (*kept, *around))


URL_PLACES = (
    "{}",
    "GET {} HTTP/1.1",
    '10.0.3.7 - - [12/Mar/2025:08:14:07 +0000] "GET {} HTTP/1.1" 200 <n> "-" "curl/8.5.0"',
    'HTTP Request: GET {} "HTTP/1.1 200 OK"',
    "fetching {} failed after <n> attempts",
    "redirect to {} (302)",
    "requests.exceptions.HTTPError: 403 Client Error: Forbidden for url: {}",
    '{"url": "{}", "ms": <n>}',
    "url='{}' status=404",
    "<{}>",
    "see {} for details",
    "cloning into '<word>' from {} ...",
    "upstream={} status=502 took=<ms>",
    "Max retries exceeded with url: {} (Caused by NewConnectionError)",
)
