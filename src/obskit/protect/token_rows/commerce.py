"""Payments, shops, shipping and travel."""

from __future__ import annotations

from obskit.protect.token_rows.bodies import digits, hexa, lower, mixed, upper, uuid
from obskit.protect.token_rows.row import CHANGING, DIGIT, MIXED, RANDOM, Token

_STRIPE = "Stripe Docs, API keys and webhook signing secrets: https://docs.stripe.com/keys"
_SQUARE = "Square Developer, Access tokens and application secrets: https://developer.squareup.com/docs/build-basics/access-tokens"
_BRAINTREE = "Braintree, PayPal access tokens: https://developer.paypal.com/braintree/docs/guides/paypal/overview"
_PLAID = "Plaid Docs, Token types: https://plaid.com/docs/api/tokens/"
_ADYEN = "Adyen Docs, API credentials: https://docs.adyen.com/development-resources/api-credentials/"
_RAZORPAY = "Razorpay Docs, API keys: https://razorpay.com/docs/api/authentication/"
_FLUTTERWAVE = "Flutterwave Docs, API keys: https://developer.flutterwave.com/docs/authentication"
_MOLLIE = "Mollie Docs, API keys: https://docs.mollie.com/docs/authentication"
_LOB = "Lob Docs, API keys: https://docs.lob.com/"
_CHECKOUT = "Checkout.com Docs, API keys: https://www.checkout.com/docs/developer-resources/api/manage-api-keys"
_PADDLE = "Paddle Developer, API keys: https://developer.paddle.com/api-reference/about/api-keys"
_POLAR = "Polar Docs, Access tokens: https://polar.sh/docs/integrate/oat"
_XENDIT = "Xendit Docs, API keys: https://docs.xendit.co/"
_MIDTRANS = "Midtrans Docs, Server key: https://docs.midtrans.com/"
_OMISE = "Omise Docs, Secret keys: https://docs.omise.co/api-authentication"
_MERCADO = "Mercado Pago Developers, Credentials: https://www.mercadopago.com/developers/en/docs/credentials"
_CASHFREE = "Cashfree Docs, API keys: https://www.cashfree.com/docs/"
_SHOPIFY = "Shopify Dev, Access tokens: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens"
_WOO = "WooCommerce REST API, Consumer keys and secrets: https://woocommerce.github.io/woocommerce-rest-api-docs/"
_DUFFEL = "Duffel Docs, Access tokens: https://duffel.com/docs/api/overview/making-requests/authentication"
_SHIPPO = "Shippo Docs, API tokens: https://docs.goshippo.com/docs/guides_general/authentication/"
_EASYPOST = "EasyPost Docs, API keys: https://docs.easypost.com/docs/authentication"
_RFC8959 = "RFC 8959, The secret-token URI scheme: https://www.rfc-editor.org/rfc/rfc8959"

