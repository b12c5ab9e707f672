"""Negative cases of text: prose of several languages, SQL without literals, markup, source lines, user agents."""

from __future__ import annotations

import json

from tests.redaction.corpus.case import Made, negative
from tests.redaction.corpus.files import templates
from tests.redaction.corpus.identifiers import said
from tests.redaction.corpus.places import TEXTS
from tests.redaction.corpus.source import LOCALES, Source


@negative("prose", 360)
def prose(source: Source) -> Made:
    fake = source.fake_of(source.choice([locale for locale in LOCALES if locale not in ("pt_BR", "tr_TR")]))
    return Made(
        source.choice(
            (fake.sentence, fake.paragraph, lambda: fake.sentence(nb_words=4), lambda: "\n".join(fake.sentences(3)))
        )()
    )


@negative("person", 200)
def people(source: Source) -> Made:
    """Names, places and companies: obskit knows them under no key of their own and leaves them."""
    fake = source.fake()
    return source.choice(
        (
            Made({"city": fake.city(), "company": fake.company()}),
            Made(f"order for {fake.company()} in {fake.city()}"),
            Made({"country": fake.country_code(), "locale": "de_DE", "job": fake.job()}),
            Made(f"{fake.job()} / {fake.city()}"),
        )
    )


@negative("plain_place", 300)
def plain_places(source: Source) -> Made:
    """The very places that positive cases use, with a plain word in them."""
    return Made(
        source.fill(source.choice(TEXTS)).replace(
            "{}", source.choice((source.word(), str(source.randint(1, 99)), source.service(), "n/a"))
        )
    )


@negative("sql", 300)
def statements(source: Source) -> Made:
    return said(source, *templates("sql"))


@negative("markup", 240)
def markup(source: Source) -> Made:
    return said(source, *templates("markup"))


@negative("code", 640, hard=True)
def code(source: Source) -> Made:
    name = source.choice(
        ("password", "token", "secret", "api_key", "access_token", "client_secret", "passwd", "private_key")
    )
    line = source.fill(source.choice(templates("code"))).replace("{name}", name).replace("{NAME}", name.upper())
    line = line.replace("{Name}", name.title().replace("_", "")).replace("{na-me}", name.replace("_", "-"))
    return source.choice(
        (
            Made(line),
            Made(f"    {line}"),
            Made(f'  File "/srv/app/{source.service()}.py", line {source.randint(1, 900)}, in run\n    {line}\n'),
            Made(f"at line {source.randint(1, 99)}: {line}"),
            Made({"code": line, "line": source.randint(1, 99)}),
        )
    )


@negative("stack_trace", 240)
def stack_traces(source: Source) -> Made:
    frames = "".join(
        source.fill(f'  File "/srv/app/<service>.py", line <n>, in {place}\n    {line}\n')
        for place, line in source.sample(FRAMES, 3)
    )
    ending = source.fill(
        source.choice(
            (
                "KeyError: 'password'",
                "ValueError: invalid literal for int() with base 10: '<word>'",
                "TypeError: login() missing 1 required positional argument: 'password'",
                "TimeoutError",
                "ConnectionRefusedError: [Errno 111] Connection refused",
                "AttributeError: 'NoneType' object has no attribute 'token'",
                "json.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)",
                "app.errors.TokenExpired: token is expired",
            )
        )
    )
    return Made(f"Traceback (most recent call last):\n{frames}{ending}")


FRAMES = (
    ("login", 'password = request.form["password"]'),
    ("connect", "conn = psycopg.connect(dsn, password=self._password)"),
    ("handle", "token = self.tokens.pop(token_id)"),
    ("run", "self.check(token=token, secret=settings.SECRET_KEY)"),
    ("<module>", "main()"),
    ("__call__", "return await self.app(scope, receive, send)"),
    ("verify", "if not hmac.compare_digest(signature, expected):"),
    ("decode", 'payload = jwt.decode(token, key, algorithms=["HS256"])'),
    ("get", "value = cache[key]"),
    ("authenticate", "user = backend.authenticate(request, username=username, password=password)"),
    ("load", 'api_key = os.environ["API_KEY"]'),
)


@negative("user_agent", 300, hard=True)
def agents(source: Source) -> Made:
    fake = source.fake_of("en_US")
    agent = source.choice(
        (
            fake.user_agent,
            fake.chrome,
            fake.firefox,
            fake.safari,
            fake.opera,
            lambda: source.fill("<word>/1.2.<n> (+https://<host>/bot.html)"),
            lambda: f"python-httpx/0.28.{source.randint(0, 9)}",
            lambda: f"Go-http-client/{source.randint(1, 2)}.1",
            lambda: f"okhttp/4.{source.randint(0, 99)}.0",
            lambda: f"kube-probe/1.{source.randint(20, 33)}",
        )
    )()
    return source.choice(
        (
            Made({"user_agent": agent}),
            Made({"headers": {"User-Agent": agent, "Accept": "*/*"}}),
            Made(f"User-Agent: {agent}"),
            Made(agent),
            Made(source.fill('10.0.3.7 - - [12/Mar/2025:08:14:07 +0000] "GET / HTTP/1.1" 200 <n> "-" "') + agent + '"'),
        )
    )


@negative("json_event", 260)
def events(source: Source) -> Made:
    fields = {
        "id": source.uuid(),
        "type": f"{source.service()}.{source.choice(('created', 'updated', 'failed'))}",
        "at": source.fill("<time>"),
        "data": {
            "amount": source.randint(1, 99_999),
            "currency": "EUR",
            "items": [source.word(), source.word()],
            "token_count": source.randint(1, 999),
        },
    }
    text = json.dumps(fields)
    return source.choice(
        (
            Made(text),
            Made(f"event {text}"),
            Made({"body": text}),
            Made(json.dumps({"message": text})),
            Made(json.dumps(fields, indent=2)),
        )
    )
