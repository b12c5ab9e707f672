"""Positive cases of text with named values: logfmt, prose with colons, forms, JSON, YAML, XML, TOML, environment."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote_plus

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.names import neighbours, plain_name, snake_name, telling
from tests.redaction.corpus.numbers import ssn
from tests.redaction.corpus.source import Source

BEFORE = (
    "",
    "login user=bob ",
    "config loaded: ",
    "<time> INFO [<service>] ",
    "retrying with ",
    "level=debug msg=connect ",
    "(",
    "args: ",
)
AFTER = ("", " attempt=<n>", ", retries=<n>", "; timeout=<n>", " host=<host>", "\nnext line <n>", " ok")


def _around(source: Source) -> tuple[str, str]:
    before = source.fill(source.choice(BEFORE))
    return before, source.fill(") took <ms> ms" if before == "(" else source.choice(AFTER))


def _kept(*parts: str) -> tuple[str, ...]:
    return tuple(part for part in parts if part.strip())


def _bare(source: Source) -> str:
    return source.choice((source.password(), source.token()))


@positive("kv_text", 200)
def equals(source: Source) -> Made:
    name, (before, after) = plain_name(source), _around(source)
    if source.chance(0.25):
        hidden = source.awkward()
        quote = source.choice("'\"")
        return Made(f"{before}{name}={quote}{hidden}{quote}{after}", (hidden,), _kept(before, name + "=", after))
    hidden = _bare(source)
    sign = source.choice(("=", "=", "=", " = "))
    return Made(f"{before}{name}{sign}{hidden}{after}", (hidden,), _kept(before, name, after))


@positive("colon_text", 180)
def colon(source: Source) -> Made:
    name, (before, after), hidden = plain_name(source), _around(source), _bare(source)
    spoken = source.choice(
        ("Password", "API key", "Access token", "Client secret", "password", "Secret key", "passphrase", "token")
    )
    name = source.choice((name, spoken))
    sign = source.choice((": ", ": ", ":", " : ", ":  "))
    shown = source.choice((hidden, hidden, f"'{hidden}'", f'"{hidden}"', f"`{hidden}`"))
    return Made(f"{before}{name}{sign}{shown}{after}", (hidden,), _kept(before, name, after))


@positive("structlog_line", 110)
def console_line(source: Source) -> Made:
    name, hidden = plain_name(source), _bare(source)
    time = source.fill("<time>")
    event = source.choice(("user logged in", "token refreshed", "connecting", "request finished"))
    others = source.fill("attempt=<n> host=<host>")
    return Made(
        source.choice(
            (
                f"{time} [info     ] {event}      {others} {name}={hidden}",
                f"{time} [info     ] {event}      {name}={hidden} {others}",
                f"{event} {name}='{hidden}' {others}",
                f'ts={time} level=info msg="{event}" {name}={hidden} {others}',
                f"{time} | INFO | {event} | {name}={hidden} | {others}",
            )
        ),
        (hidden,),
        (event, others, name),
    )


@positive("form_body", 130)
def form(source: Source) -> Made:
    hidden = source.choice((source.awkward(), source.password(), source.token()))
    shown = quote_plus(hidden)
    name = plain_name(source)
    fields = [f"user={source.user()}", f"remember={source.randint(1000, 9999)}", f"lang={source.choice(('de', 'en'))}"]
    place = source.randint(0, 3)
    body = "&".join([*fields[:place], f"{name}={shown}", *fields[place:]])
    if source.chance(0.3):
        body = f"grant_type=password&{body}"
    before, after = source.choice(
        (("", ""), ("body: ", ""), ("body='", "'"), ("POST /login ", " -> 401"), ('{"body": "', '"}'))
    )
    # Both the form on the wire and the form it stands for.
    return Made(before + body + after, (shown,), _kept(before, *fields, after))


@positive("multipart", 100)
def multipart(source: Source) -> Made:
    hidden, name = _bare(source), plain_name(source)
    border = "----WebKitFormBoundary" + source.hex(16)
    end = source.choice(("\r\n", "\n"))
    shown = source.choice((f'name="{name}"', f"name={name}", f'name="{name}"{end}Content-Type: text/plain'))
    parts = [
        f'--{border}{end}Content-Disposition: form-data; name="comment"{end}{end}see you at the harbor',
        f"--{border}{end}Content-Disposition: form-data; {shown}{end}{end}{hidden}",
    ]
    source.shuffle(parts)
    return Made(f"{end.join(parts)}{end}--{border}--{end}", (hidden,), ("see you at the harbor",))


def _fields(source: Source, hidden: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    others = neighbours(source, source.randint(1, 3))
    items = [*others.items(), (name, hidden)]
    source.shuffle(items)
    return dict(items), others


def _json_kept(others: dict[str, Any], separators: tuple[str, str]) -> tuple[str, ...]:
    return tuple(f"{json.dumps(key)}{separators[1]}{json.dumps(value)}" for key, value in others.items())


@positive("json_text", 190)
def json_text(source: Source) -> Made:
    hidden, name = source.choice((_bare(source), source.awkward())), telling(source)
    fields, others = _fields(source, hidden, name)
    separators = source.choice(((", ", ": "), (",", ":")))
    value: Any = source.choice((fields, {"user": fields, "n": 3}, {"rows": [fields]}, [fields]))
    text = json.dumps(value, separators=separators)
    before, after = source.choice(
        (("", ""), ("payload: ", ""), ("POST /login ", " 401"), ("got ", " from peer"), ("", "\n"))
    )
    return Made(before + text + after, (hidden,), (*_kept(before, after), *_json_kept(others, separators)))


@positive("json_pretty", 100)
def pretty_json(source: Source) -> Made:
    hidden, name = _bare(source), telling(source)
    fields, others = _fields(source, hidden, name)
    text = json.dumps({"data": fields}, indent=source.choice((2, 4)))
    return Made(text, (hidden,), _json_kept(others, (",", ": ")))


@positive("json_in_json", 130)
def json_in_json(source: Source) -> Made:
    hidden, name = _bare(source), telling(source)
    fields, others = _fields(source, hidden, name)
    inner = json.dumps({"body": json.dumps(fields), "n": 4211})
    if source.chance(0.3):
        inner = json.dumps({"event": inner})
    if source.chance(0.3):
        return Made({"payload": inner, "status": 500}, (hidden,), ("status: 500", *_texts(others)))
    return Made(source.choice(("", "message: ")) + inner, (hidden,), (*_texts(others), "4211"))


def _texts(fields: dict[str, Any]) -> list[str]:
    return [str(value) for value in fields.values() if not isinstance(value, bool)]


@positive("python_dict_text", 140)
def dict_repr(source: Source) -> Made:
    hidden, name = source.choice((_bare(source), source.awkward())), telling(source)
    fields, others = _fields(source, hidden, name)
    text = source.choice(
        (repr(fields), repr([fields]), repr({"data": fields}), repr(list(fields.items())), repr((1, fields)))
    )
    kept = tuple(repr(value) for value in others.values())
    before = source.choice(("", "kwargs=", "got an unexpected value: ", "params: "))
    return Made(before + text, (hidden,), (*_kept(before), *kept))


@positive("yaml", 110)
def yaml(source: Source) -> Made:
    hidden, name = _bare(source), plain_name(source)
    shown = source.choice((hidden, f'"{hidden}"', f"'{hidden}'"))
    kind = source.choice(
        (
            f"database:\n  host: db1.internal\n  {name}: {shown}\n  port: 5432\n",
            f"- name: web\n  {name}: {shown}\n  port: 5432\n  host: db1.internal\n",
            f"apiVersion: v1\nkind: Secret\nstringData:\n  {name}: {shown}\nhost: db1.internal\nport: 5432",
            f"host: db1.internal\nport: 5432\n{name}: {shown}",
        )
    )
    return Made(kind, (hidden,), ("host: db1.internal", "port: 5432", name))


@positive("yaml_name_value", 70)
def yaml_env(source: Source) -> Made:
    hidden, name = source.token(), snake_name(source).upper()
    shown = source.choice((hidden, f'"{hidden}"', f"'{hidden}'"))
    rows = ("REGION", "eu-west-1"), (name, shown), ("WORKERS", '"4211"')
    text = "env:\n" + "".join(f"  - name: {key}\n    value: {value}\n" for key, value in rows)
    return Made(text, (hidden,), ("value: eu-west-1", '"4211"'))


@positive("xml", 130)
def xml(source: Source) -> Made:
    hidden, name = _bare(source), telling(source).replace(" ", "")
    return Made(
        *source.choice(
            (
                (
                    f"<login><user>bob</user><{name}>{hidden}</{name}><n>4211</n></login>",
                    (hidden,),
                    ("<user>bob</user>", "<n>4211</n>"),
                ),
                (
                    f'<property name="{name}" value="{hidden}"/><property name="n" value="4211"/>',
                    (hidden,),
                    ('<property name="n" value="4211"/>',),
                ),
                (
                    f'<add key="{name}" value="{hidden}" /><add key="n" value="4211" />',
                    (hidden,),
                    ('<add key="n" value="4211" />',),
                ),
                (f'<connection host="db1" {name}="{hidden}" port="5432"/>', (hidden,), ('host="db1"', 'port="5432"')),
                (f'<wsse:{name} Type="#Text">{hidden}</wsse:{name}>\n<n>4211</n>', (hidden,), ("<n>4211</n>",)),
                (f"<ns:{name}><![CDATA[{hidden}]]></ns:{name}><n>4211</n>", (hidden,), ("<n>4211</n>",)),
            )
        )
    )


@positive("settings_file", 140)
def settings_file(source: Source) -> Made:
    hidden, name = _bare(source), plain_name(source)
    upper = snake_name(source).upper()
    return Made(
        *source.choice(
            (
                (
                    f'[database]\nhost = "db1.internal"\n{name} = "{hidden}"\nport = 5432\n',
                    (hidden,),
                    ('host = "db1.internal"', "port = 5432"),
                ),
                (f"[client]\nuser = bob\n{name} = {hidden}\nport = 5432\n", (hidden,), ("user = bob", "port = 5432")),
                (f"DEBUG=true\n{upper}={hidden}\nPORT=5432\n", (hidden,), ("DEBUG=true", "PORT=5432")),
                (f"DEBUG=true\nexport {upper}='{hidden}'\nPORT=5432\n", (hidden,), ("DEBUG=true", "PORT=5432")),
                (
                    f"spring.datasource.username=bob\nspring.datasource.{name}={hidden}\nserver.port=5432",
                    (hidden,),
                    ("username=bob", "server.port=5432"),
                ),
                (f'{upper} = os.environ.get("{upper}", "{hidden}")\nPORT = 5432', (hidden,), ("PORT = 5432",)),
                (
                    f"machine <host> login bob password {hidden}\nmachine b.internal login eve".replace(
                        "<host>", "a.internal"
                    ),
                    (hidden,),
                    ("machine a.internal login bob",),
                ),
                (f'resource "db" "main" {{\n  {name} = "{hidden}"\n  port = 5432\n}}', (hidden,), ("port = 5432",)),
                (f"//registry.example/:_authToken={hidden}\nalways-auth=true", (hidden,), ("always-auth=true",)),
            )
        )
    )


@positive("nested_key_text", 80)
def bracket_names(source: Source) -> Made:
    hidden, name = _bare(source), plain_name(source)
    before, after = _around(source)
    left = source.choice(
        (
            f"user[{name}]=",
            f"params['{name}'] = ",
            f'headers["{name}"]: ',
            f"config.{name}=",
            f"--set db.{name}=",
            f"?user.{name}=",
        )
    )
    return Made(f"{before}{left}{hidden}{after}", (hidden,), _kept(before, after))


@positive("personal_pair", 110)
def personal_pair(source: Source) -> Made:
    before, after = _around(source)
    name, hidden = source.choice(
        (
            ("cvv", source.digits(3)),
            ("cvc", source.digits(3)),
            ("ssn", ssn(source).replace("-", "")),
            ("pin", source.digits(4)),
            ("otp", source.digits(6)),
            ("CVV", source.digits(4)),
            ("card_cvv", source.digits(3)),
            ("PIN", source.digits(6)),
            ("security_code", source.digits(3)),
            ("passcode", source.digits(6)),
        )
    )
    sign = source.choice(("=", ": ", '": "', "':'"))
    quotes = {'": "': '"', "':'": "'"}.get(sign, "")
    return Made(f"{before}{quotes}{name}{sign}{hidden}{quotes}{after}", (hidden,), _kept(before, name, after))