ROWS: tuple[Token, ...] = (
    # Publishable keys (pk_live_, pk_test_) are made for web pages and stay.
    Token(
        "stripe_key",
        r"[sr]k_(?:live|test|prod|org)_",
        r"[sr]k_(?:org_)?(?:live|test|prod)_[A-Za-z0-9]{10,250}",
        _STRIPE,
        "sk_live_" + mixed(24),
        CHANGING,
    ),
    Token(
        "stripe_webhook_secret",
        r"whsec_",
        r"whsec_[A-Za-z0-9+/]{24,100}={0,2}",
        _STRIPE,
        "whsec_" + mixed(32),
        CHANGING,
    ),
    Token(
        "stripe_client_secret",
        r"_secret_[A-Za-z0-9]{20}",
        r"[a-z]{2,6}_[A-Za-z0-9]{14,40}_secret_[A-Za-z0-9]{20,60}",
        _STRIPE,
        f"pi_{mixed(24)}_secret_{mixed(25)}",
        CHANGING,
    ),
    Token(
        "square_token",
        r"sq0(?:atp|csp)-",
        r"sq0(?:atp|csp)-[A-Za-z0-9_-]{22,60}",
        _SQUARE,
        "sq0atp-" + mixed(22),
        CHANGING,
    ),
    Token(
        "square_token",
        r"EAAA[B-Za-z0-9_-]",
        r"EAAA[B-Za-z0-9_-][A-Za-z0-9_-]{59}",
        _SQUARE,
        "EAAAE" + mixed(59),
        MIXED,
    ),
    Token(
        "paypal_braintree_token",
        r"access_token\$",
        r"access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[a-f0-9]{32}",
        _BRAINTREE,
        f"access_token$production${lower(16)}${hexa(32)}",
    ),
    Token(
        "plaid_token",
        r"access-(?:sandbox|development|production)-",
        r"access-(?:sandbox|development|production)-[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}",
        _PLAID,
        "access-sandbox-" + uuid(),
    ),
    Token(
        "adyen_key",
        r"AQE[a-z][A-Za-z0-9+/]{4}",
        r"AQE[a-z][A-Za-z0-9+/]{20,120}={0,2}-[A-Za-z0-9+/]{20,60}={0,2}-[!-~]{16}",
        _ADYEN,
        f"AQEy{mixed(60)}-{mixed(43)}=-{mixed(16)}",
    ),
    Token(
        "razorpay_key",
        r"rzp_(?:live|test)_",
        r"rzp_(?:live|test)_[A-Za-z0-9]{10,24}",
        _RAZORPAY,
        "rzp_live_" + mixed(14),
    ),
    Token(
        "flutterwave_key",
        r"FLWSECK",
        r"FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,40}(?:-X)?",
        _FLUTTERWAVE,
        f"FLWSECK_TEST-{hexa(32)}-X",
        DIGIT,
    ),
    Token("mollie_key", r"live_[A-Za-z0-9]{16}", r"live_[A-Za-z0-9]{30,50}", _MOLLIE, "live_" + mixed(30), RANDOM),
    Token("mollie_key", r"test_[A-Za-z0-9]{16}", r"test_[A-Za-z0-9]{30}", _MOLLIE, "test_" + mixed(30), RANDOM),
    Token("lob_key", r"(?:live|test)_[a-f0-9]{12}", r"(?:live|test)_[a-f0-9]{35}", _LOB, "test_" + hexa(35), DIGIT),
    Token(
        "checkout_key",
        r"sk_(?:sbox_)?[a-z2-7]{26}",
        r"sk_(?:sbox_)?[a-z2-7]{26}[a-z2-7*#$=]",
        _CHECKOUT,
        "sk_sbox_" + upper(27).lower(),
        DIGIT,
    ),
    Token(
        "paddle_key",
        r"pdl_(?:live_|sdbx_)?(?:apikey|ntfset)_",
        r"pdl_(?:live_|sdbx_)?(?:apikey|ntfset)_[a-z0-9]{26}_[A-Za-z0-9+/]{20,40}(?:_[A-Za-z0-9]{3})?",
        _PADDLE,
        f"pdl_live_apikey_{lower(26)}_{mixed(22)}_{mixed(3)}",
    ),
    Token(
        "polar_token",
        r"polar_[a-z]{2,4}_",
        r"polar_[a-z]{2,4}_(?:u_|o_)?[A-Za-z0-9]{30,60}",
        _POLAR,
        "polar_oat_" + mixed(43),
        CHANGING,
    ),
    Token(
        "xendit_key",
        r"xnd_(?:production|development)_",
        r"xnd_(?:production|development)_[A-Za-z0-9]{30,90}",
        _XENDIT,
        "xnd_production_" + mixed(60),
        CHANGING,
    ),
    Token(
        "midtrans_key",
        r"Mid-server-",
        r"Mid-server-[A-Za-z0-9_-]{20,32}",
        _MIDTRANS,
        "Mid-server-" + mixed(24),
        CHANGING,
    ),
    Token("omise_key", r"skey_", r"skey_(?:test_)?[a-z0-9]{17,24}", _OMISE, "skey_test_" + lower(19), DIGIT),
    Token(
        "mercadopago_token",
        r"(?:APP_USR|TEST)-[0-9]{10,20}-",
        r"(?:APP_USR|TEST)-[0-9]{10,20}-[0-9]{6}-[a-f0-9]{32}(?:__[A-Z_]{5}__)?-[0-9]{5,12}",
        _MERCADO,
        f"APP_USR-{digits(16)}-{digits(6)}-{hexa(32)}-{digits(9)}",
    ),
    Token(
        "cashfree_key",
        r"cfsk_ma_",
        r"cfsk_ma_(?:prod|test)_[a-f0-9]{32}_[a-f0-9]{8}",
        _CASHFREE,
        f"cfsk_ma_test_{hexa(32)}_{hexa(8)}",
    ),
    Token(
        "shopify_token",
        r"shp(?:at|ss|ca|pa|ua|rt)_",
        r"shp(?:at|ss|ca|pa|ua|rt)_[A-Fa-f0-9]{32,64}",
        _SHOPIFY,
        "shpat_" + hexa(32),
    ),
    Token("woocommerce_key", r"c[ks]_[a-f0-9]{16}", r"c[ks]_[a-f0-9]{40}", _WOO, "cs_" + hexa(40)),
    Token(
        "duffel_token",
        r"duffel_(?:live|test)_",
        r"duffel_(?:live|test)_[A-Za-z0-9_=-]{40,50}",
        _DUFFEL,
        "duffel_test_" + mixed(43),
        CHANGING,
    ),
    Token(
        "shippo_token",
        r"shippo_(?:live|test)_",
        r"shippo_(?:live|test)_[a-fA-F0-9]{40}",
        _SHIPPO,
        "shippo_live_" + hexa(40),
    ),
    Token("easypost_key", r"EZ[AT]K[A-Za-z0-9]", r"EZ[AT]K[A-Za-z0-9]{54}", _EASYPOST, "EZAK" + mixed(54)),
    Token(
        "secret_token_uri",
        r"secret-token:",
        r"secret-token:[A-Za-z0-9._~%!$&*+=:@/-]{8,300}",
        _RFC8959,
        "secret-token:mercury_production_" + mixed(40),
        CHANGING,
    ),
)
