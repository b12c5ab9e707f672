"""The words in a field's name that say what it holds, as data."""

from __future__ import annotations

# One word. The last telling word or words of a name decide, and say which kind the marker names.
WORDS: dict[str, str] = {
    **dict.fromkeys((
        "password", "passwords", "passphrases", "passwd", "passwrd", "pwd", "pswd", "passphrase", "passcode", "pw",
        "psw", "passwort", "kennwort",
        "contrasena", "contraseña", "motdepasse", "mdp", "senha", "wachtwoord", "haslo", "hasło", "losenord",
        "lösenord",
        "parola", "adgangskode", "salasana", "пароль", "密码", "密碼", "パスワード", "비밀번호", "userpass", "dbpass",
    ), "password"),
    **dict.fromkeys((
        "secret", "secrets", "credential", "credentials", "creds", "mnemonic", "clientsecret", "appsecret",
        "sharedsecret", "secretaccesskey",
    ), "secret"),
    **dict.fromkeys((
        "token", "tokens", "jwt", "bearer", "authtoken", "accesstoken", "refreshtoken", "idtoken", "apitoken",
        "csrftoken",
        "xsrftoken", "csrfmiddlewaretoken", "sessiontoken", "bearertoken", "usertoken", "xoauth", "accesstokens",
        "csrf", "xsrf", "samlresponse",
    ), "token"),
    **dict.fromkeys((
        "apikey", "apikeys", "secretkey", "privatekey", "accesskey", "authkey", "signingkey", "masterkey",
        "encryptionkey",
        "accountkey", "appkey", "subscriptionkey", "sharedaccesskey", "apisecret", "licensekey", "hmackey", "sshkey",
    ), "key"),
    **dict.fromkeys(("authorization", "authorisation"), "authorization"),
    **dict.fromkeys((
        "cookie", "cookies", "phpsessid", "jsessionid", "sessionid", "sessid", "aspsessionid",
    ), "cookie"),
    **dict.fromkeys(("cvv", "cvc", "cvv2", "cvc2", "csc", "ccn", "cardnumber", "cardno", "creditcard", "ccnum",
    "ccnumber"), "card"),
    **dict.fromkeys(("ssn", "socialsecurity", "socialsecuritynumber"), "ssn"),
    **dict.fromkeys(("pins", "pin", "otp", "totp", "mfa", "tan", "passkey"), "pin"),
    "iban": "iban",
    **dict.fromkeys(("email", "mail", "emails", "emailaddress"), "email"),
    **dict.fromkeys(("phone", "telephone", "mobile", "msisdn", "phonenumber", "cellphone", "mobilephone", "fax",
    "phones"), "phone"),
    **dict.fromkeys(("dob", "birthdate", "birthday", "dateofbirth"), "birth"),
    **dict.fromkeys(("passport", "passportnumber"), "document"),
    "ip": "ip",
}  # fmt: skip

# Two words.
PAIRS: dict[tuple[str, str], str] = {
    **{(word, "key"): "key" for word in (
        "api", "access", "private", "secret", "signing", "encryption", "auth", "account", "session", "master",
        "hmac", "ssh",
        "pgp", "gpg", "rsa", "subscription", "license", "licence", "shared", "service", "app", "application", "client",
        "consumer", "webhook", "storage", "deploy", "functions", "crypto", "decryption", "cipher", "aes", "jwt",
        "server",
        "recovery", "admin", "integration", "ingest", "ingestion", "write",
    )},
    **{("api", word): "key" for word in ("keys", "secret", "credential")},
    **{(word, "pass"): "password" for word in (
        "db", "user", "smtp", "database", "admin", "root", "mysql", "ftp", "ldap", "redis", "login", "my", "proxy",
        "http",
        "mail", "email", "postgres", "pg", "ssh", "bind", "basic", "rabbitmq", "mongo", "sql",
    )},
    **{(word, "phrase"): "password" for word in ("pass", "seed", "recovery", "secret", "mnemonic")},
    **{(word, "word"): "password" for word in ("pass", "code")},
    **{(word, "code"): "pin" for word in (
        "pin", "otp", "mfa", "2fa", "totp", "verification", "sms", "one", "time", "onetime", "passcode", "pass",
        "factor", "fa", "backup", "recovery",
        "confirmation", "activation", "login", "authentication", "auth", "authorization", "tan",
    )},
    **{(word, "codes"): "pin" for word in ("backup", "recovery", "mfa")},
    **{(word, "number"): kind for word, kind in {
        "card": "card", "cc": "card", "pan": "card", "creditcard": "card", "security": "ssn", "passport": "document",
        "license": "document", "licence": "document", "account": "account", "routing": "account", "phone": "phone",
        "mobile": "phone", "telephone": "phone", "cell": "phone", "fax": "phone", "contact": "phone",
        "insurance": "document",
        "tax": "document", "identity": "document",
    }.items()},
    **{(word, "no"): kind for word, kind in {
        "card": "card", "passport": "document", "account": "account", "phone": "phone", "mobile": "phone",
        "tel": "phone",
    }.items()},
    **{(word, "num"): kind for word, kind in {"card": "card", "phone": "phone", "account": "account",
    "passport": "document"}.items()},
    **{(word, "card"): "card" for word in ("credit", "debit", "payment", "bank")},
    **{("card", word): "card" for word in ("cvv", "cvc", "pan", "pin", "cvv2")},
    ("security", "code"): "card", ("verification", "value"): "card", ("cc", "code"): "card", ("primary",
    "account"): "card",
    ("social", "security"): "ssn", ("social", "insurance"): "ssn",
    ("security", "answer"): "secret", ("rediscli", "auth"): "password", ("redis", "auth"): "password", ("service",
    "account"): "secret", ("key", "material"): "key", ("private", "pem"): "key",
    ("mot", "passe"): "password", ("de", "passe"): "password", ("auth", "header"): "authorization", ("basic",
    "auth"): "authorization",
    ("proxy", "auth"): "authorization", ("http", "auth"): "authorization", ("bearer", "auth"): "authorization",
    ("auth", "basic"): "authorization", ("auth", "credentials"): "secret", ("signed", "url"): "token", ("presigned",
    "url"): "token",
    ("amz", "signature"): "token", ("amz", "credential"): "token", ("goog", "signature"): "token", ("goog",
    "credential"): "token",
    ("hub", "signature"): "token", ("client", "assertion"): "token", ("code", "verifier"): "token", ("session",
    "cookie"): "cookie", ("connect", "sid"): "cookie", ("php", "sessid"): "cookie",
    ("e", "mail"): "email", ("email", "address"): "email", ("mail", "address"): "email", ("email", "addr"): "email",
    ("email", "to"): "email", ("email", "from"): "email",
    ("of", "birth"): "birth", ("birth", "date"): "birth", ("birth", "day"): "birth",
    ("tax", "id"): "document", ("national", "id"): "document", ("drivers", "license"): "document", ("driver",
    "license"): "document",
    ("driving", "licence"): "document", ("driving", "license"): "document", ("personal", "id"): "document", ("id",
    "card"): "document",
    ("bank", "account"): "account", ("sort", "code"): "account",
    ("ip", "address"): "ip", ("ip", "addr"): "ip", ("client", "address"): "ip", ("remote", "addr"): "ip", ("remote",
    "address"): "ip",
    ("peer", "address"): "ip", ("forwarded", "for"): "ip", ("real", "ip"): "ip", ("client", "addr"): "ip",
}  # fmt: skip

