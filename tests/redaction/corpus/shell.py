"""Positive cases of command lines: options, arguments, curl, variables of the environment."""

from __future__ import annotations

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.names import snake_name
from tests.redaction.corpus.source import Source


@positive("shell_option", 140)
def option(source: Source) -> Made:
    hidden = source.choice((source.password(), source.token()))
    name = source.choice(
        (
            "password",
            "token",
            "api-key",
            "secret",
            "client-secret",
            "auth-token",
            "passphrase",
            "db-password",
            "access-token",
            "pass",
        )
    )
    sign = source.choice(("=", " ", " ", "='", ' "'))
    end = sign[-1] if sign[-1] in "'\"" else ""
    program = source.choice(
        (
            "deployctl",
            "helm upgrade web ./chart",
            "myapp serve",
            "docker login -u bob",
            "az login --username bob",
            "vault login",
        )
    )
    made = f"--{name}{sign}{hidden}{end}"
    before, after = source.fill(
        source.choice(("{}", "+ {}", "running: {}", "$ {}", "Command '{}' returned non-zero exit status <n>"))
    ).split("{}", 1)
    if end == "'" and "'" in before:
        before, after = "", ""
    tail = source.choice((" --verbose", " --region eu-west-1", ""))
    return Made(
        f"{before}{program} {made}{tail}{after}",
        (hidden,),
        tuple(part for part in (before, program, f"--{name}", tail, after) if part.strip()),
    )


@positive("shell_argv", 90)
def argv(source: Source) -> Made:
    hidden = source.password()
    name = source.choice(("--password", "--token", "--api-key", "--client-secret", "--db-password"))
    form = source.randint(0, 3)
    line = ["deployctl", "--region", "eu-west-1", *([name, hidden] if form < 2 else [f"{name}={hidden}"])]
    if source.chance(0.5):
        return Made({"argv": line, "pid": 4211}, (hidden,), ("deployctl", "eu-west-1", "pid: 4211"))
    return Made(f"running {line!r} in 4211", (hidden,), ("running ", "'eu-west-1'", " in 4211"))


@positive("shell_short", 100)
def short_option(source: Source) -> Made:
    hidden = source.password()
    for sign in "*$!~":
        hidden = hidden.replace(sign, "x")
    start, end = source.choice(
        (
            ("mysql -u root -p", " -h db1 shop"),
            ("mysqldump -ubob -p", " shop > dump.sql"),
            ("mysqladmin -u root -p", " ping"),
            ("sshpass -p ", " ssh deploy@db1.internal"),
            ("sshpass -p'", "' scp a b:"),
            ("redis-cli -h cache1 -a ", " ping"),
            ("ldapsearch -x -D cn=admin -w ", " -b dc=example"),
            ("docker login -u bob -p ", " registry.internal"),
            ('psql "host=db1 user=bob password=', ' dbname=shop"'),
            ("mongosh --username bob -p ", " --host db1"),
            ("openssl rsa -in a.pem -passin pass:", " -out b.pem"),
            ("net use z: \\\\nas\\share /user:bob /password:", " # 4211"),
        )
    )
    before = source.choice(("", "+ ", "$ ", "exec: "))
    return Made(f"{before}{start}{hidden}{end}", (hidden,), (start.rstrip("'\" "), end.lstrip("'\"")))


@positive("shell_curl", 110)
def curl(source: Source) -> Made:
    hidden = source.token()
    url = f"https://{source.host()}/v1/{source.word()}"
    start, end = source.choice(
        (
            ("curl -u bob:", f" {url}"),
            ("curl --user bob:", f" {url}"),
            ("curl -sS -u 'bob:", f"' {url}"),
            ("curl -H 'X-Api-Key: ", f"' {url}"),
            ('curl -H "Authorization: Bearer ', f'" {url}'),
            ("curl -d 'user=bob&password=", f"' {url}"),
            ("curl --proxy-user bob:", f" {url}"),
            ('curl --data \'{"password": "', f"\"}}' {url}"),
            ("wget --http-password=", f" {url}"),
            ("wget --user=bob --password='", f"' {url}"),
            ("http --auth bob:", f" GET {url}"),
            ("curl -b 'session=", f"' {url}"),
            ("curl --oauth2-bearer ", f" {url}"),
        )
    )
    return Made(f"{source.choice(('', '+ ', '$ '))}{start}{hidden}{end}", (hidden,), (start.split(" ", 1)[0], url))


@positive("shell_environment", 110)
def environment(source: Source) -> Made:
    hidden = source.choice((source.token(), source.password()))
    name = snake_name(source).upper()
    start, end = source.choice(
        (
            (f"export {name}=", "\nexport PORT=5432"),
            (f"{name}=", " ./deploy.sh --region eu-west-1"),
            (f"env PORT=5432 {name}=", " python -m app"),
            (f"docker run -e {name}=", " -p 5432:5432 app:1.2"),
            (f"docker run --env {name}='", "' app:1.2"),
            (f"set {name}=", "\r\nset PORT=5432"),
            (f'$env:{name} = "', '"'),
            (f"setenv {name} ", "\nsetenv PORT 5432"),
            (f"ENV {name}=", "\nENV PORT=5432"),
            (f"--build-arg {name}=", " --build-arg PORT=5432"),
            (f"kubectl create secret generic app --from-literal={name}=", " -n shop"),
            (f"heroku config:set {name}=", " -a shop"),
        )
    )
    kept = end.strip("'\"").strip()
    return Made(f"{source.choice(('', '+ '))}{start}{hidden}{end}", (hidden,), (name, *((kept,) if kept else ())))
