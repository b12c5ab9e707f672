"""Monitoring, product analytics, feature flags, documents, planning and other services."""

from __future__ import annotations

from obskit.protect.token_rows.bodies import digits, hexa, lower, mixed, upper, uuid
from obskit.protect.token_rows.row import CHANGING, DIGIT, FILLED, MIXED, RANDOM, Token

_GRAFANA = "Grafana Docs, Service accounts and access policies: https://grafana.com/docs/grafana/latest/administration/service-accounts/"
_SENTRY = "Sentry Docs, Auth tokens: https://docs.sentry.io/account/auth-tokens/"
_NEW_RELIC = "New Relic Docs, API keys: https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/"
_DYNATRACE = "Dynatrace Docs, Token format: https://docs.dynatrace.com/docs/manage/identity-access-management/access-tokens-and-oauth-clients/access-tokens"
_DATADOG = "Datadog Docs, Personal access tokens: https://docs.datadoghq.com/account_management/personal-access-tokens/"
_HONEYCOMB = "Honeycomb Docs, Authentication: https://docs.honeycomb.io/api/authentication"
_AXIOM = "Axiom Docs, Tokens: https://axiom.co/docs/reference/tokens"
_LOGFIRE = "Pydantic Logfire Docs, Write tokens: https://logfire.pydantic.dev/docs/how-to-guides/create-write-tokens/"
_CORALOGIX = "Coralogix Docs, API keys: https://coralogix.com/docs/user-guides/account-management/api-keys/api-keys/"
_CHECKLY = "Checkly Docs, API keys: https://www.checklyhq.com/docs/"
_PAGERDUTY = "PagerDuty Docs, API access keys: https://support.pagerduty.com/main/docs/api-access-keys"
_HONEYBADGER = "Honeybadger Docs, Personal auth tokens: https://docs.honeybadger.io/"
_ROOTLY = "Rootly Docs, API keys: https://docs.rootly.com/"
_POSTHOG = "PostHog Docs, Personal API keys: https://posthog.com/docs/api"
_LAUNCHDARKLY = "LaunchDarkly Docs, SDK keys and API access tokens: https://launchdarkly.com/docs/api"
_UNLEASH = "Unleash Docs, API tokens: https://docs.getunleash.io/reference/api-tokens-and-client-keys"
_STATSIG = "Statsig Docs, Server secret keys: https://docs.statsig.com/sdk-keys/api-keys"
_SEGMENT = "Segment Docs, Public API tokens: https://segment.com/docs/api/public-api/"
_LINEAR = "Linear Developers, API keys: https://linear.app/developers/graphql"
_NOTION = "Notion Developers, Integration tokens: https://developers.notion.com/docs/authorization"
_AIRTABLE = "Airtable, Personal access tokens: https://airtable.com/developers/web/guides/personal-access-tokens"
_ASANA = "Asana Developers, Personal access tokens: https://developers.asana.com/docs/personal-access-token"
_CLICKUP = "ClickUp Developers, Personal tokens: https://developer.clickup.com/docs/authentication"
_FIGMA = "Figma Developers, Personal access tokens: https://developers.figma.com/docs/rest-api/authentication/"
_DROPBOX = "Dropbox, OAuth guide: https://developers.dropbox.com/oauth-guide"
_CONTENTFUL = (
    "Contentful Docs, Content management tokens: https://www.contentful.com/developers/docs/references/authentication/"
)
_TYPEFORM = "Typeform Developers, Personal access tokens: https://www.typeform.com/developers/get-started/personal-access-token/"
_README = "ReadMe Docs, API keys: https://docs.readme.com/main/reference/authentication"
_FRAMEIO = "Frame.io Developers, Tokens: https://developer.frame.io/"
_HUBSPOT = "HubSpot Developers, Private app access tokens: https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview"
_SALESFORCE = "Salesforce, Session ids and access tokens: https://developer.salesforce.com/docs/"
_ORY = "Ory Docs, API keys and session tokens: https://www.ory.sh/docs/"
_STYTCH = "Stytch Docs, Project secrets: https://stytch.com/docs/"
_PERSONA = "Persona Docs, API keys: https://docs.withpersona.com/api-keys"
_ONFIDO = "Onfido Docs, API tokens: https://documentation.onfido.com/"
_JUMPCLOUD = "JumpCloud Docs, API keys: https://docs.jumpcloud.com/"
_DBT = (
    "dbt Docs, Service account and personal access tokens: https://docs.getdbt.com/docs/dbt-cloud-apis/authentication"
)
_INNGEST = "Inngest Docs, Signing keys: https://www.inngest.com/docs/platform/signing-keys"
_TRIGGER = "Trigger.dev Docs, API keys: https://trigger.dev/docs/apikeys"
_APIFY = "Apify Docs, API tokens: https://docs.apify.com/platform/integrations/api"
_RAPIDAPI = "RapidAPI Docs, Application keys: https://docs.rapidapi.com/docs/keys"
_MAPBOX = "Mapbox Docs, Access tokens: https://docs.mapbox.com/help/getting-started/access-tokens/"
_MAXMIND = "MaxMind, License keys: https://dev.maxmind.com/license-key/"
_ADOBE = (
    "Adobe Developer, OAuth client secrets: https://developer.adobe.com/developer-console/docs/guides/authentication/"
)
_CAL = "Cal.com Docs, API keys: https://cal.com/docs/api-reference/"
_SETTLEMINT = "SettleMint Docs, Access tokens: https://console.settlemint.com/documentation/"
_RETOOL = "Retool Docs, Access tokens: https://docs.retool.com/"
_BREX = "Brex Developer, User tokens: https://developer.brex.com/docs/authentication/"
_ELEVENLABS = "ElevenLabs Docs, Authentication: https://elevenlabs.io/docs/api-reference/authentication"

