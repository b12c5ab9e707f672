"""Clouds, hosting, networks and databases."""

from __future__ import annotations

from obskit.protect.token_rows.bodies import hexa, lower, mixed, upper
from obskit.protect.token_rows.row import CHANGING, DIGIT, FILLED, MIXED, RANDOM, Token

_AWS = (
    "AWS IAM User Guide, IAM identifiers: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"
)
_AWS_STS = (
    "AWS STS API Reference, Credentials: https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html"
)
_BEDROCK = "Amazon Bedrock User Guide, API keys: https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html"
_GOOGLE = "Google Cloud, Token types and API keys: https://cloud.google.com/docs/authentication/token-types"
_GOOGLE_HMAC = "Cloud Storage, HMAC keys: https://cloud.google.com/storage/docs/authentication/hmackeys"
_FIREBASE = "Firebase Cloud Messaging, Server key: https://firebase.google.com/docs/cloud-messaging/"
_ENTRA = "Microsoft Entra, Application credentials: https://learn.microsoft.com/entra/identity-platform/"
_AZURE = "Microsoft, Identifiable keys of Azure services: https://learn.microsoft.com/purview/sit-defn-all-creds"
_AZURE_DEVOPS = "Azure DevOps, Personal access tokens: https://learn.microsoft.com/azure/devops/organizations/accounts/use-personal-access-tokens-to-authenticate"
_ALIBABA = "Alibaba Cloud, AccessKey pairs: https://www.alibabacloud.com/help/ram/user-guide/create-an-accesskey-pair"
_TENCENT = "Tencent Cloud, API keys: https://www.tencentcloud.com/document/product/598"
_VOLCENGINE = "Volcengine, Access keys: https://www.volcengine.com/docs/6291"
_BAIDU = "Baidu AI Cloud, API keys: https://cloud.baidu.com/doc/"
_YANDEX = "Yandex Cloud, Credential formats: https://yandex.cloud/en/docs/iam/concepts/authorization/"
_DIGITALOCEAN = (
    "DigitalOcean, Token prefixes: https://docs.digitalocean.com/reference/api/create-personal-access-token/"
)
_HEROKU = "Heroku Dev Center, OAuth and API tokens: https://devcenter.heroku.com/articles/oauth"
_SCALINGO = "Scalingo, API tokens: https://developers.scalingo.com/"
_UPCLOUD = "UpCloud, API tokens: https://developers.upcloud.com/"
_FLY = "Fly.io Docs, Access tokens: https://fly.io/docs/security/tokens/"
_RENDER = "Render Docs, API keys: https://render.com/docs/api"
_VERCEL = "Vercel Changelog, New token formats: https://vercel.com/changelog/new-token-formats-and-secret-scanning"
_NETLIFY = "Netlify Docs, Personal access tokens: https://docs.netlify.com/api/get-started/"
_CLOUDFLARE = (
    "Cloudflare Docs, Token formats: https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/"
)
_SUPABASE = "Supabase Docs, API keys: https://supabase.com/docs/guides/api/api-keys"
_PLANETSCALE = "PlanetScale Docs, Service tokens and passwords: https://planetscale.com/docs/"
_NEON = "Neon Docs, API keys: https://neon.com/docs/manage/api-keys"
_MONGODB = "MongoDB Atlas, Service accounts: https://www.mongodb.com/docs/atlas/api/service-accounts-overview/"
_AIVEN = "Aiven Docs, Service passwords: https://aiven.io/docs/"
_CONFLUENT = "Confluent Cloud, API keys: https://docs.confluent.io/cloud/current/security/"
_DATABRICKS = "Databricks Docs, Personal access tokens: https://docs.databricks.com/dev-tools/auth/pat"
_CLICKHOUSE = "ClickHouse Cloud, API keys: https://clickhouse.com/docs/cloud/manage/openapi"
_ELASTIC = "Elastic Cloud, API keys: https://www.elastic.co/docs/deploy-manage/api-keys/"
_NGROK = "ngrok Docs, Authtokens: https://ngrok.com/docs/"
_DEFINED = "Defined Networking, API keys: https://docs.defined.net/"
_BACKBLAZE = "Backblaze B2, Application keys: https://www.backblaze.com/docs/cloud-storage-application-keys"
_AKAMAI = "Akamai TechDocs, API credentials: https://techdocs.akamai.com/developer/docs/"
_KEYSTONE = "OpenStack Keystone, Fernet tokens: https://docs.openstack.org/keystone/latest/admin/fernet-token-faq.html"

# Passwords are short: camel case has neither.
_DIGIT_OR_CAPITALS = r"[0-9]|[A-Z].*[A-Z].*[A-Z]"

