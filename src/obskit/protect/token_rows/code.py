"""Forges, package registries, build servers, infrastructure as code, and stores of secrets."""

from __future__ import annotations

from obskit.protect.token_rows.bodies import digits, hexa, lower, mixed, upper, uuid
from obskit.protect.token_rows.row import CHANGING, DIGIT, FILLED, MIXED, Token

_GITHUB = "GitHub Docs, About authentication to GitHub, token formats: https://docs.github.com/en/authentication"
_GITLAB = "GitLab Docs, Token overview, token prefixes: https://docs.gitlab.com/security/tokens/"
_ATLASSIAN = "Atlassian Support, Manage API tokens: https://support.atlassian.com/atlassian-account/docs/"
_BITBUCKET = "Bitbucket Cloud, App passwords and access tokens: https://support.atlassian.com/bitbucket-cloud/docs/"
_BITBUCKET_DC = "Bitbucket Data Center, HTTP access tokens: https://confluence.atlassian.com/bitbucketserver/"
_SOURCEGRAPH = "Sourcegraph Docs, Secret formats: https://sourcegraph.com/docs/"
_NPM = "GitHub, npm has a new access token format: https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/"
_PYPI = "Python packaging, the .pypirc file: https://packaging.python.org/en/latest/specifications/pypirc/"
_RUBYGEMS = "RubyGems Guides, API key scopes: https://github.com/rubygems/guides"
_CRATES = "Cargo, publishing: https://doc.rust-lang.org/cargo/reference/publishing.html"
_NUGET = "NuGet, Scoped API keys: https://learn.microsoft.com/nuget/nuget-org/scoped-api-keys"
_CLOJARS = "Clojars, Deploy tokens: https://github.com/clojars/clojars-web/wiki/Deploy-Tokens"
_PACKAGIST = "Private Packagist, Authentication tokens: https://packagist.com/docs"
_DENO = "Deno Deploy, Access tokens: https://docs.deno.com/deploy/"
_OPENVSX = "Open VSX, Access tokens: https://github.com/eclipse/openvsx/wiki/Publishing-Extensions"
_DOCKER = "Docker Docs, Personal and organization access tokens: https://docs.docker.com/security/access-tokens/"
_SWARM = "Docker Docs, Swarm join tokens and lock key: https://docs.docker.com/engine/swarm/"
_JFROG = "JFrog Platform, API keys and reference tokens: https://jfrog.com/help/"
_CIRCLECI = "CircleCI Docs, Managing API tokens: https://circleci.com/docs/managing-api-tokens/"
_BUILDKITE = "Buildkite Docs, Token security: https://buildkite.com/docs/platform/security/tokens"
_HARNESS = "Harness Developer Hub, API keys: https://developer.harness.io/docs/platform/automation/api/"
_OCTOPUS = "Octopus Deploy, API keys: https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key"
_VAULT = "HashiCorp Vault, Tokens, token prefixes: https://developer.hashicorp.com/vault/docs/concepts/tokens"
_TERRAFORM = "HCP Terraform, API tokens: https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens"
_PULUMI = "Pulumi Docs, Access tokens: https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/"
_INFRACOST = "Infracost Docs, API keys: https://www.infracost.io/docs/"
_OPENSHIFT = "OpenShift Docs, OAuth access tokens: https://docs.openshift.com/"
_RANCHER = "Rancher Docs, API keys: https://ranchermanager.docs.rancher.com/reference-guides/user-settings/api-keys"
_DOPPLER = "Doppler Docs, Auth token formats: https://docs.doppler.com/reference/auth-token-formats"
_ONEPASSWORD = "1Password Developer, Service accounts: https://developer.1password.com/docs/service-accounts/"
_ONEPASSWORD_KEY = "1Password, About your Secret Key: https://support.1password.com/secret-key-security/"
_BITWARDEN = "Bitwarden Secrets Manager, Access tokens: https://bitwarden.com/help/access-tokens/"
_INFISICAL = "Infisical Docs, Service tokens: https://infisical.com/docs/documentation/platform/token"
_AGE = "age, Format of identities: https://age-encryption.org/v1"
_TAILSCALE = "Tailscale Docs, Key prefixes: https://tailscale.com/kb/1277/key-prefixes"
_SONAR = "SonarQube Docs, Managing your tokens: https://docs.sonarsource.com/sonarqube-server/"
_SNYK = "Snyk Docs, Authentication for API: https://docs.snyk.io/snyk-api/authentication-for-api"
_SOCKET = "Socket Docs, API tokens: https://docs.socket.dev/"
_POSTMAN = (
    "Postman Docs, Postman API authentication: https://learning.postman.com/docs/developer/postman-api/authentication/"
)
_PREFECT = "Prefect Docs, Manage API keys: https://docs.prefect.io/v3/how-to-guides/cloud/manage-users/api-keys"