_AUTHRESS = "Authress Docs, Service client access keys: https://authress.io/knowledge-base/docs/"
_INTRA42 = "42 API, Applications and secrets: https://api.intra.42.fr/apidoc"
_ADAFRUIT = "Adafruit IO, Authentication: https://io.adafruit.com/api/docs/"

_UUID = r"[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}"

ROWS: tuple[Token, ...] = (
    Token("grafana_token", r"glsa_", r"glsa_[A-Za-z0-9]{32}_[A-Fa-f0-9]{8}", _GRAFANA, f"glsa_{mixed(32)}_{hexa(8)}"),
    Token(
        "grafana_token", r"glc_", r"glc_[A-Za-z0-9+/_-]{32,400}={0,3}", _GRAFANA, f"glc_eyJvIjoi{mixed(100)}==", MIXED
    ),
    Token("grafana_token", r"eyJrIjoi", r"eyJrIjoi[A-Za-z0-9+/_-]{40,400}={0,2}", _GRAFANA, f"eyJrIjoi{mixed(90)}=="),
    Token(
        "sentry_token",
        r"sntrys_",
        r"sntrys_eyJ[A-Za-z0-9+/_-]{40,400}={0,2}_[A-Za-z0-9+/_-]{40,50}",
        _SENTRY,
        f"sntrys_eyJ{mixed(150)}=_{mixed(43)}",
    ),
    Token("sentry_token", r"sntry[a-z]_[a-f0-9]", r"sntry[a-z]_[a-f0-9]{64}", _SENTRY, "sntryu_" + hexa(64)),
    Token(
        "new_relic_key",
        r"NR(?:AK|II|IQ|JS|RA|SP|BR|AL)-",
        r"NR(?:AK|II|IQ|JS|RA|SP|BR|AL)-[A-Za-z0-9_-]{18,50}",
        _NEW_RELIC,
        "NRAK-" + upper(27),
        FILLED,
    ),
    Token("new_relic_key", r"NRAL", r"[a-z0-9]{32}[a-z0-9F]{4}NRAL", _NEW_RELIC, f"{hexa(32)}FFFFNRAL"),
    Token(
        "dynatrace_token",
        r"dt0[a-z][0-9]{2}\.",
        r"dt0[a-z][0-9]{2}\.[A-Za-z0-9]{8,24}\.[A-Za-z0-9]{64}",
        _DYNATRACE,
        f"dt0c01.{upper(24)}.{upper(64)}",
    ),
    Token(
        "datadog_key",
        r"dd(?:app?|api|pat|sat)_",
        r"dd(?:app?|api|pat|sat)_[A-Za-z0-9_]{30,120}",
        _DATADOG,
        "ddapp_" + mixed(34),
        MIXED,
    ),
    Token(
        "honeycomb_key",
        r"hc[a-z][ilm]k_",
        r"hc[a-z][ilm]k_[A-Za-z0-9]{50,64}",
        _HONEYCOMB,
        "hcaik_" + lower(58),
        DIGIT,
    ),
    Token("axiom_token", r"xa[ap]t-", rf"xa[ap]t-{_UUID}", _AXIOM, "xaat-" + uuid()),
    Token(
        "logfire_token",
        r"pylf_v[0-9]_",
        r"pylf_v[0-9]_[a-z]{2,8}_[A-Za-z0-9]{40,50}",
        _LOGFIRE,
        "pylf_v1_eu_" + mixed(43),
    ),
    Token(
        "coralogix_key",
        r"cx[a-z]{2}_[A-Za-z0-9]{8}",
        r"cx[a-z]{2}_[A-Za-z0-9]{30}",
        _CORALOGIX,
        "cxtp_" + mixed(30),
        RANDOM,
    ),
    Token("checkly_key", r"cu_[a-f0-9]{32}", r"cu_[a-f0-9]{32}", _CHECKLY, "cu_" + hexa(32), DIGIT),
    Token(
        "pagerduty_key",
        r"pdus\+_",
        r"pdus\+_[A-Z0-9]{4,12}_[a-f0-9-]{30,40}",
        _PAGERDUTY,
        f"pdus+_0{upper(7)}_{uuid()}",
    ),
    Token(
        "honeybadger_token", r"hbp_[A-Za-z0-9]{16}", r"hbp_[A-Za-z0-9]{30,44}", _HONEYBADGER, "hbp_" + mixed(36), RANDOM
    ),
    Token("rootly_token", r"rootly_", r"rootly_[a-f0-9]{64}", _ROOTLY, "rootly_" + hexa(64)),
    # The project's key (phc_) stands in web pages and stays.
    Token(
        "posthog_key", r"ph[xs]_[A-Za-z0-9]{16}", r"ph[xs]_[A-Za-z0-9]{36,60}", _POSTHOG, "phx_" + mixed(43), CHANGING
    ),
    # The mobile key (mob-) and the client-side id are public and stay.
    Token(
        "launchdarkly_key", r"(?:sdk|api|rel)-[a-f0-9]{8}-", rf"(?:sdk|api|rel)-{_UUID}", _LAUNCHDARKLY, "sdk-" + uuid()
    ),
    Token(
        "unleash_token",
        r":[a-z]{2,20}\.[a-f0-9]{40}",
        r"(?:\*|default|[a-z0-9_-]{1,40}):[a-z]{2,20}\.[a-f0-9]{56,64}",
        _UNLEASH,
        "default:development." + hexa(56),
    ),
    Token(
        "statsig_key", r"secret-[A-Za-z0-9]{20}", r"secret-[A-Za-z0-9]{40,50}", _STATSIG, "secret-" + mixed(43), RANDOM
    ),
    Token("segment_token", r"sgp_[A-Za-z0-9]{64}", r"sgp_[A-Za-z0-9]{64}", _SEGMENT, "sgp_" + mixed(64), CHANGING),
    Token("linear_key", r"lin_api_", r"lin_api_[A-Za-z0-9]{32,48}", _LINEAR, "lin_api_" + mixed(40), FILLED),
    Token(
        "linear_key",
        r"lin_(?:oauth|wh)_",
        r"lin_(?:oauth|wh)_[A-Za-z0-9]{32,64}",
        _LINEAR,
        "lin_oauth_" + hexa(64),
        FILLED,
    ),
    Token("notion_token", r"secret_[A-Za-z0-9]{20}", r"secret_[A-Za-z0-9]{43}", _NOTION, "secret_" + mixed(43), RANDOM),
    Token(
        "notion_token",
        r"ntn_[A-Za-z0-9]{16}",
        r"ntn_[A-Za-z0-9]{40,50}",
        _NOTION,
        f"ntn_{digits(11)}{mixed(35)}",
        CHANGING,
    ),
    Token(
        "airtable_token",
        r"pat[A-Za-z0-9]{14}\.",
        r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}",
        _AIRTABLE,
        f"pat{mixed(14)}.{hexa(64)}",
    ),
    Token(
        "asana_token",
        r"[12]/[0-9]{12,20}[:/]",
        r"[12]/[0-9]{12,20}(?:/[0-9]{12,20})?:[a-f0-9]{32}",
        _ASANA,
        f"2/{digits(16)}/{digits(16)}:{hexa(32)}",
    ),
    Token("clickup_token", r"pk_[0-9]{5,12}_", r"pk_[0-9]{5,12}_[A-Z0-9]{32}", _CLICKUP, f"pk_{digits(8)}_{upper(32)}"),
    Token("figma_token", r"fig[dour]+_", r"fig[dour]{1,2}_[A-Za-z0-9_-]{36,60}", _FIGMA, "figd_" + mixed(40), MIXED),
    Token(
        "dropbox_token",
        r"sl\.(?:u\.)?[A-Za-z0-9_-]{12}",
        r"sl\.(?:u\.)?[A-Za-z0-9_-]{100,900}[A-Za-z0-9_-]{0,900}",
        _DROPBOX,
        "sl.u." + mixed(200),
        MIXED,
    ),
    Token("contentful_token", r"CFPAT-", r"CFPAT-[A-Za-z0-9_-]{40,64}", _CONTENTFUL, "CFPAT-" + mixed(43), CHANGING),
    Token(
        "typeform_token",
        r"tfp_",
        r"tfp_[A-Za-z0-9_.=-]{39,69}[A-Za-z0-9_=-]",
        _TYPEFORM,
        f"tfp_{mixed(44)}_{mixed(14)}",
        MIXED,
    ),
    Token("readme_key", r"rdme_", r"rdme_[a-z0-9]{64,80}", _README, "rdme_xn8s9h" + lower(64)),
    Token("frameio_token", r"fio-u-", r"fio-u-[A-Za-z0-9_=-]{60,68}", _FRAMEIO, "fio-u-" + mixed(64), CHANGING),
    Token("hubspot_token", r"pat-[a-z]{2}[0-9]-", rf"pat-[a-z]{{2}}[0-9]-{_UUID}", _HUBSPOT, "pat-na1-" + uuid()),
    Token(
        "salesforce_token",
        r"00D[A-Za-z0-9]{12,15}(?:!|%21)",
        r"00D[A-Za-z0-9]{12,15}(?:!|%21)[A-Za-z0-9._]{60,200}",
        _SALESFORCE,
        f"00D{mixed(12)}!{mixed(96)}",
    ),
    Token(
        "ory_token", r"ory_[a-z]{2,4}_", r"ory_[a-z]{2,4}_[A-Za-z0-9._-]{30,200}", _ORY, "ory_pat_" + mixed(32), MIXED
    ),
    Token(
        "stytch_secret",
        r"secret-(?:live|test)-",
        r"secret-(?:live|test)-[A-Za-z0-9_-]{34,44}={0,2}",
        _STYTCH,
        f"secret-test-{mixed(35)}=",
        CHANGING,
    ),
    Token(
        "persona_key",
        r"persona_(?:production|sandbox)_",
        rf"persona_(?:production|sandbox)_{_UUID}",
        _PERSONA,
        "persona_sandbox_" + uuid(),
    ),
    Token(
        "onfido_token",
        r"api_(?:live|sandbox)(?:_[a-z]{2})?\.",
        r"api_(?:live|sandbox)(?:_[a-z]{2})?\.[A-Za-z0-9_-]{11}\.[A-Za-z0-9_-]{32}",
        _ONFIDO,
        f"api_sandbox.{mixed(11)}.{mixed(32)}",
    ),
    Token("jumpcloud_key", r"jca_[A-Za-z0-9]{16}", r"jca_[A-Za-z0-9]{36}", _JUMPCLOUD, "jca_" + mixed(36), MIXED),
    Token(
        "dbt_token",
        r"dbt[cus]_[A-Za-z0-9_-]{8}",
        r"dbt[cus]_[A-Za-z0-9_-]{36,60}={0,2}",
        _DBT,
        "dbtc_" + mixed(43),
        MIXED,
    ),
    Token("inngest_key", r"signkey-", r"signkey-[a-z]{2,10}-[a-f0-9]{32,64}", _INNGEST, "signkey-prod-" + hexa(64)),
    Token(
        "trigger_key",
        r"tr_(?:dev|prod|stg|preview|pat)_",
        r"tr_(?:dev|prod|stg|preview|pat)_[A-Za-z0-9]{20,60}",
        _TRIGGER,
        "tr_prod_" + mixed(24),
        MIXED,
    ),
    Token("apify_token", r"apify_api_", r"apify_api_[A-Za-z0-9]{34,40}", _APIFY, "apify_api_" + mixed(36), FILLED),
    Token(
        "rapidapi_key",
        r"jsn[a-f0-9]{8}",
        r"[a-f0-9]{10}msh[a-f0-9]{15}p1[a-f0-9]{5,6}jsn[a-f0-9]{12}",
        _RAPIDAPI,
        f"{hexa(10)}msh{hexa(15)}p1{hexa(5)}jsn{hexa(12)}",
    ),
    Token(
        "mapbox_token",
        r"[st]k\.eyJ",
        r"[st]k\.eyJ[A-Za-z0-9_-]{30,300}\.[A-Za-z0-9_-]{20,24}",
        _MAPBOX,
        f"sk.eyJ1Ijoi{mixed(70)}.{mixed(22)}",
    ),
    Token(
        "maxmind_key",
        r"[A-Za-z0-9]_mmk",
        r"[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk",
        _MAXMIND,
        f"{mixed(6)}_{mixed(29)}_mmk",
    ),
    Token("adobe_secret", r"p8e-[A-Za-z0-9_-]{16}", r"p8e-[A-Za-z0-9_-]{30,36}", _ADOBE, "p8e-" + mixed(32), CHANGING),
    Token("cal_key", r"cal_(?:live_)?[a-f0-9]{32}", r"cal_(?:live_)?[a-f0-9]{32}", _CAL, "cal_live_" + hexa(32), DIGIT),
    Token(
        "settlemint_token",
        r"sm_(?:aat|pat|sat)_",
        r"sm_(?:aat|pat|sat)_[A-Za-z0-9]{16,40}",
        _SETTLEMINT,
        "sm_pat_" + mixed(16),
        CHANGING,
    ),
    Token(
        "retool_token",
        r"retool_",
        r"retool_[A-Za-z0-9]{2}_[A-Za-z0-9]{24,40}",
        _RETOOL,
        f"retool_01_{mixed(32)}",
        CHANGING,
    ),
    Token("brex_token", r"bxt_[A-Za-z0-9]{16}", r"bxt_[A-Za-z0-9]{30,64}", _BREX, "bxt_" + mixed(36), RANDOM),
    Token("elevenlabs_key", r"sk_[a-f0-9]{32}", r"sk_[a-f0-9]{32,64}", _ELEVENLABS, "sk_" + hexa(48), DIGIT),
    Token(
        "authress_key",
        r"\.acc[_-][a-z0-9-]{10}",
        r"(?:sc|ext|scauth|authress)_[a-z0-9]{5,30}\.[a-z0-9]{4,6}\.acc[_-][a-z0-9-]{10,32}\.[A-Za-z0-9+/_=-]{30,120}",
        _AUTHRESS,
        f"sc_{lower(20)}.{lower(4)}.acc_{lower(16)}.{mixed(60)}",
    ),
    Token("intra42_secret", r"s-s4t2(?:ud|af)-", r"s-s4t2(?:ud|af)-[a-f0-9]{64}", _INTRA42, "s-s4t2ud-" + hexa(64)),
    Token("adafruit_key", r"aio_[A-Za-z0-9]{8}", r"aio_[A-Za-z0-9]{28}", _ADAFRUIT, "aio_" + mixed(28), MIXED),
)
