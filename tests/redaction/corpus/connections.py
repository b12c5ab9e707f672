"""Positive cases of connection strings and of private keys in PEM."""

from __future__ import annotations

from urllib.parse import quote

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.places import in_text
from tests.redaction.corpus.source import Source


@positive("connection_ado", 110)
def ado(source: Source) -> Made:
    hidden = source.choice((source.password(), source.token()))
    name = source.choice(("Password", "Pwd", "password", "PWD"))
    user = source.choice(("User Id=sa", "Uid=sa", "UID=sa", "User ID=app"))
    parts = ["Server=db1.internal,1433", "Database=shop", user, f"{name}={hidden}", "Encrypt=True"]
    if source.chance(0.3):
        parts = ["Driver={ODBC Driver 18 for SQL Server}", *parts]
    text = ";".join(parts) + source.choice((";", ""))
    return _logged_string(source, text, hidden, "Server=db1.internal,1433;Database=shop", "Encrypt=True")


def _logged_string(source: Source, text: str, hidden: str, *kept: str) -> Made:
    if source.chance(0.15):
        # What stands under such a name may go as a whole.
        return Made(
            {source.choice(("dsn", "connection_string", "ConnectionString")): text, "pool": 4211},
            (hidden,),
            ("pool: 4211",),
        )
    made = in_text(
        source,
        text,
        (
            "{}",
            "connecting to {}",
            'target="{}" pool=<n>',
            "could not connect: {}",
            "using '{}'",
            '{"target": "{}", "n": <n>}',
        ),
    )
    return Made(made.value, (hidden,), (*made.kept, *kept))


@positive("connection_jdbc", 110)
def jdbc(source: Source) -> Made:
    hidden = source.token()
    text, kept = source.choice(
        (
            (f"jdbc:postgresql://db1.internal:5432/shop?user=bob&password={hidden}&ssl=true", "&ssl=true"),
            (f"jdbc:mysql://db1.internal:3306/shop?password={hidden}&useSSL=false", "&useSSL=false"),
            (
                f"jdbc:sqlserver://db1.internal:1433;databaseName=shop;user=sa;password={hidden};encrypt=true",
                ";encrypt=true",
            ),
            (f"jdbc:oracle:thin:bob/{hidden}@db1.internal:1521:shop", "db1.internal:1521:shop"),
            (f"jdbc:mysql://bob:{hidden}@db1.internal:3306/shop", "@db1.internal:3306/shop"),
            (f"jdbc:db2://db1.internal:50000/shop:user=bob;password={hidden};", "jdbc:db2://db1.internal:50000/shop"),
        )
    )
    return _logged_string(source, text, hidden, kept)


@positive("connection_libpq", 100)
def libpq(source: Source) -> Made:
    hidden = source.password()
    parts = ["host=db1.internal", "port=5432", "dbname=shop", "user=bob", f"password={hidden}", "sslmode=require"]
    if source.chance(0.4):
        hidden = source.awkward()
        parts[4] = f"password='{hidden}'"
    source.shuffle(parts)
    made = in_text(source, " ".join(parts), ("{}", "connecting to {}", "target: {}", "could not connect ({})"))
    return Made(made.value, (hidden,), (*made.kept, "host=db1.internal", "sslmode=require"))


@positive("connection_url", 130)
def url(source: Source) -> Made:
    hidden = source.choice((source.token(), quote(source.awkward(), safe="")))
    text, kept = source.choice(
        (
            (f"postgresql+asyncpg://bob:{hidden}@db1.internal:5432/shop", "@db1.internal:5432/shop"),
            (
                f"mongodb+srv://bob:{hidden}@cluster0.abcde.mongodb.net/shop?retryWrites=true",
                "@cluster0.abcde.mongodb.net/shop?retryWrites=true",
            ),
            (
                f"mongodb://bob:{hidden}@db1:27017,db2:27017/shop?replicaSet=rs0",
                "@db1:27017,db2:27017/shop?replicaSet=rs0",
            ),
            (f"redis://:{hidden}@cache1:6379/0", "@cache1:6379/0"),
            (f"rediss://default:{hidden}@cache1:6380", "@cache1:6380"),
            (f"amqp://bob:{hidden}@mq1:5672/%2f", "@mq1:5672/%2f"),
            (f"amqps://bob:{hidden}@mq1:5671/vhost?heartbeat=30", "@mq1:5671/vhost?heartbeat=30"),
            (f"mysql+pymysql://root:{hidden}@localhost/shop?charset=utf8mb4", "@localhost/shop?charset=utf8mb4"),
            (f"mssql+pyodbc://sa:{hidden}@db1/shop?driver=ODBC+Driver+18", "@db1/shop?driver=ODBC+Driver+18"),
            (f"ldap://cn=admin:{hidden}@dir1:389", "@dir1:389"),
            (f"nats://bob:{hidden}@mq1:4222", "@mq1:4222"),
            (f"clickhouse://bob:{hidden}@db1:9000/shop", "@db1:9000/shop"),
            (f"snowflake://bob:{hidden}@account/db/schema?warehouse=wh", "@account/db/schema?warehouse=wh"),
            (f"smtp://bob:{hidden}@mail1:587", "@mail1:587"),
            (f"https://{source.hex(32)}:{hidden}@errors.internal/42", "@errors.internal/42"),
            (f"kafka://bob:{hidden}@k1:9092,k2:9092", "@k1:9092,k2:9092"),
        )
    )
    return _logged_string(source, text, hidden, kept)


