"""Positive cases in the notations of other languages and tools: Ruby, PHP, Go, Rust, Java, JavaScript, GraphQL."""

from __future__ import annotations

import base64
from collections.abc import Callable

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.names import snake_name
from tests.redaction.corpus.source import ALNUM, Source


def _hidden(source: Source) -> str:
    return source.choice((source.password(), source.token()))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def _pascal(name: str) -> str:
    return "".join(word.title() for word in name.split("_"))


@positive("hash_rocket", 110)
def hash_rocket(source: Source) -> Made:
    hidden, name = _hidden(source), snake_name(source)
    return Made(
        *source.choice(
            (
                (
                    f'Parameters: {{"user"=>{{"login"=>"bob", "{name}"=>"{hidden}"}}, "n"=>"4211"}}',
                    (hidden,),
                    ('"login"=>"bob"', '"n"=>"4211"'),
                ),
                (f'{{:login=>"bob", :{name}=>"{hidden}", :n=>4211}}', (hidden,), (':login=>"bob"', ":n=>4211")),
                (
                    f"array('login' => 'bob', '{name}' => '{hidden}', 'n' => 4211)",
                    (hidden,),
                    ("'login' => 'bob'", "'n' => 4211"),
                ),
                (
                    f"Array\n(\n    [login] => bob\n    [{name}] => {hidden}\n    [n] => 4211\n)",
                    (hidden,),
                    ("[login] => bob", "[n] => 4211"),
                ),
                (f"'{name}' => env('{name.upper()}', '{hidden}'),\n'n' => 4211", (hidden,), ("'n' => 4211",)),
                (f'#<Login:0x0000 @login="bob", @{name}="{hidden}", @n=4211>', (hidden,), ('@login="bob"', "@n=4211")),
            )
        )
    )


@positive("language_repr", 140)
def language_repr(source: Source) -> Made:
    hidden, name = source.token(), snake_name(source)
    return Made(
        *source.choice(
            (
                (f"&{{Login:bob {_pascal(name)}:{hidden} N:4211}}", (hidden,), ("Login:bob", "N:4211")),
                (f'main.Form{{Login:"bob", {_pascal(name)}:"{hidden}", N:4211}}', (hidden,), ('Login:"bob"', "N:4211")),
                (f"map[login:bob n:4211 {name}:{hidden}]", (hidden,), ("login:bob", "n:4211")),
                (f'Form {{ login: "bob", {name}: "{hidden}", n: 4211 }}', (hidden,), ('login: "bob"', "n: 4211")),
                (
                    f'Form {{\n    login: "bob",\n    {name}: Some(\n        "{hidden}",\n    ),\n    n: 4211,\n}}',
                    (hidden,),
                    ('login: "bob"', "n: 4211"),
                ),
                (f"Form[login=bob, {_camel(name)}={hidden}, n=4211]", (hidden,), ("login=bob", "n=4211")),
                (f"Form(login=bob, {_camel(name)}={hidden}, n=4211)", (hidden,), ("login=bob", "n=4211")),
                (f"{{login=bob, {_camel(name)}={hidden}, n=4211}}", (hidden,), ("login=bob", "n=4211")),
                (f"{{ login: 'bob', {_camel(name)}: '{hidden}', n: 4211 }}", (hidden,), ("login: 'bob'", "n: 4211")),
                (
                    f"Form {{ login = bob, {_pascal(name)} = {hidden}, n = 4211 }}",
                    (hidden,),
                    ("login = bob", "n = 4211"),
                ),
                (
                    f"class Form {{\n    login: bob\n    {_camel(name)}: {hidden}\n    n: 4211\n}}",
                    (hidden,),
                    ("login: bob", "n: 4211"),
                ),
            )
        )
    )


@positive("graphql", 90)
def graphql(source: Source) -> Made:
    hidden, name = _hidden(source), _camel(snake_name(source))
    return Made(
        *source.choice(
            (
                (
                    f'mutation {{ login(user: "bob", {name}: "{hidden}") {{ id }} }}',
                    (hidden,),
                    ('mutation { login(user: "bob", ', ") { id } }"),
                ),
                (
                    '{"query": "mutation($p: String!) { login(p: $p) }", "variables": '
                    f'{{"{name}": "{hidden}", "n": 4211}}}}',
                    (hidden,),
                    ('"n": 4211', "mutation($p: String!) { login(p: $p) }"),
                ),
                (
                    f'{{"query":"mutation {{ login(user: \\"bob\\", {name}: \\"{hidden}\\") {{ id }} }}"}}',
                    (hidden,),
                    ("mutation { login(", "{ id }"),
                ),
                (
                    {"operation": "login", "variables": {"input": {"user": "bob", name: hidden}}},
                    (hidden,),
                    ("operation: login", "user: bob"),
                ),
            )
        )
    )


