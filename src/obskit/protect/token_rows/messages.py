"""Chat, mail, telephony and social networks."""

from __future__ import annotations

from obskit.protect.token_rows.bodies import digits, hexa, lower, mixed, upper, uuid
from obskit.protect.token_rows.row import CHANGING, DIGIT, MIXED, RANDOM, Token

_SLACK = "Slack Docs, Token types: https://docs.slack.dev/authentication/tokens"
_SLACK_HOOK = "Slack Docs, Sending messages using incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks"
_DISCORD = "Discord Developer Docs, Authentication: https://discord.com/developers/docs/reference#authentication"
_DISCORD_HOOK = "Discord Developer Docs, Webhook resource: https://discord.com/developers/docs/resources/webhook"
_TEAMS = (
    "Microsoft Teams, Incoming webhooks: https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/"
)
_TELEGRAM = "Telegram Bot API, Authorizing your bot: https://core.telegram.org/bots/api#authorizing-your-bot"
_FEISHU = "Feishu and Lark Open Platform, Custom bot webhooks: https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot"
_ZAPIER = "Zapier, Webhooks: https://help.zapier.com/hc/en-us/articles/8496288690317"
_IFTTT = "IFTTT, Webhooks: https://ifttt.com/maker_webhooks"
_TWILIO = "Twilio Docs, API keys overview: https://www.twilio.com/docs/iam/api-keys"
_SENDGRID = "Twilio SendGrid Docs, API keys: https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys"
_MAILGUN = "Mailgun Docs, API keys: https://documentation.mailgun.com/docs/mailgun/user-manual/api-key-mgmt"
_MAILCHIMP = "Mailchimp Developer, API keys: https://mailchimp.com/developer/marketing/docs/fundamentals/"
_MANDRILL = "Mailchimp Transactional, API keys: https://mailchimp.com/developer/transactional/docs/fundamentals/"
_BREVO = "Brevo Docs, API keys: https://developers.brevo.com/docs/getting-started"
_RESEND = "Resend Docs, API keys: https://resend.com/docs/dashboard/api-keys/introduction"
_MAILERSEND = "MailerSend Docs, API tokens: https://developers.mailersend.com/general.html"
_KLAVIYO = "Klaviyo Developers, Private API keys: https://developers.klaviyo.com/en/docs/authenticate_"
_ONESIGNAL = "OneSignal Docs, Keys and IDs: https://documentation.onesignal.com/docs/en/keys-and-ids"
_TELNYX = "Telnyx Docs, API keys: https://developers.telnyx.com/"
_NYLAS = "Nylas Docs, API keys: https://developer.nylas.com/docs/"
_META = "Meta for Developers, Access tokens: https://developers.facebook.com/docs/facebook-login/guides/access-tokens/"
_X = "X Developer Platform, Bearer tokens: https://docs.x.com/resources/fundamentals/authentication/oauth-2-0/bearer-tokens"
_VK = "VK Developers, Access tokens: https://dev.vk.com/en/api/access-token/getting-started"
_TIKTOK = "TikTok for Developers, Access tokens: https://developers.tiktok.com/doc/oauth-user-access-token-management"
_INTERCOM = "Intercom Developers, Access tokens: https://developers.intercom.com/docs/build-an-integration/learn-more/authentication"
_PUBNUB = "PubNub Docs, Secret keys: https://www.pubnub.com/docs/"
_ABLY = "Ably Docs, API keys: https://ably.com/docs/auth/basic"

# Tells random letters from hexadecimal digits.
_TWO_CASES = r"[a-z].*[A-Z]|[A-Z].*[a-z]"

