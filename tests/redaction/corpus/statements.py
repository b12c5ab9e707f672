"""Positive cases of SQL: inserts, updates, conditions, users and bound parameters."""

from __future__ import annotations

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.places import in_text
from tests.redaction.corpus.source import ALNUM, Source

COLUMNS = (
    "password",
    "passwd",
    "api_key",
    "secret",
    "token",
    "access_token",
    "client_secret",
    "ssn",
    "password_hash",
    "pwd",
)


def _literal(source: Source, column: str) -> str:
    if column == "ssn":
        return source.digits(9)
    if column == "password_hash":
        return "$2b$12$" + source.text(ALNUM, 53)
    return source.choice((source.password(), source.token()))


def _logged(source: Source, statement: str, secret: str, *kept: str) -> Made:
    places = (
        "{}",
        "executing {}",
        "[SQL: {}]",
        "LOG:  statement: {}",
        "<ms> ms: {}",
        "INFO sqlalchemy.engine.Engine {}",
        "query failed: {}",
    )
    made = in_text(source, statement, places)
    return Made(made.value, (secret,), (*made.kept, *kept))


@positive("sql_insert", 120)
def insert(source: Source) -> Made:
    column = source.choice(COLUMNS)
    hidden = _literal(source, column)
    names = source.sample(["id", "login", column, "created"], 4)
    values = {"id": "4211", "login": "'bob'", column: f"'{hidden}'", "created": "now()"}
    into = source.choice(
        (
            "INSERT INTO users",
            "insert into accounts",
            'INSERT INTO "users"',
            "REPLACE INTO users",
            "INSERT INTO shop.users",
        )
    )
    mark = source.choice(("", '"', "`")) if '"' in into else ""
    listed = ", ".join(f"{mark}{name}{mark}" for name in names)
    verb = source.choice(("VALUES", "values"))
    statement = f"{into} ({listed}) {verb} ({', '.join(values[name] for name in names)})"
    return _logged(source, statement, hidden, into, "4211", "'bob'")


@positive("sql_update", 110)
def update(source: Source) -> Made:
    column = source.choice(COLUMNS)
    hidden = _literal(source, column)
    sets = [f"{column} = '{hidden}'", "updated = now()", "login='bob'"]
    source.shuffle(sets)
    start, end = source.choice(("UPDATE users SET ", "update accounts set ", "UPDATE `users` SET ")), " WHERE id = 4211"
    return _logged(source, start + ", ".join(sets) + end, hidden, start, end, "login='bob'")


@positive("sql_where", 110)
def where(source: Source) -> Made:
    column = source.choice(COLUMNS)
    hidden = _literal(source, column)
    sign = source.choice(("=", " = ", "= ", " LIKE ", " = N" if column != "ssn" else " = "))
    start = source.choice(
        (
            "SELECT id, login FROM users WHERE login = 'bob' AND ",
            "DELETE FROM sessions WHERE ",
            "select 1 from api_users u where u.",
        )
    )
    end = source.choice((" LIMIT 1", "", " AND active = true", " ORDER BY id"))
    return (
        _logged(source, f"{start}{column}{sign}'{hidden}'{end}", hidden, start, end)
        if end
        else _logged(source, f"{start}{column}{sign}'{hidden}'", hidden, start)
    )


@positive("sql_user", 110)
def user(source: Source) -> Made:
    hidden = source.choice((source.password(), source.awkward()))
    start, end = source.choice(
        (
            ("CREATE USER 'bob'@'%' IDENTIFIED BY '", "'"),
            ("CREATE USER bob WITH PASSWORD '", "' VALID UNTIL 'infinity'"),
            ("ALTER USER bob WITH ENCRYPTED PASSWORD '", "'"),
            ("ALTER ROLE bob PASSWORD '", "' LOGIN"),
            ("CREATE ROLE app LOGIN PASSWORD '", "'"),
            ("CREATE LOGIN app WITH PASSWORD = '", "', DEFAULT_DATABASE = shop"),
            ("GRANT ALL ON shop.* TO 'bob'@'localhost' IDENTIFIED BY '", "' WITH GRANT OPTION"),
            ("SET PASSWORD FOR 'bob'@'%' = PASSWORD('", "')"),
            ("SET PASSWORD FOR bob = '", "'"),
            ('ALTER USER app IDENTIFIED BY "', '" ACCOUNT UNLOCK'),
            ("CREATE USER MAPPING FOR bob SERVER remote OPTIONS (user 'bob', password '", "')"),
            ("ALTER USER 'bob'@'%' IDENTIFIED WITH mysql_native_password BY '", "'"),
            ("CREATE SUBSCRIPTION s CONNECTION 'host=db1 user=rep password=", " dbname=shop' PUBLICATION p"),
        )
    )
    if "CONNECTION" in start:
        hidden = source.password()
    statement = source.choice(("", "", "executing: ")) + start + hidden + end + source.choice((";", ""))
    return Made(statement, (hidden,), (start.rsplit(" ", 1)[0], *((end,) if end.strip("'\")") else ())))


@positive("sql_parameters", 90)
def parameters(source: Source) -> Made:
    hidden = source.password()
    statement = "[SQL: UPDATE users SET password=%(password)s WHERE id=%(id)s]\n"
    return Made(
        *source.choice(
            (
                (
                    f"{statement}[parameters: {{'password': '{hidden}', 'id': 4211}}]",
                    (hidden,),
                    (statement, "'id': 4211"),
                ),
                (
                    {
                        "sql": "UPDATE users SET password = :password WHERE id = :id",
                        "params": {"password": hidden, "id": 4211},
                    },
                    (hidden,),
                    ("id: 4211", ":password WHERE"),
                ),
                (
                    f"(psycopg.errors.UniqueViolation) duplicate key\nDETAIL:  Key (token)=({hidden}) already exists.",
                    (hidden,),
                    ("duplicate key",),
                ),
                (
                    f"INSERT INTO t (password) VALUES (:password) {{'password': '{hidden}'}} (4211 rows)",
                    (hidden,),
                    ("(:password)", "(4211 rows)"),
                ),
            )
        )
    )
