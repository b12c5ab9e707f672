"""Strings that break programs, by what they break; in the spirit of the well-known list, and this project's own."""

from __future__ import annotations

STRINGS: dict[str, tuple[str, ...]] = {
    "nothing": ("", " ", "   ", "\t", "\n", "\r\n", "\x00", "a\x00b", "\u00a0", "\u3000", "\u2003\u2009", "\ufeff"),
    "reserved words": (
        "undefined", "undef", "null", "NULL", "(null)", "nil", "NIL", "none", "None", "true", "FALSE", "hasOwnProperty",
        "then", "constructor", "__proto__", "__class__", "__dict__", "self", "return", "if", "\\", "\\\\", "NaN", "CON",
    ),
    "numbers": (
        "0", "1", "-1", "1.00", "$1.00", "1/2", "1E2", "1E02", "1E+02", "-1.00", "0/0", "-9223372036854775808/-1",
        "0.00",
        "0..0", ".", "0.0.0", "0,00", ",", "0,0,0", "0,,0", "--1", "-.", "-,", "9" * 96, "NaN", "Infinity", "-Infinity",
        "INF", "1#INF", "0x0", "0xffffffff", "0xabad1dea", "1'000.00", "1 000 000,00", "08", "2.2250738585072011e-308",
        "1e400", "-0", "+0", "1_000", "0b1", "0o7", "1.e", "1.0e+", "\u0661\u0662\u0663", "\uff11\uff12",
        "\u0967\u0968",
    ),
    "punctuation": (
        ",./;'[]-=", '<>?:"{}|_+', "!@#$%^&*()`~", "'", '"', "''", '""', "'\"'", "\"''''\"'\"", "`",
        "\u2018\u2019\u201c\u201d",
        "{", "}", "[", "]", "{}", "[]", '{"', '"}', '\\"', "\\u0041", "\\ud800", "\\x00", "%", "%%", "&", "&amp;",
        "&#0;",
    ),
    "unicode": (
        "\u03a9\u2248\u00e7\u221a\u222b\u02dc\u00b5\u2264", "\u00e5\u00df\u2202\u0192\u00a9",
        "\u2080\u2081\u2082\u2070\u2074",
        "\u0401\u0402\u0403\u0404", "\u0e14\u0e49\u0e49\u0e49\u0e49", "\u7530\u4e2d\u3055\u3093", "\ud55c\uad6d\uc5b4",
        "\u5bb6\u5c4b", "\U00010428\U00010429", "\U00020bb7", "\U0001f600",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\U0001f1e9\U0001f1ea", "\u2764\ufe0f", "\U0001f44d\U0001f3fd", "\u1680a\u1680",
        "\u0131\u0130\u00df\ufb01\u01c4",
        "e\u0301", "Z\u0351\u036b\u0343\u032a\u0302a\u0329l\u0348g\u033bo", "\u02d9\u0250\u0254",
        "\uff34\uff45\uff53\uff54",
        "\U0001d413\U0001d41e\U0001d42c\U0001d42d", "\ufffd", "\ufffe", "\uffff", "\U0010ffff", "\ue000", "\ufdd0",
    ),
    "right to left": (
        "\u05d1\u05b0\u05bc\u05e8\u05b5\u05d0\u05e9\u05b4\u05c1\u05d9\u05ea", "\u0645\u0631\u062d\u0628\u0627",
        "\u202eabc\u202c",
        "test\u2060\u202btest", "\u2066safe\u2069", "\u200ftest\u200e", "\u061c1", "user\u202etxt.exe",
        "\u202a\u202d\u202e",
    ),
    "hidden": (
        "a\u200bb", "a\u00adb", "\u2060", "\u180e", "\ufff9a\ufffab\ufffb", "\U000e0041\U000e0042\U000e007f",
        "a\u2028b\u2029c",
        "\u034f", "\u115f", "\u17b4", "a\u0085b", "\u200ca\u200d",
    ),
    "surrogates": ("\ud800", "\udfff", "a\udc80b", "\ud83d\ude00", "\ude00\ud83d", "\udce9t\udce9"),
    "controls": (
        "".join(map(chr, range(1, 32))), "".join(map(chr, range(127, 160))), "\x07", "a\x08\x08\x08b", "\x7f",
        "\x0c\x0b\x1c",
        "visible\rhidden", "\x1a", "\x04", "a\x1eb\x1fc",
    ),
    "terminals": (
        "\x1b[31mred\x1b[0m", "\x1b[2J\x1b[H", "\x1b[1A\x1b[2Kforged", "\x1b]0;title\x07", "\x1b]0;title\x1b\\",
        "\x1bc",
        "\x1b]8;;https://shop.example/\x1b\\link\x1b]8;;\x1b\\", "\x1b]52;c;ZWNobyBoaQ==\x07", "\x1b[6n",
        "\x1b[21t", "\x1b(0",
        '\x1bP$q"p\x1b\\', "\x9b31m", "\x9d0;title\x9c", "\x90q\x9c", "\x1b[?1049h", "\x1b[8mhidden",
        "\x1b[200~pasted\x1b[201~",
        "\x1b]1337;File=name=eA==:eA==\x07", "\x1b_Ga=T\x1b\\", "\x1b^private\x1b\\", "\x0e\x0f", "\x1b[5i",
        "\x1b[12;1H$ ",
    ),
    "lines": (
        'x\n{"timestamp":"2026-01-01T00:00:00.000000Z","level":"FATAL","message":"forged"}', "a\r\nlevel=ERROR",
        "\n\n\n",
        "2026-01-01 00:00:00 ERROR forged\n", "data: forged\n\n", "X-Header: a\r\nX-Other: b", "\x85\u2028\u2029",
        "a\\nb",
        '","id":"00000000000000000000000000000000-l1"}', '"}\n{"', "\\", 'ends in \\"',
    ),
    "markup": (
        "<script>alert(0)</script>", "&lt;script&gt;", "<svg onload=alert(1)>", "'><img src=x onerror=alert(2)>",
        "--><b>",
        "javascript:alert(3);", "<![CDATA[x]]>", '<!ENTITY xxe SYSTEM "file:///dev/null">', "</textarea>",
        "<?php echo 1 ?>",
    ),
    "queries": (
        "1;DROP TABLE users", "' OR 1=1 -- 1", "'; EXEC sp_configure; --", '" or ""="', "%' --", "_", "%",
        "1' ORDER BY 1--",
        '{"$gt":""}', "*)(uid=*))(|(uid=*", "a' AND SLEEP(0)#",
    ),
    "shells": (
        "$HOME", "${PATH}", "`ls`", "$(echo hi)", "; ls -la", "| cat", "> /dev/null", "--help", "-rf",
        "/dev/null; touch x",
        "%APPDATA%", "~", "*", "?", "!!", "() { 0; }; touch x", "../../../../etc/hosts", "..\\..\\boot.ini",
        "file:///etc/hosts",
        "\\\\server\\share", "C:\\", "COM1", "LPT1", "AUX", "nul.txt",
    ),
    "templates": (
        "%s", "%d", "%n%n%n", "%(missing)s", "%(a", "%*.*s", "%-99999999s", "%.9999f", "%c", "%1$s", "{0}", "{}",
        "{a.b}",
        "{0.__class__}", "{!r}", "{{7*7}}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "${jndi:ldap://x/a}", "{% raw %}",
        "$1", "\\1",
        "f'{x}'", "%%%s", "100%", "50% of %s",
    ),
    "spreadsheets": ("=1+1", "+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\t=1", "a,b;c\td"),
    "names": ("Null", "O'Reilly", "d'Arc", "Fuchs-M\u00fcller", "Jos\u00e9", "X \u00c6 A-12", "Scunthorpe", "Test",
    "Mr. None"),
    "nearly JSON": (
        '{"a":', "[1,", '{"a":1}', "[[[[", '{"a":"\\ud800"}', "[null]", ":null", ",null", '{"a":NaN}', '"quoted"',
        "'{'a': 1}'",
        '{"name":"a","value":"b"}', "\\u00", '\\"\\\\"', '{"a":"b\\"}',
    ),
    "patterns": ("(a+)+$", "a" * 40 + "!", ".*.*.*=.*", "(((((((((", "[[:alpha:]", "\\d+", "^$", "(?i)",
    "x" * 500 + "@"),
    "long": ("a" * 5000, "a " * 3000, "\u00e9" * 3000, "\U0001f600" * 2000, '"' * 4000, "\\" * 4000, "\n" * 3000,
    "\u0301" * 999),
}  # fmt: skip
EVERY = tuple(text for texts in STRINGS.values() for text in texts)
