from __future__ import annotations

import pytest

from obskit.protect.redactor import Redactor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "INSERT INTO users (id, password) VALUES (7, 'hunter22')",
            "INSERT INTO users (id, password) VALUES (7, '[REDACTED:password]')",
        ),
        (
            "insert into users(name,token)values('ann','9f8e7d6c')",
            "insert into users(name,token)values('ann','[REDACTED:token]')",
        ),
        (
            "INSERT INTO u (name, pin) VALUES ('ann', '4711'), ('bob', '0815')",
            "INSERT INTO u (name, pin) VALUES ('ann', '[REDACTED:pin]'), ('bob', '[REDACTED:pin]')",
        ),
        (
            "REPLACE INTO u (`api_key`, n) VALUES ('it''s-1', 2)",
            "REPLACE INTO u (`api_key`, n) VALUES ('[REDACTED:key]', 2)",
        ),
        ("CREATE USER bob IDENTIFIED BY 'hunter22'", "CREATE USER bob IDENTIFIED BY '[REDACTED:password]'"),
        (
            "ALTER ROLE bob WITH ENCRYPTED PASSWORD 'hunter22' LOGIN",
            "ALTER ROLE bob WITH ENCRYPTED PASSWORD '[REDACTED:password]' LOGIN",
        ),
        (
            "SET PASSWORD FOR 'bob'@'%' = PASSWORD('hunter22')",
            "SET PASSWORD FOR 'bob'@'%' = PASSWORD('[REDACTED:password]')",
        ),
        (
            "SELECT id FROM u WHERE password = 'hunter22' AND id = 7",
            "SELECT id FROM u WHERE password = '[REDACTED:password]' AND id = 7",
        ),
        ("WHERE u.reset_token LIKE '9f8e7d6c%'", "WHERE u.reset_token LIKE '[REDACTED:token]'"),
        ("WHERE login_code IN ('482913')", "WHERE login_code IN ('[REDACTED:pin]')"),
        ("WHERE token NOT LIKE '9f8e7d6c%'", "WHERE token NOT LIKE '[REDACTED:token]'"),
        ("UPDATE u SET secret='s3cr3t-1', name='ann'", "UPDATE u SET secret='[REDACTED:secret]', name='ann'"),
    ],
)
def test_a_statement_loses_the_values_of_telling_columns_alone(redactor: Redactor, text: str, expected: str) -> None:
    """Columns, other values and the statement itself stay."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<password>hunter22</password>", "<password>[REDACTED:password]</password>"),
        ("<ns:apiKey>9f8e7d6c</ns:apiKey>", "<ns:apiKey>[REDACTED:key]</ns:apiKey>"),
        ("<token><![CDATA[9f8e7d6c]]></token>", "<token><![CDATA[[REDACTED:token]]]></token>"),
        ("<contraseña>hunter22</contraseña>", "<contraseña>[REDACTED:password]</contraseña>"),
        ('<add key="ApiSecret" value="9f8e7d6c" />', '<add key="ApiSecret" value="[REDACTED:key]" />'),
        (
            '<input type="password" name="password" value="hunter22">',
            '<input type="password" name="password" value="[REDACTED:password]">',
        ),
        (
            '<input name="password" type="password" value="hunter22">',
            '<input name="password" type="password" value="[REDACTED:password]">',
        ),
        (
            '<input value="hunter22" type="text" name="password">',
            '<input value="[REDACTED:password]" type="text" name="password">',
        ),
        ("<key>password</key><string>hunter22</string>", "<key>password</key><string>[REDACTED:password]</string>"),
        ('<entry key="db.password">hunter22</entry>', '<entry key="db.password">[REDACTED:password]</entry>'),
        ('{"name": "DB_PASSWORD", "value": "hunter22"}', '{"name": "DB_PASSWORD", "value": "[REDACTED:password]"}'),
        ("- name: DB_PASSWORD\n  value: hunter22", "- name: DB_PASSWORD\n  value: [REDACTED:password]"),
        ("  api_key      9f8e7d6c5b4a", "  api_key      [REDACTED:key]"),
        ("| token | 9f8e7d6c5b4a |", "| token | [REDACTED:token] |"),
        (
            'Content-Disposition: form-data; name="password"\r\n\r\nhunter22\r\n--x',
            'Content-Disposition: form-data; name="password"\r\n\r\n[REDACTED:password]\r\n--x',
        ),
        (
            "1 error for Login\npassword\n  Should be valid [type=string, input_value='hunter22']",
            "1 error for Login\npassword\n  Should be valid [type=string, input_value='[REDACTED:password]']",
        ),
    ],
)
def test_markup_and_tables_lose_the_values_of_telling_names(redactor: Redactor, text: str, expected: str) -> None:
    """Elements, attributes, `name` beside `value`, rows of tables, parts of forms, failed validations."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO orders (id, name) VALUES (7, 'hunter22')",
        "INSERT INTO users (id, password) VALUES (%s, %s)",
        "INSERT INTO users (id, password) VALUES ($1, $2)",
        "INSERT INTO users (id, password) VALUES (?, ?)",
        "SELECT * FROM tokens WHERE name LIKE 'ann%'",
        "WHERE password IS NOT NULL",
        "ALTER TABLE users ADD COLUMN password_hash text",
        "<password></password>",
        "<title>hunter22</title>",
        "<token>${TOKEN}</token>",
        '<input type="password" name="password" placeholder="Your password">',
        '{"name": "LOG_LEVEL", "value": "debug22"}',
        "primary_key    orders_pkey22",
        "| key_count | 12345678 |",
        "author      Terry22",
    ],
)
def test_statements_and_markup_without_secrets_stay(redactor: Redactor, text: str) -> None:
    """Harmless names, bind parameters, placeholders and words."""
    assert redactor.text(text) == text
