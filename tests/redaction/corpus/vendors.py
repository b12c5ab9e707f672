"""Positive cases of vendors' tokens: random bodies in the form that each vendor documents, at places that tell nothing.

Formats are those of the vendors' own documentation and of what they register with secret scanners; the bodies are
random, so that none of them opens anything.
"""

from __future__ import annotations

import base64
import binascii
import json
import string
from collections.abc import Callable

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.places import anywhere
from tests.redaction.corpus.source import ALNUM, BASE32, URLSAFE, Source

UPPER = string.ascii_uppercase + string.digits
LOWER = string.ascii_lowercase + string.digits
Form = Callable[[Source], str]


def _plain(prefix: str, alphabet: str, size: int, most: int | None = None) -> Form:
    # Ends on a letter or digit, so that no sentence's punctuation is taken for its end.
    return lambda source: (
        prefix
        + source.text(alphabet, size - 1, None if most is None else most - 1)
        + source.choice([x for x in alphabet if x.isalnum()])
    )


def _hex(prefix: str, size: int) -> Form:
    return lambda source: prefix + source.hex(size)


def _base62(number: int) -> str:
    signs = string.digits + string.ascii_uppercase + string.ascii_lowercase
    out = ""
    while number:
        number, rest = divmod(number, 62)
        out = signs[rest] + out
    return out.rjust(6, "0")


def _checked(prefix: str) -> Form:
    def make(source: Source) -> str:
        body = source.text(ALNUM, 30)
        return prefix + body + _base62(binascii.crc32(body.encode()))

    return make


def _pypi(source: Source) -> str:
    head = (
        base64.urlsafe_b64encode(b"\x02\x01\x08" + b".".join((b"pypi", b"org")) + b"\x02$" + source.uuid().encode())
        .decode()
        .rstrip("=")
    )
    return f"pypi-{head}{source.text(URLSAFE, 90)}a"


def _discord(source: Source) -> str:
    user = base64.b64encode(source.digits(18).encode()).decode()
    return f"{user}.{source.text(ALNUM, 6)}.{source.text(URLSAFE, 37)}x"


def _grafana(source: Source) -> str:
    facts = json.dumps(
        {"o": source.digits(6), "n": source.word(), "k": source.text(ALNUM, 24), "m": {"r": "eu"}},
        separators=(",", ":"),
    )
    return "glc_" + base64.b64encode(facts.encode()).decode()


def _sentry(source: Source) -> str:
    facts = json.dumps(
        {"iat": 1741767247.5, "url": "https://sentry.io", "region_url": "https://de.sentry.io", "org": source.word()}
    )
    return f"sntrys_{base64.b64encode(facts.encode()).decode().rstrip('=')}_{source.text(ALNUM, 43)}"


