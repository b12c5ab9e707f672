"""Positive cases of protocols, tables and pages: FTP, IMAP, SMTP, Redis, LDAP, tool output, HTML forms."""

from __future__ import annotations

import base64

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.names import plain_name, snake_name, telling
from tests.redaction.corpus.personal import email
from tests.redaction.corpus.source import Source


def _bare(source: Source) -> str:
    return source.choice((source.password(), source.token()))


@positive("protocol", 130)
def protocol(source: Source) -> Made:
    hidden = _bare(source)
    plain = base64.b64encode(f"\0bob\0{hidden}".encode()).decode()
    if source.chance(0.1):
        return _ldif(source)
    return Made(
        *source.choice(
            (
                (
                    f"---> USER bob\n---> PASS {hidden}\n<--- 230 Login successful.",
                    (hidden,),
                    ("USER bob", "230 Login"),
                ),
                (f"*cmd* 'PASS {hidden}'", (hidden,), ("*cmd*",)),
                (f"send: b'AUTH PLAIN {plain}\\r\\n'", (plain,), ("send: b'AUTH PLAIN",)),
                (f"> AUTH PLAIN {plain}", (plain,), ("> AUTH PLAIN",)),
                (f"C: a1 LOGIN bob {hidden}\nS: a1 OK LOGIN completed", (hidden,), ("S: a1 OK LOGIN completed",)),
                (f"> AUTH {hidden}\n< +OK", (hidden,), ("< +OK",)),
                (
                    f'1741767247.123456 [0 127.0.0.1:50312] "AUTH" "default" "{hidden}"',
                    (hidden,),
                    ("[0 127.0.0.1:50312]",),
                ),
                (f"requirepass {hidden}\nmaxmemory 64mb", (hidden,), ("maxmemory 64mb",)),
                (f"masterauth {hidden}\nport 6379", (hidden,), ("port 6379",)),
                (f"CONFIG SET requirepass {hidden}", (hidden,), ("CONFIG SET requirepass",)),
                (f"HELLO 3 AUTH default {hidden} SETNAME worker", (hidden,), ("SETNAME worker",)),
            )
        )
    )


def _ldif(source: Source) -> Made:
    hashed = source.base64(24)
    return Made(
        f"dn: uid=bob,ou=people\nuid: bob\nuserPassword:: {hashed}\nmail: none", (hashed,), ("uid: bob", "mail: none")
    )


@positive("table", 130)
def table(source: Source) -> Made:
    hidden, name = _bare(source), snake_name(source)
    width = 22
    rows = (("lease_duration", "768h"), (name, hidden), ("username", "v-app-readonly"))
    aligned = "\n".join(f"{key:{width}}{value}" for key, value in rows)
    return Made(
        *source.choice(
            (
                (f"{'Key':{width}}Value\n{'---':{width}}-----\n{aligned}", (hidden,), ("768h", "v-app-readonly")),
                (
                    f"-[ RECORD 1 ]--+----\nid             | 4211\n{name:15}| {hidden}\nlogin          | bob",
                    (hidden,),
                    ("| 4211", "| bob"),
                ),
                (
                    f"| setting | value |\n|---|---|\n| {name} | {hidden} |\n| port | 5432 |",
                    (hidden,),
                    ("| port | 5432 |",),
                ),
                (
                    f"Region:    eu-west-1\n{name.replace('_', ' ').title()}:    {hidden}\nPort:      5432",
                    (hidden,),
                    ("Region:    eu-west-1", "Port:      5432"),
                ),
                (f"port\t5432\n{name}\t{hidden}\nregion\teu-west-1", (hidden,), ("port\t5432", "region\teu-west-1")),
            )
        )
    )


@positive("html_form", 110)
def html_form(source: Source) -> Made:
    hidden, name = source.token(), snake_name(source)
    return Made(
        *source.choice(
            (
                (
                    f'<input type="password" name="{name}" value="{hidden}"><input name="n" value="4211">',
                    (hidden,),
                    ('<input name="n" value="4211">',),
                ),
                (f'<input type="hidden" name="csrf_token" value="{hidden}"/><b>4211</b>', (hidden,), ("<b>4211</b>",)),
                (
                    f'<meta name="csrf-token" content="{hidden}" /><title>Shop</title>',
                    (hidden,),
                    ("<title>Shop</title>",),
                ),
                (
                    f"<input type='hidden' name='authenticity_token' value='{hidden}'><p>Hi</p>",
                    (hidden,),
                    ("<p>Hi</p>",),
                ),
                (f'<input value="{hidden}" name="{name}" type="text"><i>4211</i>', (hidden,), ("<i>4211</i>",)),
                (f'<script>var config = {{{name}: "{hidden}", n: 4211}};</script>', (hidden,), ("n: 4211",)),
            )
        )
    )


@positive("joiner", 130)
def other_joiners(source: Source) -> Made:
    hidden, name = _bare(source), plain_name(source)
    before, after = source.choice((("", ""), ("user=bob ", " n=4211"), ("set ", "\nn=4211"), ("(", ") in 4211 ms")))
    joined = source.choice(
        (
            f"{name}:={hidden}",
            f"{name} := {hidden}",
            f"{name} => {hidden}",
            f'{name} => "{hidden}"',
            f"{name} -> {hidden}",
            f"{name}=b'{hidden}'",
            f"{name}=u'{hidden}'",
            f"'{name}': b'{hidden}'",
            f'"{name}" : "{hidden}"',
            f'"{name}":\n  "{hidden}"',
            f"{name} ='{hidden}'",
            f"<{name}={hidden}>",
            f"{name}[0]={hidden}",
        )
    )
    if source.chance(0.07):
        joined, after = f"{name}: |\n  {hidden}", "\nport: 5432"
    return Made(f"{before}{joined}{after}", (hidden,), tuple(part for part in (before, after) if part.strip(" (")))