# Words that may stand behind telling ones without changing what the value is.
FOLLOWING = frozenset((
    "value", "text", "string", "raw", "header", "plain", "plaintext", "old", "new", "current", "confirm",
    "confirmation", "again",
    "repeat", "hash", "hashed", "digest", "b64", "base64", "encoded", "encrypted", "id", "number", "1", "2", "3",
    "4", "5", "input",
    "field", "data", "param", "prod", "production", "live", "dev", "staging", "test", "primary", "secondary",
    "backup", "original",
    "clear", "cleartext", "base", "unhashed", "md5", "sha1", "sha256", "bcrypt", "verify", "verification", "retype",
    "real", "pem",
))  # fmt: skip
# What these hold is told from other things by its look, because the word has other uses: one that is the whole name.
DOUBTFUL: dict[str, str] = {
    "session": "cookie", "signature": "token", "key": "key", "tel": "phone", "cell": "phone", "seed": "secret",
    "hmac": "token",
    "pat": "token", "cred": "secret",
}  # fmt: skip
# The same, at the end of any name.
DOUBTFUL_ENDS: dict[str, str] = {
    "pass": "password",
    "auth": "authorization",
    "sig": "token",
    "sid": "cookie",
    "dsn": "connection",
}
DOUBTFUL_PAIRS: dict[tuple[str, str], str] = {
    **{(word, end): "connection" for word in ("connection", "conn") for end in ("string", "str", "url", "uri")},
    **{
        (word, end): "connection"
        for word in ("database", "db", "redis", "broker", "mongo", "amqp")
        for end in ("url", "uri")
    },
}

# A telling word may be written together with what it belongs to: `userpassword`, `stripeapikey`.
ENDINGS: dict[str, str] = {
    "password": "password", "passwd": "password", "passphrase": "password", "passwort": "password", "pwd": "password",
    "apikey": "key", "secretkey": "key", "privatekey": "key", "accesskey": "key", "accountkey": "key", "authkey": "key",
    "masterkey": "key", "signingkey": "key", "encryptionkey": "key", "sharedkey": "key", "subscriptionkey": "key",
    "licensekey": "key", "servicekey": "key", "sshkey": "key", "appkey": "key", "clientkey": "key", "storagekey": "key",
    "secret": "secret", "token": "token", "sessionid": "cookie", "cardnumber": "card", "authorization": "authorization",
    "dbpass": "password", "userpass": "password", "smtppass": "password", "mysqlpass": "password",
    "ftppass": "password",
}  # fmt: skip

# The kinds that open a door.
SECRETS = frozenset({
    "password", "secret", "token", "key", "authorization", "cookie", "pin", "denied", "connection",
})  # fmt: skip
# Those that are made of digits, and how many of them there are at least.
NUMBERED: dict[str, int] = {"card": 3, "ssn": 7, "account": 6, "document": 5, "birth": 4}

# Fields beside a secret, in a container that a telling key names, that tell nothing of it.
HARMLESS = frozenset((
    "type", "kind", "scheme", "expires", "expiry", "expiration", "ttl", "exp", "iat", "nbf", "user", "username",
    "name", "login",
    "issuer", "iss", "audience", "aud", "algorithm", "alg", "typ", "scope", "scopes", "path", "domain", "secure",
    "httponly",
    "samesite", "count", "length", "size", "status", "state", "created", "updated", "issued", "version", "enabled",
    "active",
    "valid", "verified", "provider", "method", "realm", "host", "port", "database", "db", "url", "endpoint",
    "region", "algorithm",
    "role", "roles", "label", "description", "environment", "env", "service", "age", "brand", "network", "bank",
    "holder", "month",
    "year", "country", "currency", "last4", "issued_at", "error", "errors", "message", "reason", "required",
    "rotated", "prefix",
))  # fmt: skip