@positive("connection_azure", 100)
def azure(source: Source) -> Made:
    hidden = source.base64(64)
    short = source.base64(32)
    text, secret, kept = source.choice(
        (
            (
                f"DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={hidden};EndpointSuffix=core.windows.net",
                hidden,
                "EndpointSuffix=core.windows.net",
            ),
            (
                f"Endpoint=sb://shop.servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey={short}",
                short,
                "SharedAccessKeyName=Root",
            ),
            (f"HostName=hub.azure-devices.net;DeviceId=d1;SharedAccessKey={short}", short, "DeviceId=d1"),
            (
                f"AccountEndpoint=https://shop.documents.azure.com:443/;AccountKey={hidden};",
                hidden,
                "AccountEndpoint=https://shop.documents.azure.com:443/",
            ),
            (
                "BlobEndpoint=https://shop.blob.core.windows.net/;SharedAccessSignature=sv=2022-11-02"
                f"&sig={quote(short, safe='')}",
                quote(short, safe=""),
                "BlobEndpoint=https://shop.blob.core.windows.net/",
            ),
            (
                f"Endpoint=https://shop.azconfig.io;Id=ab-l0-s0:xyz;Secret={short}",
                short,
                "Endpoint=https://shop.azconfig.io",
            ),
        )
    )
    return _logged_string(source, text, secret, kept)


PEM_LABELS = (
    "RSA PRIVATE KEY",
    "PRIVATE KEY",
    "EC PRIVATE KEY",
    "OPENSSH PRIVATE KEY",
    "DSA PRIVATE KEY",
    "ENCRYPTED PRIVATE KEY",
    "PGP PRIVATE KEY BLOCK",
)


def _pem(source: Source) -> tuple[str, list[str], str]:
    label = source.choice(PEM_LABELS)
    body = source.base64(source.choice((32, 120, 600, 1190)))
    rows = [body[place : place + 64] for place in range(0, len(body), 64)]
    return f"-----BEGIN {label}-----", rows, f"-----END {label}-----"


@positive("pem", 120)
def pem(source: Source) -> Made:
    begin, rows, end = _pem(source)
    newline = source.choice(("\n", "\n", "\r\n", "\n    "))
    head = (
        f"Proc-Type: 4,ENCRYPTED{newline}DEK-Info: AES-128-CBC,0123456789ABCDEF{newline}{newline}"
        if "RSA" in begin and source.chance(0.4)
        else ""
    )
    key = f"{begin}{newline}{head}{newline.join(rows)}{newline}{end}"
    before, after = source.choice(
        (
            ("", ""),
            ("loaded key:\n", "\nfrom disk 4211"),
            ("bad key '", "' in config"),
            ("tls.key: |\n    ", "\nport: 5432"),
        )
    )
    return Made(before + key + after, tuple(rows), tuple(part for part in (before, after) if part.strip()))


@positive("pem_one_line", 100)
def pem_one_line(source: Source) -> Made:
    begin, rows, end = _pem(source)
    newline = source.choice(("\\n", "\\n", "\\r\\n", "\\\\n", " "))
    key = f"{begin}{newline}{newline.join(rows)}{newline}{end}" + source.choice((newline, ""))
    before, after = source.choice(
        (
            ('{"type": "service_account", "private_key": "', '", "client_id": "4211"}'),
            ('TLS_KEY="', '" PORT=5432'),
            ("got '", "' from vault"),
            ("{'data': '", "', 'n': 4211}"),
            ("cert loading failed: ", " (4211)"),
        )
    )
    return Made(before + key + after, tuple(rows), (before, after))


@positive("pem_cut", 60)
def pem_cut_off(source: Source) -> Made:
    begin, rows, _ = _pem(source)
    newline = source.choice(("\n", "\\n"))
    return Made(f"key: {begin}{newline}{newline.join(rows[:-1] or rows)}", tuple(rows[:-1] or rows), ())