ROWS: tuple[Token, ...] = (
    Token(
        "slack_token",
        r"xox[a-z]-",
        r"xox[a-z]-[A-Za-z0-9%+/=-]{16,500}",
        _SLACK,
        f"xoxb-{digits(12)}-{digits(13)}-{mixed(24)}",
        rf"[0-9]{{6}}|{MIXED}",
    ),
    Token("slack_token", r"xoxe\.", r"xoxe\.xox[a-z]-[0-9]-[A-Za-z0-9-]{20,500}", _SLACK, "xoxe.xoxp-1-" + mixed(160)),
    Token(
        "slack_token",
        r"xapp-[0-9]-",
        r"xapp-[0-9]-[A-Za-z0-9-]{30,200}",
        _SLACK,
        f"xapp-1-A{upper(10)}-{digits(13)}-{hexa(64)}",
        rf"[0-9]{{6}}|{MIXED}",
    ),
    Token(
        "slack_webhook",
        r"hooks\.slack(?:-gov)?\.com",
        r"(?:https?://)?hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)/[A-Z0-9]{6,16}/[A-Za-z0-9]{6,24}"
        r"/[A-Za-z0-9]{10,60}(?:/[A-Za-z0-9]{10,60})?",
        _SLACK_HOOK,
        f"https://hooks.slack.com/services/T{upper(10)}/B{upper(10)}/{mixed(24)}",
    ),
    Token(
        "discord_token",
        r"\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27}",
        r"[MNO][A-Za-z0-9_-]{22,28}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45}",
        _DISCORD,
        f"M{mixed(23)}.G{mixed(5)}.{mixed(38)}",
        CHANGING,
    ),
    Token(
        "discord_token", r"mfa\.[A-Za-z0-9_-]{8}", r"mfa\.[A-Za-z0-9_-]{80,90}", _DISCORD, "mfa." + mixed(84), CHANGING
    ),
    Token(
        "discord_webhook",
        r"discord(?:app)?\.com/api/",
        r"(?:https?://)?(?:[a-z]{2,8}\.)?discord(?:app)?\.com/api/(?:v[0-9]{1,2}/)?"
        r"webhooks/[0-9]{16,21}/[A-Za-z0-9_-]{40,90}",
        _DISCORD_HOOK,
        f"https://discord.com/api/webhooks/{digits(18)}/{mixed(68)}",
    ),
    Token(
        "teams_webhook",
        r"office\.com/webhook",
        r"(?:https?://)?[a-z0-9-]{1,63}\.(?:webhook\.)?office\.com/webhook(?:b[0-9])?/"
        r"[a-f0-9-]{36}@[a-f0-9-]{36}/[A-Za-z]{5,30}/[A-Za-z0-9]{32}/[a-f0-9-]{36}(?:/[A-Za-z0-9_-]{10,80})?",
        _TEAMS,
        f"https://example.webhook.office.com/webhookb2/{uuid()}@{uuid()}/IncomingWebhook/{hexa(32)}/{uuid()}",
    ),
    Token(
        "telegram_token",
        r"[0-9]:A[A-Za-z0-9_-]{16}",
        r"(?:bot)?[0-9]{6,12}:A[A-Za-z0-9_-]{32,36}",
        _TELEGRAM,
        f"{digits(10)}:AA{mixed(33)}",
        MIXED,
    ),
    Token(
        "feishu_webhook",
        r"(?:feishu|larksuite)\.c(?:n|om)/open-apis/bot",
        r"(?:https?://)?open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/(?:v2/)?hook/[A-Za-z0-9-]{20,60}",
        _FEISHU,
        f"https://open.feishu.cn/open-apis/bot/v2/hook/{uuid()}",
    ),
    Token(
        "zapier_webhook",
        r"hooks\.zapier\.com/hooks",
        r"(?:https?://)?hooks\.zapier\.com/hooks/(?:standard|catch)/[0-9]{4,12}/[A-Za-z0-9_-]{6,60}",
        _ZAPIER,
        f"https://hooks.zapier.com/hooks/catch/{digits(7)}/{lower(7)}",
    ),
    Token(
        "ifttt_webhook",
        r"maker\.ifttt\.com/",
        r"(?:https?://)?maker\.ifttt\.com/"
        r"(?:trigger/[A-Za-z0-9_{}-]{1,60}/(?:json/)?with/key|use)/[A-Za-z0-9_-]{16,60}",
        _IFTTT,
        f"https://maker.ifttt.com/trigger/alarm/with/key/{mixed(43)}",
    ),
    # An account's sid (AC...) names the account and opens nothing: it stays.
    Token("twilio_key", r"SK[A-Fa-f0-9]{8}", r"SK[A-Fa-f0-9]{32}", _TWILIO, "SK" + hexa(32)),
    Token(
        "sendgrid_key",
        r"SG\.[A-Za-z0-9_-]{8}",
        r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{30,64}",
        _SENDGRID,
        f"SG.{mixed(22)}.{mixed(43)}",
        MIXED,
    ),
    Token("mailgun_key", r"key-[a-z0-9]{16}", r"(?:pub)?key-[a-z0-9]{32}", _MAILGUN, "key-" + lower(32), DIGIT),
    Token(
        "mailgun_key",
        r"-[a-h0-9]{8}-[a-h0-9]{8}",
        r"[a-h0-9]{32}-[a-h0-9]{8}-[a-h0-9]{8}",
        _MAILGUN,
        f"{hexa(32)}-{hexa(8)}-{hexa(8)}",
    ),
    Token("mailchimp_key", r"[a-f0-9]-us[0-9]", r"[a-f0-9]{32}-us[0-9]{1,2}", _MAILCHIMP, f"{hexa(32)}-us12"),
    Token("mandrill_key", r"md-[A-Za-z0-9_-]{12}", r"md-[A-Za-z0-9_-]{22}", _MANDRILL, "md-" + mixed(22), RANDOM),
    Token("brevo_key", r"xkeysib-", r"xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}", _BREVO, f"xkeysib-{hexa(64)}-{mixed(16)}"),
    Token(
        "brevo_key", r"xsmtpsib-", r"xsmtpsib-[a-f0-9]{64}-[A-Za-z0-9]{16}", _BREVO, f"xsmtpsib-{hexa(64)}-{mixed(16)}"
    ),
    Token(
        "resend_key",
        r"re_[A-Za-z0-9]{6,12}_",
        r"re_[A-Za-z0-9]{6,12}_[A-Za-z0-9]{22,32}",
        _RESEND,
        f"re_{mixed(8)}_{mixed(24)}",
        MIXED,
    ),
    Token("mailersend_token", r"mlsn\.", r"mlsn\.[a-f0-9]{64}", _MAILERSEND, "mlsn." + hexa(64)),
    Token("klaviyo_key", r"pk_[a-f0-9]{8}", r"pk_[a-f0-9]{32,34}", _KLAVIYO, "pk_" + hexa(34), DIGIT),
    Token(
        "onesignal_key",
        r"os_v2_[a-z]{3}_",
        r"os_v2_[a-z]{3}_[a-z2-7]{80,120}",
        _ONESIGNAL,
        "os_v2_app_" + upper(103).lower(),
    ),
    Token(
        "telnyx_key",
        r"KEY[A-F0-9]{8}",
        r"KEY[A-F0-9]{32}_[A-Za-z0-9]{20,24}",
        _TELNYX,
        f"KEY{hexa(32).upper()}_{mixed(22)}",
    ),
    Token("nylas_key", r"nyk_v[0-9]_", r"nyk_v[0-9]_[A-Za-z0-9]{60,70}", _NYLAS, "nyk_v0_" + mixed(64)),
    Token(
        "facebook_token", r"EAA[A-Z][A-Za-z0-9]{4}", r"EAA[A-Z][A-Za-z0-9]{80,400}", _META, "EAAB" + mixed(160), MIXED
    ),
    Token(
        "facebook_token",
        r"[0-9]\|[A-Za-z0-9_-]{16}",
        r"[0-9]{13,17}\|[A-Za-z0-9_-]{27,40}",
        _META,
        f"{digits(15)}|{mixed(27)}",
        MIXED,
    ),
    Token(
        "instagram_token",
        r"IG(?:QV|AA)",
        r"IG(?:QV|AA)[A-Za-z0-9_-]{80,400}",
        _META,
        "IGQVJ" + mixed(120),
        MIXED,
    ),
    Token("twitter_token", r"A{8}", r"A{20,24}[A-Za-z0-9%]{60,200}", _X, f"{'A' * 22}{mixed(82)}", MIXED),
    Token(
        "twitter_token",
        r"[0-9]{15}-[A-Za-z0-9]{4}",
        r"[0-9]{15,20}-[A-Za-z0-9]{36,44}",
        _X,
        f"{digits(18)}-{mixed(40)}",
        _TWO_CASES,
    ),
    Token("vk_token", r"vk1\.a\.", r"vk1\.a\.[A-Za-z0-9_-]{60,300}", _VK, "vk1.a." + mixed(180), CHANGING),
    Token(
        "tiktok_token",
        r"(?:act|rft)\.[A-Za-z0-9]{16}",
        r"(?:act|rft)\.[A-Za-z0-9]{50,80}(?:![0-9]{1,6}(?:\.[a-z0-9]{1,4})?)?",
        _TIKTOK,
        f"act.{mixed(64)}!4632.va",
        MIXED,
    ),
    Token(
        "intercom_token",
        r"dG9rO",
        r"dG9rO[A-Za-z0-9+/]{40,80}={0,2}",
        _INTERCOM,
        f"dG9rO{mixed(54)}=",
        CHANGING,
    ),
    Token(
        "pubnub_key", r"sec-c-", r"sec-c-(?:[A-Za-z0-9]{48}|[a-f0-9-]{36})={0,2}", _PUBNUB, "sec-c-" + mixed(48), DIGIT
    ),
    Token(
        "ably_key",
        r"\.[A-Za-z0-9_-]{6}:[A-Za-z0-9_-]{43}",
        r"[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{6}:[A-Za-z0-9_-]{43}",
        _ABLY,
        f"{mixed(6)}.{mixed(6)}:{mixed(43)}",
        RANDOM,
    ),
)