@positive("http_dump", 100)
def http_dump(source: Source) -> Made:
    hidden, name = source.token(), snake_name(source)
    end = source.choice(("\r\n", "\n"))
    body, form = source.choice(
        (
            (f"user=bob&{name}={hidden}&n=4211", "application/x-www-form-urlencoded"),
            (f'{{"user": "bob", "{_camel(name)}": "{hidden}", "n": 4211}}', "application/json"),
            (f"<login><user>bob</user><{name}>{hidden}</{name}></login>", "application/xml"),
        )
    )
    head = (
        f"POST /login HTTP/1.1{end}Host: {source.host()}{end}Content-Type: {form}{end}Content-Length: {len(body)}{end}"
    )
    return Made(f"{head}{end}{body}", (hidden,), (head, "bob"))


@positive("cluster_secret", 90)
def cluster_secret(source: Source) -> Made:
    plain = source.password()
    encoded = base64.b64encode(plain.encode()).decode()
    name = snake_name(source)
    auth = base64.b64encode(f"bob:{plain}".encode()).decode()
    return Made(
        *source.choice(
            (
                (
                    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: shop\n"
                    f"data:\n  {name}: {encoded}\ntype: Opaque\n",
                    (encoded,),
                    ("kind: Secret", "name: shop", "type: Opaque"),
                ),
                (
                    "users:\n- name: admin\n  user:\n"
                    f"    client-key-data: {(key := source.base64(300))}\n    username: bob\n",
                    (key,),
                    ("name: admin", "username: bob"),
                ),
                (
                    f"users:\n- name: admin\n  user:\n    token: {(token := source.url_token())}\n",
                    (token,),
                    ("name: admin",),
                ),
                (
                    f'{{"auths": {{"registry.internal": {{"auth": "{auth}", "n": 4211}}}}}}',
                    (auth,),
                    ('"registry.internal"', '"n": 4211'),
                ),
                (
                    {"kind": "Secret", "metadata": {"name": "shop"}, "stringData": {name: plain}},
                    (plain,),
                    ("kind: Secret", "name: shop"),
                ),
                (
                    f"kubectl create secret docker-registry r --docker-username=bob --docker-password={plain} -n shop",
                    (plain,),
                    ("--docker-username=bob", " -n shop"),
                ),
            )
        )
    )


CONTEXT: tuple[tuple[str, Callable[[Source], str]], ...] = (
    ("aws_secret_access_key", lambda s: s.base64(30)),
    ("AWS_SECRET_ACCESS_KEY", lambda s: s.base64(30)),
    ("aws_session_token", lambda s: "IQoJb3JpZ2luX2Vj" + s.base64(240)),
    ("TWILIO_AUTH_TOKEN", lambda s: s.hex(32)),
    ("DD_API_KEY", lambda s: s.hex(32)),
    ("DD_APP_KEY", lambda s: s.hex(40)),
    ("CLOUDFLARE_API_TOKEN", lambda s: s.text(ALNUM, 40)),
    ("HEROKU_API_KEY", Source.uuid),
    ("SNYK_TOKEN", Source.uuid),
    ("ALGOLIA_ADMIN_KEY", lambda s: s.hex(32)),
    ("OKTA_API_TOKEN", lambda s: "00" + s.text(ALNUM, 40)),
    ("CIRCLE_TOKEN", lambda s: s.hex(40)),
    ("TRAVIS_TOKEN", lambda s: s.text(ALNUM, 22)),
    ("CODECOV_TOKEN", Source.uuid),
    ("AZURE_CLIENT_SECRET", lambda s: s.text(ALNUM, 34)),
    (
        "DJANGO_SECRET_KEY",
        lambda s: "django-insecure-" + s.text("abcdefghijklmnopqrstuvwxyz0123456789!@#$%^*-_=+", 49) + "x",
    ),
    ("secret_key_base", lambda s: s.hex(128)),
    ("RAILS_MASTER_KEY", lambda s: s.hex(32)),
    ("FASTLY_API_TOKEN", lambda s: s.text(ALNUM, 32)),
    ("zendesk_token", lambda s: s.text(ALNUM, 40)),
)


@positive("vendor_context", 130)
def vendor_by_name(source: Source) -> Made:
    """Return a credential that only its name gives away: the vendor's format is plain hexadecimal or base64."""
    name, make = source.choice(CONTEXT)
    hidden = make(source)
    return Made(
        *source.choice(
            (
                (f"{name}={hidden}", (hidden,), (name,)),
                (f"{name} = {hidden}\nregion = eu-west-1", (hidden,), (name, "region = eu-west-1")),
                (f"export {name}='{hidden}'\nexport REGION=eu-west-1", (hidden,), (name, "export REGION=eu-west-1")),
                ({name: hidden, "region": "eu-west-1"}, (hidden,), ("region: eu-west-1",)),
                (f'{{"{name}": "{hidden}", "region": "eu-west-1"}}', (hidden,), ('"region": "eu-west-1"',)),
                (f"{name}: {hidden}\nregion: eu-west-1", (hidden,), ("region: eu-west-1",)),
            )
        )
    )