ROWS: tuple[Token, ...] = (
    # Ids of users, roles and policies (AIDA, AROA, ...) open nothing and stay.
    Token(
        "aws_access_key",
        r"A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{2}",
        r"A(?:KIA|SIA|BIA|CCA)[A-Z0-9]{16}",
        _AWS,
        "AKIA" + upper(16),
        FILLED,
    ),
    Token(
        "aws_session_token",
        r"(?:IQoJb3JpZ2luX2Vj|F[wQ]oGZXIvYXdz)",
        r"(?:IQoJb3JpZ2luX2Vj|F[wQ]oGZXIvYXdz)[A-Za-z0-9+/%_-]{60,900}[A-Za-z0-9+/%_-]{0,900}={0,2}",
        _AWS_STS,
        "IQoJb3JpZ2luX2Vj" + mixed(400),
    ),
    Token(
        "aws_bedrock_key",
        r"ABSK",
        r"ABSK[A-Za-z0-9+/]{80,300}={0,2}",
        _BEDROCK,
        f"ABSKQmVkcm9ja0FQSUtleS{mixed(108)}=",
    ),
    Token(
        "aws_bedrock_key",
        r"bedrock-api-key-",
        r"bedrock-api-key-[A-Za-z0-9+/]{60,900}[A-Za-z0-9+/]{0,900}={0,2}",
        _BEDROCK,
        "bedrock-api-key-" + mixed(200),
    ),
    Token("google_api_key", r"AIza", r"AIza[A-Za-z0-9_-]{33,45}", _GOOGLE, "AIzaSy" + mixed(33), FILLED),
    Token("google_api_key", r"AQ\.Ab", r"AQ\.Ab[A-Za-z0-9_-]{40,120}", _GOOGLE, "AQ.Ab8" + mixed(47), CHANGING),
    Token(
        "google_oauth_token",
        r"ya29\.",
        r"ya29\.(?:[A-Za-z0-9_-]{1,8}\.){0,2}[A-Za-z0-9_-]{20,900}[A-Za-z0-9_-]{0,600}",
        _GOOGLE,
        "ya29.a0" + mixed(150),
        CHANGING,
    ),
    Token(
        "google_oauth_token",
        r"1//0[A-Za-z0-9_-]{2}",
        r"1//0[A-Za-z0-9_-]{30,500}",
        _GOOGLE,
        "1//0e" + mixed(98),
        CHANGING,
    ),
    Token(
        "google_oauth_token",
        r"4/0A[A-Za-z]",
        r"4/0A[A-Za-z0-9_-]{40,300}",
        _GOOGLE,
        "4/0A" + mixed(70),
        CHANGING,
    ),
    Token("google_client_secret", r"GOCSPX-", r"GOCSPX-[A-Za-z0-9_-]{20,60}", _GOOGLE, "GOCSPX-" + mixed(28), CHANGING),
    Token(
        "google_hmac_key",
        r"GOOG[A-Z0-9]{10}",
        r"GOOG(?:1E[A-Z0-9]{55}|[A-Z0-9]{20})",
        _GOOGLE_HMAC,
        "GOOG1E" + upper(55),
        DIGIT,
    ),
    Token(
        "firebase_server_key",
        r"AAAA[A-Za-z0-9_-]{7}:APA91b",
        r"AAAA[A-Za-z0-9_-]{7}:APA91b[A-Za-z0-9_-]{120,160}",
        _FIREBASE,
        f"AAAA{mixed(7)}:APA91b{mixed(134)}",
    ),
    Token(
        "azure_client_secret",
        r"[0-9]Q~[A-Za-z0-9_~.-]",
        r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{30,34}[A-Za-z0-9_~-]",
        _ENTRA,
        f"{mixed(3)}8Q~{mixed(34)}",
        CHANGING,
    ),
    # Azure's own keys carry the signature of their service at a fixed distance from their beginning.
    Token(
        "azure_key",
        r"(?:\+A[A-Z][A-Za-z]|ACDb|APIM)[A-Za-z0-9+/]{5}[AQgw]==",
        r"[A-Za-z0-9+/]{76}(?:\+A[A-Z][A-Za-z]|ACDb|APIM)[A-Za-z0-9+/]{5}[AQgw]==",
        _AZURE,
        f"{mixed(76)}+ASt{mixed(5)}Q==",
    ),
    Token(
        "azure_key",
        r"(?:\+A[A-Z][A-Za-z]|AzCa|AIoT|AZEG|AzEG)[A-P][A-Za-z0-9+/]{5}=",
        r"[A-Za-z0-9+/]{33}(?:\+A[A-Z][A-Za-z]|AzCa|AIoT|AZEG|AzEG)[A-P][A-Za-z0-9+/]{5}=",
        _AZURE,
        f"{mixed(33)}AzCaB{mixed(5)}=",
    ),
    Token(
        "azure_key",
        r"AzFu[A-Za-z0-9_-]{5}[AQgw]==",
        r"[A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{5}[AQgw]==",
        _AZURE,
        f"{mixed(44)}AzFu{mixed(5)}Q==",
    ),
    Token(
        "azure_key",
        r"(?:AzSe|\+ACR)[A-D][A-Za-z0-9+/]{5}",
        r"[A-Za-z0-9+/]{42}(?:AzSe|\+ACR)[A-D][A-Za-z0-9+/]{5}",
        _AZURE,
        f"{mixed(42)}AzSeB{mixed(5)}",
    ),
    Token(
        "azure_key",
        r"JQQJ9[9DH]",
        r"[A-Za-z0-9]{52}JQQJ9[9DH][A-Za-z0-9]{26,28}(?:==)?",
        _AZURE,
        f"{mixed(52)}JQQJ99{mixed(26)}",
    ),
    Token(
        "azure_devops_token",
        r"AZDO[A-Za-z0-9]{4}",
        r"[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}",
        _AZURE_DEVOPS,
        f"{mixed(76)}AZDO{mixed(4)}",
    ),
    Token("alibaba_access_key", r"LTAI", r"LTAI[A-Za-z0-9]{12,26}", _ALIBABA, "LTAI5t" + mixed(18), CHANGING),
    Token("tencent_access_key", r"AKID", r"AKID[A-Za-z0-9]{28,40}", _TENCENT, "AKID" + mixed(32), CHANGING),
    Token(
        "volcengine_access_key",
        r"AKLT",
        r"AKLT[A-Za-z0-9]{36,60}",
        _VOLCENGINE,
        "AKLT" + mixed(43),
        CHANGING,
    ),
    Token(
        "baidu_key",
        r"bce-v3/ALTAK-",
        r"bce-v3/ALTAK-[A-Za-z0-9]{21}/[a-f0-9]{40}",
        _BAIDU,
        f"bce-v3/ALTAK-{mixed(21)}/{hexa(40)}",
    ),
    Token(
        "yandex_token",
        r"t1\.[A-Za-z0-9_-]{10}",
        r"t1\.[A-Za-z0-9_-]{10,900}={0,2}\.[A-Za-z0-9_-]{86}={0,2}",
        _YANDEX,
        f"t1.{mixed(120)}.{mixed(86)}",
    ),
    Token(
        "yandex_token",
        r"y[0-3]_[A-Za-z0-9_-]{16}",
        r"y[0-3]_[A-Za-z0-9_-]{50,70}",
        _YANDEX,
        "y0_AgAAAA" + mixed(50),
        MIXED,
    ),
    Token("yandex_key", r"AQVN", r"AQVN[A-Za-z0-9_-]{34,40}", _YANDEX, "AQVN" + mixed(36), CHANGING),
    Token("yandex_key", r"YC[A-Za-z0-9_-]{8}", r"YC[A-Za-z0-9_-]{38}", _YANDEX, "YC" + mixed(38), RANDOM),
    Token("digitalocean_token", r"do[opr]_v1_", r"do[opr]_v1_[a-f0-9]{64}", _DIGITALOCEAN, "dop_v1_" + hexa(64)),
    Token(
        "digitalocean_access_key",
        r"DO(?:00|801)[A-Z0-9]{2}",
        r"DO(?:00[A-Z0-9]{16}|801[A-Z0-9]{15})",
        _DIGITALOCEAN,
        "DO00" + upper(16),
        r"[A-Z].*[A-Z].*[A-Z]",
    ),
    Token("heroku_key", r"HRKU-", r"HRKU-[A-Za-z0-9_-]{36,80}", _HEROKU, "HRKU-AA" + mixed(58), DIGIT),
    Token("scalingo_token", r"tk-us-", r"tk-us-[A-Za-z0-9_-]{44,52}", _SCALINGO, "tk-us-" + mixed(48), CHANGING),
    Token("upcloud_token", r"ucat_", r"ucat_[A-Z0-9]{26}", _UPCLOUD, "ucat_" + upper(26)),
    Token("fly_token", r"fo1_", r"fo1_[A-Za-z0-9_-]{40,50}", _FLY, "fo1_" + mixed(43), CHANGING),
    Token(
        "fly_token",
        r"fm[12][ar]?_",
        r"fm[12][ar]?_[A-Za-z0-9+/_-]{60,900}[A-Za-z0-9+/_-]{0,900}={0,3}",
        _FLY,
        "fm2_" + mixed(300),
        CHANGING,
    ),
    Token("render_key", r"rnd_[A-Za-z0-9]{8}", r"rnd_[A-Za-z0-9]{28,40}", _RENDER, "rnd_" + mixed(32), RANDOM),
    Token(
        "vercel_token",
        r"vc[piark]_[A-Za-z0-9_-]{8}",
        r"vc[piark]_[A-Za-z0-9_-]{20,80}",
        _VERCEL,
        "vcp_" + mixed(56),
        MIXED,
    ),
    Token(
        "netlify_token",
        r"nf[pcoub]_[A-Za-z0-9_-]{4}",
        r"nf[pcoub]_[A-Za-z0-9_-]{36,50}",
        _NETLIFY,
        "nfp_" + mixed(36),
        MIXED,
    ),
    Token(
        "cloudflare_token",
        r"cf(?:ut|at|k)_[A-Za-z0-9]{8}",
        r"cf(?:ut|at|k)_[A-Za-z0-9_-]{40}[A-Za-z0-9]{6,12}",
        _CLOUDFLARE,
        f"cfut_{mixed(40)}{hexa(8)}",
        CHANGING,
    ),
    Token(
        "cloudflare_ca_key",
        r"v1\.0-[a-f0-9]{24}-",
        r"v1\.0-[a-f0-9]{24}-[a-f0-9]{146}",
        _CLOUDFLARE,
        f"v1.0-{hexa(24)}-{hexa(146)}",
    ),
    Token("supabase_key", r"sbp_", r"sbp_(?:oauth_|v0_)?[a-f0-9]{40}", _SUPABASE, "sbp_" + hexa(40)),
    Token(
        "supabase_key",
        r"sb_secret_",
        r"sb_secret_[A-Za-z0-9_-]{28,44}",
        _SUPABASE,
        f"sb_secret_{mixed(22)}_{mixed(8)}",
        MIXED,
    ),
    Token(
        "planetscale_token",
        r"pscale_[a-z]{2,6}_",
        r"pscale_[a-z]{2,6}_[A-Za-z0-9=._-]{31,63}[A-Za-z0-9=_-]",
        _PLANETSCALE,
        "pscale_tkn_" + mixed(43),
        CHANGING,
    ),
    Token("neon_key", r"napi_[a-z0-9]{8}", r"napi_[a-z0-9]{40,80}", _NEON, "napi_" + lower(64), DIGIT),
    Token(
        "neon_password", r"npg_[A-Za-z0-9]{8}", r"npg_[A-Za-z0-9]{10,24}", _NEON, "npg_" + mixed(12), _DIGIT_OR_CAPITALS
    ),
    Token(
        "mongodb_secret", r"mdb_sa_sk_", r"mdb_sa_sk_[A-Za-z0-9_-]{36,50}", _MONGODB, "mdb_sa_sk_" + mixed(40), CHANGING
    ),
    Token("aiven_password", r"AVNS_", r"AVNS_[A-Za-z0-9_-]{15,24}", _AIVEN, "AVNS_" + mixed(19), CHANGING),
    Token(
        "confluent_secret", r"cflt[A-Za-z0-9+/]{4}", r"cflt[A-Za-z0-9+/]{60}", _CONFLUENT, "cflt" + mixed(60), CHANGING
    ),
    Token(
        "databricks_token",
        r"d(?:api|ose|kea|sap)[a-f0-9]{8}",
        r"d(?:api|ose|kea|sap)[a-f0-9]{32}(?:-[0-9]{1,2})?",
        _DATABRICKS,
        "dapi" + hexa(32),
        DIGIT,
    ),
    Token(
        "clickhouse_key",
        r"4b1d[A-Za-z0-9]{4}",
        r"4b1d[A-Za-z0-9]{38}",
        _CLICKHOUSE,
        "4b1d" + mixed(38),
        r"[A-Z]",
    ),
    Token(
        "elastic_key", r"ess[ua]_", r"ess[ua]_[A-Za-z0-9+/_-]{50,120}={0,2}", _ELASTIC, "essu_" + mixed(80), CHANGING
    ),
    Token("ngrok_token", r"ak_[0-9][A-Za-z0-9]{8}", r"ak_[0-9][A-Za-z0-9]{26}", _NGROK, f"ak_2{mixed(26)}", RANDOM),
    Token(
        "defined_key",
        r"dnkey-",
        r"dnkey-[A-Za-z0-9=_-]{26}-[A-Za-z0-9=_-]{52}",
        _DEFINED,
        f"dnkey-{upper(26)}-{upper(52)}",
    ),
    Token(
        "backblaze_key",
        r"K00[0-9][A-Za-z0-9+/]{8}",
        r"K00[0-9][A-Za-z0-9+/]{27}",
        _BACKBLAZE,
        "K001" + mixed(27),
        RANDOM,
    ),
    Token("akamai_token", r"akab-", r"akab-[a-z0-9]{16}-[a-z0-9]{16}", _AKAMAI, f"akab-{lower(16)}-{lower(16)}"),
    Token(
        "openstack_secret",
        r"gAAAAAB",
        r"gAAAAAB[A-Za-z0-9_-]{60,900}={0,2}",
        _KEYSTONE,
        "gAAAAABn" + mixed(170),
        CHANGING,
    ),
)