ROWS: tuple[Token, ...] = (
    # An installation token may be a JSON Web Token behind its prefix.
    Token(
        "github_token",
        r"ghs_[A-Za-z0-9]{1,40}_eyJ",
        r"ghs_[A-Za-z0-9]{1,40}_eyJ[A-Za-z0-9_-]{10,500}\.[A-Za-z0-9_-]{10,900}\.[A-Za-z0-9_-]{10,900}",
        _GITHUB,
        f"ghs_{digits(6)}_eyJ{mixed(30)}.eyJ{mixed(60)}.{mixed(86)}",
    ),
    Token(
        "github_token",
        r"ghs_eyJ",
        r"ghs_eyJ[A-Za-z0-9_-]{10,500}\.[A-Za-z0-9_-]{10,900}\.[A-Za-z0-9_-]{10,900}",
        _GITHUB,
        f"ghs_eyJ{mixed(30)}.eyJ{mixed(60)}.{mixed(86)}",
    ),
    Token("github_token", r"gh[pousr]_", r"gh[pousr]_[A-Za-z0-9]{36,255}", _GITHUB, "ghp_" + mixed(36), FILLED),
    Token(
        "github_token",
        r"github_pat_",
        r"github_pat_[A-Za-z0-9_]{36,255}",
        _GITHUB,
        f"github_pat_{mixed(22)}_{mixed(59)}",
        CHANGING,
    ),
    # Job tokens name their partition; newer tokens are routable: a body, its length and a checksum, between dots.
    Token(
        "gitlab_token",
        r"gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|soat|agent|imt|ffct|wt)-",
        r"gl(?:pat|oas|dt|rtr?|cbt|ptt|ft|soat|agent|imt|ffct|wt)-[A-Za-z0-9_=-]{20,300}(?:\.[A-Za-z0-9]{2})?(?:\.[A-Za-z0-9]{2,9}){0,2}",
        _GITLAB,
        f"glpat-{mixed(20)}",
        MIXED,
    ),
    Token("gitlab_token", r"GR1348941", r"GR1348941[A-Za-z0-9_-]{20,50}", _GITLAB, "GR1348941" + mixed(20)),
    Token(
        "atlassian_token",
        r"AT[ACS]TT3",
        r"AT[ACS]TT3[A-Za-z0-9_=-]{60,400}",
        _ATLASSIAN,
        f"ATATT3xFfGF0{mixed(170)}=1A2B3C4D",
    ),
    Token("atlassian_token", r"ATBB", r"ATBB[A-Za-z0-9]{24,40}", _BITBUCKET, f"ATBB{mixed(24)}0123ABCD", CHANGING),
    Token("atlassian_token", r"BBDC-", r"BBDC-[A-Za-z0-9+/@_-]{40,60}", _BITBUCKET_DC, "BBDC-" + mixed(44), CHANGING),
    Token("trello_token", r"ATTA", r"ATTA[a-f0-9]{64,80}", _ATLASSIAN, "ATTA" + hexa(72)),
    Token(
        "sourcegraph_token",
        r"sgp_(?:local_)?[a-f0-9]{8}",
        r"sgp_(?:(?:[a-f0-9]{16}|local)_)?[a-f0-9]{40}",
        _SOURCEGRAPH,
        f"sgp_{hexa(16)}_{hexa(40)}",
    ),
    Token("npm_token", r"npm_[A-Za-z0-9]{8}", r"npm_[A-Za-z0-9]{36,72}", _NPM, "npm_" + mixed(36), FILLED),
    Token("pypi_token", r"pypi-AgE", r"pypi-AgE[A-Za-z0-9_-]{40,500}", _PYPI, "pypi-AgEIcHlwaS5vcmc" + mixed(150)),
    Token("rubygems_token", r"rubygems_", r"rubygems_[a-f0-9]{48}", _RUBYGEMS, "rubygems_" + hexa(48)),
    Token("crates_token", r"cio[A-Za-z0-9]{12}", r"cio[A-Za-z0-9]{32}", _CRATES, "cio" + mixed(32), MIXED),
    Token("nuget_key", r"oy2[a-z0-9]{12}", r"oy2[a-z0-9]{43}", _NUGET, "oy2" + lower(43), MIXED),
    Token("clojars_token", r"CLOJARS_", r"CLOJARS_[a-z0-9]{60}", _CLOJARS, "CLOJARS_" + lower(60)),
    Token(
        "packagist_token",
        r"packagist_[a-z]{3}_",
        r"packagist_[a-z]{3}_[a-f0-9]{60,80}",
        _PACKAGIST,
        "packagist_ort_" + hexa(68),
    ),
    Token("deno_token", r"dd[op]_[A-Za-z0-9]{8}", r"dd[op]_[A-Za-z0-9]{36}", _DENO, "ddp_" + mixed(36), MIXED),
    Token("openvsx_token", r"ovsx[ap]t_", r"ovsx[ap]t_[a-f0-9-]{36}", _OPENVSX, "ovsxat_" + uuid()),
    Token(
        "docker_token", r"dckr_[op]at_", r"dckr_[op]at_[A-Za-z0-9_-]{24,64}", _DOCKER, "dckr_pat_" + mixed(27), CHANGING
    ),
    Token(
        "docker_swarm_key",
        r"SWM(?:TKN|KEY)-1-",
        r"SWM(?:TKN-1-[a-z0-9]{40,60}-[a-z0-9]{20,30}|KEY-1-[A-Za-z0-9+/]{43})",
        _SWARM,
        f"SWMTKN-1-{lower(50)}-{lower(25)}",
    ),
    Token("jfrog_token", r"AKCp", r"AKCp[A-Za-z0-9]{60,80}", _JFROG, "AKCp8" + mixed(68)),
    Token("jfrog_token", r"cmVmdGtu", r"cmVmdGtu[A-Za-z0-9]{50,70}", _JFROG, "cmVmdGtuOjAx" + mixed(52)),
    Token(
        "circleci_token",
        r"CCI(?:PAT|PRJ)_",
        r"CCI(?:PAT|PRJ)_[A-Za-z0-9]{20,24}_[a-f0-9]{40}",
        _CIRCLECI,
        f"CCIPAT_{mixed(22)}_{hexa(40)}",
    ),
    Token(
        "buildkite_token",
        r"bk[a-z]{2}_[A-Za-z0-9]{8}",
        r"bk[a-z]{2}_[A-Za-z0-9_-]{36,300}(?:\.[A-Za-z0-9_-]{10,400}){0,2}",
        _BUILDKITE,
        "bkua_" + hexa(40),
        CHANGING,
    ),
    Token(
        "harness_token",
        r"[ps]at\.[A-Za-z0-9_-]{22}\.",
        r"[ps]at\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9]{24}\.[A-Za-z0-9]{20}",
        _HARNESS,
        f"pat.{mixed(22)}.{hexa(24)}.{mixed(20)}",
    ),
    Token("octopus_key", r"API-[A-Z0-9]{16}", r"API-[A-Z0-9]{25,40}", _OCTOPUS, "API-" + upper(30), DIGIT),
    Token("vault_token", r"hv[sbr]\.", r"hv[sbr]\.[A-Za-z0-9_-]{24,500}", _VAULT, "hvs." + mixed(95), CHANGING),
    Token(
        "terraform_token",
        r"\.atlasv1\.",
        r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{50,80}",
        _TERRAFORM,
        f"{mixed(14)}.atlasv1.{mixed(67)}",
    ),
    Token("pulumi_token", r"pul-[a-f0-9]{8}", r"pul-[a-f0-9]{40}", _PULUMI, "pul-" + hexa(40)),
    Token("infracost_key", r"ico-[A-Za-z0-9]{16}", r"ico-[A-Za-z0-9]{32}", _INFRACOST, "ico-" + mixed(32), MIXED),
    Token("openshift_token", r"sha256~", r"sha256~[A-Za-z0-9_-]{43}", _OPENSHIFT, "sha256~" + mixed(43)),
    Token(
        "rancher_token", r"token-[a-z0-9]{5}:", r"token-[a-z0-9]{5}:[a-z0-9]{54}", _RANCHER, f"token-abcde:{lower(54)}"
    ),
    Token(
        "doppler_token",
        r"dp\.(?:pt|st|ct|sa|scim|audit|said)\.",
        r"dp\.(?:pt|st|ct|sa|scim|audit|said)\.(?:[A-Za-z0-9_-]{2,35}\.)?[A-Za-z0-9]{40,44}",
        _DOPPLER,
        f"dp.st.dev.{mixed(43)}",
    ),
    Token(
        "onepassword_token", r"ops_eyJ", r"ops_eyJ[A-Za-z0-9+/_-]{200,900}={0,3}", _ONEPASSWORD, "ops_eyJ" + mixed(300)
    ),
    Token(
        "onepassword_key",
        r"A3-[A-Z0-9]{6}-",
        r"A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}",
        _ONEPASSWORD_KEY,
        "A3-EXAMPL-EXAMPL-BODY2-BODY3-BODY4-BODY5",
    ),
    Token(
        "bitwarden_token",
        r"0\.[a-f0-9]{8}-",
        r"0\.[a-f0-9]{8}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{4}-[a-f0-9]{12}\.[A-Za-z0-9]{30}:[A-Za-z0-9+/]{22}={0,2}",
        _BITWARDEN,
        f"0.{uuid()}.{mixed(30)}:{mixed(22)}==",
    ),
    Token(
        "infisical_token",
        r"st\.[a-f0-9]{24}\.",
        r"st\.[a-f0-9]{24}\.[a-f0-9]{32}\.[a-f0-9]{32}",
        _INFISICAL,
        f"st.{hexa(24)}.{hexa(32)}.{hexa(32)}",
    ),
    Token("age_key", r"AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{58}", _AGE, "AGE-SECRET-KEY-1" + upper(58)),
    Token(
        "tailscale_key",
        r"tskey-",
        r"tskey-(?:[a-z]{2,12}-)?[A-Za-z0-9]{6,30}(?:-[A-Za-z0-9]{16,80})?",
        _TAILSCALE,
        f"tskey-auth-{mixed(11)}CNTRL-{mixed(32)}",
        CHANGING,
    ),
    Token("sonar_token", r"sq[upa]_[a-f0-9]{8}", r"sq[upa]_[a-f0-9]{40}", _SONAR, "squ_" + hexa(40)),
    Token(
        "snyk_token",
        r"snyk_[a-z]{2,6}\.",
        r"snyk_[a-z]{2,6}\.[A-Za-z0-9._-]{40,200}",
        _SNYK,
        f"snyk_uat.{hexa(8)}.{mixed(80)}",
    ),
    Token("socket_token", r"sktsec_", r"sktsec_[A-Za-z0-9_-]{30,80}", _SOCKET, "sktsec_" + mixed(46), CHANGING),
    Token(
        "postman_key",
        r"PMA[KT]-",
        r"PMA[KT]-(?:[A-Fa-f0-9]{24}-[A-Fa-f0-9]{34}|[A-Z0-9]{26})",
        _POSTMAN,
        f"PMAK-{hexa(24)}-{hexa(34)}",
    ),
    Token("prefect_key", r"pn[ua]_[A-Za-z0-9]{8}", r"pn[ua]_[A-Za-z0-9]{36}", _PREFECT, "pnu_" + mixed(36), MIXED),
)