@positive("email_encoded", 80)
def encoded_email(source: Source) -> Made:
    address = email(source)
    encoded = address.replace("@", "%40").replace("+", "%2B")
    before, after = source.fill(
        source.choice(
            (
                "GET /users?who={}&page=<n> 200",
                "https://<host>/confirm?subject={}&n=<n>",
                "POST /subscribe body=address={}&list=<word>",
                "redirect to /login?hint={}#top",
                "/users/{}/orders",
            )
        )
    ).split("{}")
    return Made(before + encoded + after, (encoded,), (before, after))


@positive("cookie_text", 90)
def cookie_text(source: Source) -> Made:
    hidden = source.url_token()
    return Made(
        *source.choice(
            (
                (f"cookies={{'sessionid': '{hidden}', 'theme': 'dark'}} path=/cart", (hidden,), (" path=/cart",)),
                (
                    f"<RequestsCookieJar[<Cookie sessionid={hidden} for shop.example.com/>]>",
                    (hidden,),
                    ("for shop.example.com/",),
                ),
                (f"<Cookies[<Cookie session={hidden} for .example.com />]>", (hidden,), ("for .example.com",)),
                (f"<SimpleCookie: sessionid='{hidden}'> (4211)", (hidden,), ("(4211)",)),
                (f"Set-Cookie: sessionid={hidden}; Path=/\r\nVary: Accept", (hidden,), ("\r\nVary: Accept",)),
                (
                    f"[(b'host', b'shop'), (b'cookie', b'sid={hidden}'), (b'accept', b'*/*')]",
                    (hidden,),
                    ("b'shop'", "b'*/*'"),
                ),
                (f"Headers([('cookie', 'sid={hidden}'), ('accept', '*/*')])", (hidden,), ("'*/*'",)),
            )
        )
    )


@positive("escaped_url", 80)
def escaped_url(source: Source) -> Made:
    hidden = source.url_token()
    joiner = source.choice(("\\u0026", "&amp;", ";"))
    name = source.choice(("token", "access_token", "api_key", "X-Amz-Signature", "sig", "client_secret"))
    path = f"https://{source.host()}/{source.word()}"
    url = f"{path}?page=4211{joiner}{name}={hidden}{joiner}sort=asc"
    text = source.choice((f'{{"url":"{url}","ms":12}}', f'<a href="{url}">next</a>', f"GET {url} 200"))
    return Made(text, (hidden,), (path, "page=4211"))


@positive("bearer_odd", 80)
def odd_bearer(source: Source) -> Made:
    hidden = source.url_token()
    return Made(
        *source.choice(
            (
                (f"Authorization:\tBearer\t{hidden}\nAccept: */*", (hidden,), ("\nAccept: */*",)),
                (f"authorization=Bearer%20{hidden}&page=2", (hidden,), ("&page=2",)),
                (f"Authorization: Bearer  {hidden}\nAccept: */*", (hidden,), ("\nAccept: */*",)),
                (f"metadata: ('authorization', 'Bearer {hidden}'), ('x-n', '4211')", (hidden,), ("('x-n', '4211')",)),
                (f"[(b'authorization', b'Bearer {hidden}'), (b'accept', b'*/*')]", (hidden,), ("b'*/*'",)),
                (f"HTTP_AUTHORIZATION='Bearer {hidden}' REQUEST_METHOD='GET'", (hidden,), ("REQUEST_METHOD='GET'",)),
                (
                    {"HTTP_AUTHORIZATION": f"Bearer {hidden}", "REQUEST_METHOD": "GET"},
                    (hidden,),
                    ("REQUEST_METHOD: GET",),
                ),
                ({"HTTP_COOKIE": f"sid={hidden}", "HTTP_HOST": "shop"}, (hidden,), ("HTTP_HOST: shop",)),
                (f'"Authorization": ["Bearer {hidden}"], "Accept": ["*/*"]', (hidden,), ('"Accept": ["*/*"]',)),
                (f"-H Authorization:Bearer\\ {hidden} -X GET", (hidden,), ("-X GET",)),
            )
        )
    )


@positive("name_value_text", 90)
def name_value_text(source: Source) -> Made:
    hidden, name = source.token(), telling(source)
    return Made(
        *source.choice(
            (
                (
                    f'[{{"name": "REGION", "value": "eu-west-1"}}, {{"name": "{name}", "value": "{hidden}"}}]',
                    (hidden,),
                    ('"eu-west-1"',),
                ),
                (
                    f"[{{'Key': '{name}', 'Value': '{hidden}'}}, {{'Key': 'n', 'Value': '4211'}}]",
                    (hidden,),
                    ("'4211'",),
                ),
                (f'{{"key":"{name}","value":"{hidden}","enabled":true}}', (hidden,), ('"enabled":true',)),
                (
                    f'<entry key="{name}">{hidden}</entry><entry key="n">4211</entry>',
                    (hidden,),
                    ('<entry key="n">4211</entry>',),
                ),
                (
                    f"<name>{name}</name><value>{hidden}</value><name>n</name><value>4211</value>",
                    (hidden,),
                    ("<value>4211</value>",),
                ),
            )
        )
    )