CLOUD: dict[str, Form] = {
    "aws_access_key_id": _plain("AKIA", BASE32, 16),
    "aws_temporary_key_id": _plain("ASIA", BASE32, 16),
    "google_api_key": _plain("AIza", URLSAFE, 35),
    "google_oauth_secret": _plain("GOCSPX-", URLSAFE, 28),
    "google_access_token": _plain("ya29.", URLSAFE, 120, 200),
    "azure_client_secret": lambda s: f"{s.text(ALNUM, 3)}8Q~{s.text(ALNUM + '_.~-', 33)}a",
    "digitalocean": lambda s: s.choice(("dop_v1_", "doo_v1_", "dor_v1_")) + s.hex(64),
    "alibaba": _plain("LTAI5t", ALNUM, 18),
    "databricks": _hex("dapi", 32),
    "cloudflare_origin_ca": lambda s: f"v1.0-{s.hex(24)}-{s.hex(146)}",
    "heroku": _plain("HRKU-AA", URLSAFE, 58),
    "vault_service": _plain("hvs.", URLSAFE, 90, 100),
    "vault_batch": _plain("hvb.", URLSAFE, 140, 200),
    "terraform": lambda s: f"{s.text(ALNUM, 14)}.atlasv1.{s.text(URLSAFE, 66)}a",
    "pulumi": _hex("pul-", 40),
    "doppler": _plain("dp.pt.", ALNUM, 43),
    "planetscale": lambda s: f"pscale_{s.choice(('tkn', 'pw'))}_{s.text(URLSAFE, 42)}a",
    "flyio": lambda s: f"fm2_{s.base64(150)}",
    "supabase": _hex("sbp_", 40),
    "tailscale": lambda s: f"tskey-auth-k{s.text(ALNUM, 11)}CNTRL-{s.text(ALNUM, 32)}",
    "onepassword": lambda s: (
        "ops_"
        + base64.urlsafe_b64encode(
            b'{"signInAddress":"my.1password.com","userAuth":{"method":"SRPg-4096"}}' + s.randbytes(120)
        )
        .decode()
        .rstrip("=")
    ),
    "netlify": _plain("nfp_", ALNUM, 36),
    "scaleway_age": lambda s: "AGE-SECRET-KEY-1" + s.text("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58),
    "dynatrace": lambda s: f"dt0c01.{s.text(BASE32, 24)}.{s.text(BASE32, 64)}",
}
CODE: dict[str, Form] = {
    "github_personal": _checked("ghp_"),
    "github_oauth": _checked("gho_"),
    "github_user": _checked("ghu_"),
    "github_server": _checked("ghs_"),
    "github_refresh": _plain("ghr_", ALNUM, 76),
    "github_fine_grained": lambda s: f"github_pat_{s.text(ALNUM, 22)}_{s.text(ALNUM, 59)}",
    "gitlab_personal": _plain("glpat-", URLSAFE, 20),
    "gitlab_trigger": _hex("glptt-", 40),
    "gitlab_deploy": _plain("gldt-", URLSAFE, 20),
    "gitlab_runner": _plain("glrt-", URLSAFE, 20),
    "gitlab_job": lambda s: f"glcbt-{s.hex(2)}_{s.text(URLSAFE, 19)}a",
    "bitbucket": _plain("ATBB", ALNUM, 32),
    "npm": _checked("npm_"),
    "pypi": _pypi,
    "rubygems": _hex("rubygems_", 48),
    "docker_hub": _plain("dckr_pat_", URLSAFE, 27),
    "crates": _plain("cio", ALNUM, 32),
    "clojars": _plain("CLOJARS_", LOWER, 60),
    "nuget": _plain("oy2", LOWER, 43),
    "artifactory": _plain("AKCp8", ALNUM, 68),
    "sonarqube": lambda s: s.choice(("squ_", "sqp_", "sqa_")) + s.hex(40),
    "buildkite": _hex("bkua_", 40),
    "circleci": lambda s: f"CCIPAT_{s.text(ALNUM, 22)}_{s.hex(40)}",
    "postman": lambda s: f"PMAK-{s.hex(24)}-{s.hex(34)}",
    "atlassian": lambda s: f"ATATT3xFfGF0{s.text(URLSAFE, 170)}={s.text('0123456789ABCDEF', 8)}",
    "linear": _plain("lin_api_", ALNUM, 40),
    "figma": _plain("figd_", URLSAFE, 40),
    "notion": lambda s: f"ntn_{s.digits(11)}{s.text(ALNUM, 35)}",
    "airtable": lambda s: f"pat{s.text(ALNUM, 14)}.{s.hex(64)}",
    "readme": _plain("rdme_", LOWER, 70),
    "prefect": _plain("pnu_", LOWER, 36),
}
MODELS: dict[str, Form] = {
    "openai_legacy": lambda s: f"sk-{s.text(ALNUM, 20)}T3BlbkFJ{s.text(ALNUM, 20)}",
    "openai_project": lambda s: f"sk-proj-{s.text(URLSAFE, 74)}T3BlbkFJ{s.text(URLSAFE, 73)}a",
    "openai_service": lambda s: f"sk-svcacct-{s.text(URLSAFE, 74)}T3BlbkFJ{s.text(URLSAFE, 73)}a",
    "anthropic": lambda s: f"sk-ant-api03-{s.text(URLSAFE, 93)}AA",
    "anthropic_admin": lambda s: f"sk-ant-admin01-{s.text(URLSAFE, 93)}AA",
    "hugging_face": _plain("hf_", string.ascii_letters, 34),
    "replicate": _plain("r8_", ALNUM, 37),
    "groq": _plain("gsk_", ALNUM, 52),
    "xai": _plain("xai-", ALNUM, 80),
    "perplexity": _plain("pplx-", ALNUM, 48),
    "openrouter": _hex("sk-or-v1-", 64),
    "nvidia": _plain("nvapi-", URLSAFE, 64),
    "langsmith": lambda s: f"lsv2_{s.choice(('pt', 'sk'))}_{s.hex(32)}_{s.hex(10)}",
    "langfuse": lambda s: f"sk-lf-{s.uuid()}",
    "pinecone": lambda s: f"pcsk_{s.text(ALNUM, 6)}_{s.text(ALNUM, 63)}",
    "elevenlabs": _hex("sk_", 48),
}
CHAT: dict[str, Form] = {
    "slack_bot": lambda s: f"xoxb-{s.digits(12)}-{s.digits(13)}-{s.text(ALNUM, 24)}",
    "slack_user": lambda s: f"xoxp-{s.digits(12)}-{s.digits(12)}-{s.digits(12)}-{s.hex(32)}",
    "slack_app": lambda s: f"xapp-1-A{s.text(UPPER, 10)}-{s.digits(13)}-{s.hex(64)}",
    "slack_configuration": lambda s: f"xoxe.xoxp-1-{s.text(ALNUM, 163)}",
    "telegram_bot": lambda s: f"{s.digits(10)}:AA{s.text(URLSAFE, 32)}x",
    "discord_bot": _discord,
    "twilio_key": _hex("SK", 32),
    "sendgrid": lambda s: f"SG.{s.text(URLSAFE, 22)}.{s.text(URLSAFE, 42)}x",
    "mailgun": _hex("key-", 32),
    "mailchimp": lambda s: f"{s.hex(32)}-us{s.randint(1, 21)}",
    "brevo": lambda s: f"xkeysib-{s.hex(64)}-{s.text(ALNUM, 16)}",
    "facebook": _plain("EAAC", ALNUM, 160),
    "resend": lambda s: f"re_{s.text(ALNUM, 8)}_{s.text(ALNUM, 24)}",
    "teams_webhook": lambda s: (
        f"https://{s.word()}.webhook.office.com/webhookb2/{s.uuid()}@{s.uuid()}/IncomingWebhook/{s.hex(32)}/{s.uuid()}"
    ),
    "typeform": lambda s: f"tfp_{s.text(URLSAFE, 40)}_{s.text(ALNUM, 14)}",
}
PAYMENT: dict[str, Form] = {
    "stripe_live": _plain("sk_live_", ALNUM, 24, 99),
    "stripe_test": _plain("sk_test_", ALNUM, 24, 99),
    "stripe_restricted": _plain("rk_live_", ALNUM, 24, 99),
    "stripe_webhook": _plain("whsec_", ALNUM, 32),
    "square_token": _plain("sq0atp-", URLSAFE, 22),
    "square_secret": _plain("sq0csp-", URLSAFE, 43),
    "square_access": _plain("EAAAE", URLSAFE, 59),
    "braintree": lambda s: f"access_token$production${s.text(LOWER, 16)}${s.hex(32)}",
    "plaid": lambda s: f"access-production-{s.uuid()}",
    "shopify_access": _hex("shpat_", 32),
    "shopify_secret": _hex("shpss_", 32),
    "shopify_private": _hex("shppa_", 32),
    "flutterwave": lambda s: f"FLWSECK-{s.hex(32)}-X",
    "easypost": _plain("EZAK", ALNUM, 54),
    "shippo": _hex("shippo_live_", 40),
    "duffel": _plain("duffel_live_", URLSAFE, 43),
    "mercado_pago": lambda s: f"APP_USR-{s.digits(16)}-{s.digits(6)}-{s.hex(32)}-{s.digits(9)}",
}
WATCH: dict[str, Form] = {
    "newrelic_user": _plain("NRAK-", UPPER, 27),
    "newrelic_licence": lambda s: s.hex(36) + "NRAL",
    "newrelic_browser": _hex("NRJS-", 19),
    "grafana_service": lambda s: f"glsa_{s.text(ALNUM, 32)}_{s.hex(8)}",
    "grafana_cloud": _grafana,
    "sentry_organisation": _sentry,
    "sentry_user": _hex("sntryu_", 64),
    "honeycomb": lambda s: f"hcaik_{s.text(LOWER, 58)}",
    "logfire": lambda s: f"pylf_v1_eu_{s.text(ALNUM, 43)}",
    "posthog_personal": _plain("phx_", ALNUM, 43),
    "launchdarkly": lambda s: f"sdk-{s.uuid()}",
    "dropbox": _plain("sl.", URLSAFE, 135),
    "contentful": _plain("CFPAT-", URLSAFE, 43),
    "mapbox_secret": lambda s: f"sk.eyJ1Ijoi{s.text(ALNUM, 40)}.{s.text(URLSAFE, 21)}x",
    "lob": lambda s: f"live_{s.hex(35)}",
    "adafruit": _plain("aio_", ALNUM, 28),
}
VENDORS = {**CLOUD, **CODE, **MODELS, **CHAT, **PAYMENT, **WATCH}


def _register(kind: str, forms: dict[str, Form]) -> None:
    names = list(forms)

    @positive(kind, len(forms) * 7)
    def make(source: Source) -> Made:
        # In turn, so that each vendor counts the same.
        names.append(names.pop(0))
        return anywhere(source, forms[names[-1]](source))


for _kind, _forms in (
    ("vendor_cloud", CLOUD),
    ("vendor_code", CODE),
    ("vendor_models", MODELS),
    ("vendor_chat", CHAT),
    ("vendor_payment", PAYMENT),
    ("vendor_watch", WATCH),
):
    _register(_kind, _forms)
