"""Formats of credentials: the one list that the loader, rule F04 and every output read.

The formats of the vendors are those of two kept lists, detect-secrets 1.5 (Apache-2.0) and gitleaks 8.25 (MIT), written
as patterns of our own: both lists have patterns that take quadratic time in Python. A test generates credentials from
every pattern of the detect-secrets installed, so that an update with a new format fails until it is here.

Every pattern takes linear time: it starts at the start of a word, and nothing must follow its last repeat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

VENDORS: tuple[tuple[str, str], ...] = (
    ("model provider's key", r"sk-(?!no-key-(?:required|needed))[\w-]{16,}"),
    ("model provider's key", r"(?:gsk_|xai-|pplx-|r8_|nvapi-|fw_|tgp_v1_|csk-|lsv2_[ps]t_|e2b_|wandb_v1_)[\w-]{20,}"),
    ("Hugging Face token", r"(?:hf_|api_org_)[A-Za-z0-9]{20,}"),
    ("GitHub token", r"gh[pousr]_[A-Za-z0-9_]{20,}"),
    ("GitHub token", r"github_pat_\w{20,}"),
    ("GitLab token", r"(?:gl(?:pat|dt|ft|soat|rt|imt|ptt|agent|oas|ffct|cbt)-|GR1348941)[\w-]{18,}"),
    ("AWS access key", r"(?:A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[A-Z0-9]{16}"),
    ("AWS Bedrock key", r"ABSK[A-Za-z0-9+/]{60,}"),
    ("AWS Bedrock key", r"bedrock-api-key-[A-Za-z0-9+/=]{20,}"),
    ("Google key", r"AIza[\w-]{30,}"),
    ("Google key", r"GOCSPX-[\w-]{20,}"),
    ("Google key", r"ya29\.[\w-]{20,}"),
    ("Azure key", r"[\w.~]{3}\dQ~[\w.~-]{31,34}"),
    ("Alibaba access key", r"LTAI[A-Za-z0-9]{16,}"),
    ("Slack token", r"(?i:xox[a-z](?:\.xox[bp])?-[A-Z0-9-]{6,}|xapp-\d-[A-Z0-9-]{10,})"),
    ("Slack webhook", r"(?i:hooks\.slack\.com/(?:services|workflows|triggers)/[\w/+]{6,})"),
    ("Discord webhook", r"discord(?:app)?\.com/api/webhooks/\d{10,25}/[\w-]{20,}"),
    ("Teams webhook", r"webhook\.office\.com/webhookb2/[\w@/-]{30,}"),
    ("Discord token", r"[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27}"),
    ("Telegram token", r"(?:bot)?\d{8,10}:[\w-]{35}"),
    ("Stripe key", r"[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10,}"),
    ("Stripe key", r"whsec_[A-Za-z0-9]{20,}"),
    ("Square key", r"sq0(?:csp|atp)-[\w\\-]{22,}"),
    ("Shopify token", r"shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}"),
    ("Twilio key", r"(?:AC|SK)[a-z0-9]{32}(?![A-Za-z0-9])"),
    ("SendGrid key", r"SG\.[\w-]{16,}\.[\w-]{16,}"),
    ("Mailchimp key", r"[0-9a-z]{32}-us\d{1,2}"),
    ("Mailgun key", r"key-[0-9a-f]{32}"),
    ("Brevo key", r"xkeysib-[a-f0-9]{64}"),
    ("npm token", r"npm_[A-Za-z0-9]{30,}"),
    ("PyPI token", r"pypi-[\w-]{50,}"),
    ("RubyGems key", r"rubygems_[a-f0-9]{40,}"),
    ("Clojars token", r"CLOJARS_[A-Za-z0-9]{50,}"),
    ("Docker Hub token", r"dck(?:r_pat|r_oat|s_oat)_[\w-]{20,}"),
    ("Artifactory key", r"AKC[A-Za-z0-9]{10,}"),
    ("Artifactory key", r"cmVmd[A-Za-z0-9]{59}"),
    ("HashiCorp token", r"hv[bsr]\.[\w-]{20,}"),
    ("HashiCorp token", r"[A-Za-z0-9]{14}\.atlasv1\.[\w=-]{50,}"),
    ("DigitalOcean token", r"do[opr]_v1_[a-fA-F0-9]{50,}"),
    ("Databricks token", r"dapi[a-f0-9]{32}"),
    ("Fly.io token", r"fo1_[\w-]{40,}"),
    ("Fly.io token", r"fm[12][ar]?_[A-Za-z0-9+/]{60,}"),
    ("Heroku key", r"HRKU-[\w-]{30,}"),
    ("PlanetScale token", r"pscale_(?:tkn|oauth|pw)_[\w=.-]{30,}"),
    ("Supabase key", r"sbp_[a-f0-9]{40}"),
    ("Supabase key", r"sb_secret_[\w-]{20,}"),
    ("Cloudflare key", r"v1\.0-[a-f0-9]{24}-[a-f0-9]{100,}"),
    ("Pulumi token", r"pul-[a-f0-9]{40}"),
    ("Tailscale key", r"tskey-[a-z]{3,12}-[\w-]{16,}"),
    ("1Password key", r"ops_eyJ[A-Za-z0-9+/]{50,}"),
    ("1Password key", r"A3-[A-Z0-9]{6}-[A-Z0-9]{6}-?[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}"),
    ("Doppler token", r"dp\.(?:pt|st|ct|sa|scim|audit)\.[\w.-]{30,}"),
    ("Grafana token", r"gl(?:sa|c)_[\w+/]{32,}"),
    ("Grafana token", r"eyJrIjoi[A-Za-z0-9]{40,}"),
    ("Dynatrace token", r"dt0[a-z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{40,}"),
    ("Sentry token", r"sntry[su]_[\w+/=]{40,}"),
    ("New Relic key", r"NRAK-[A-Z0-9]{20,}"),
    ("Atlassian token", r"ATATT3[\w=-]{50,}"),
    ("Atlassian token", r"ATCTT3[\w=-]{50,}"),
    ("Linear key", r"lin_(?:api|oauth)_[A-Za-z0-9]{30,}"),
    ("Notion token", r"ntn_[A-Za-z0-9]{30,}"),
    ("Notion token", r"secret_[A-Za-z0-9]{43}(?![\w-])"),
    ("Airtable token", r"pat[A-Za-z0-9]{14}\.[a-f0-9]{64}"),
    ("Postman key", r"PMAK-[a-fA-F0-9]{24}-[a-fA-F0-9]{34}"),
    ("Prefect key", r"pnu_[A-Za-z0-9]{30,}"),
    ("OpenShift token", r"sha256~[\w-]{40,}"),
    ("age key", r"AGE-SECRET-KEY-1[A-Z0-9]{30,}"),
    ("Meta token", r"EAA[A-Z][A-Za-z0-9]{80,}"),
    ("Adobe secret", r"p8e-[a-zA-Z0-9]{32}"),
    ("EasyPost key", r"EZ[AT]K[A-Za-z0-9]{54}"),
    ("Shippo token", r"shippo_(?:live|test)_[a-fA-F0-9]{40}"),
    ("ReadMe token", r"rdme_[a-z0-9]{60,}"),
    ("Sourcegraph token", r"sgp_(?:[a-fA-F0-9]{16}_|local_)?[a-fA-F0-9]{40}"),
    ("Octopus key", r"API-[A-Z0-9]{26,}"),
    ("SoftLayer key", r"(?i:api\.softlayer\.com/soap/v3(?:.1)?/[a-z0-9]{64})"),
    ("Firebase key", r"AAAA[\w-]{7}:[\w-]{100,}"),
    ("password hash", r"\$(?:apr1|2[abxy]|[156y])\$[\w./$=,+-]{20,}"),
    ("password hash", r"\$argon2(?:id?|d)\$[\w./$=,+-]{20,}"),
    # A test encodes these.
    (
        "private key",
        r"LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0Eg|BFQyBQ|BPUEVOU1NI|BEU0Eg|BFTkNSWVBURUQ|BQR1AgUFJJ|BTU0gyIEVOQ1)",
    ),
)  # fmt: skip
"""(kind, pattern), each to be found at the start of a word. Without alternatives at its top, a pattern is tried only
where its first character is."""

SHORTEST = 11
"""Characters of the shortest format: xoxb-1-2-abc."""

_WORDS = re.compile(
    f"(?<![A-Za-z0-9])(?=[A-Za-z0-9$][\\w.:$~-]{{4}}\\S{{{SHORTEST - 5}}})(?:"
    + "|".join(f"{pattern}(?P<k{number}>)" for number, (_, pattern) in enumerate(VENDORS))
    + ")",
    re.ASCII,
)
_WEB_TOKEN = re.compile(r"(?<![\w-])eyJ[\w-]{10,}+\.[\w-]{6,}[\w.-]*", re.ASCII)
_PRIVATE_KEY = re.compile(r"BEGIN [A-Z0-9]{0,20} ?[A-Z0-9]{0,20} ?PRIVATE KEY|PuTTY-User-Key-File-\d")
Span = tuple[int, int, str]
"""(start, end, kind) of a credential in a text."""


def formats(text: str) -> Iterator[Span]:
    """Credentials that are known by their format."""
    if len(text) >= SHORTEST:
        for found in _WORDS.finditer(text):
            yield found.start(), found.end(), VENDORS[int(str(found.lastgroup)[1:])][0]
        if "eyJ" in text:
            yield from ((found.start(), found.end(), "web token") for found in _WEB_TOKEN.finditer(text))
        if "KEY" in text or "-Key-" in text:
            yield from ((found.start(), found.end(), "private key") for found in _PRIVATE_KEY.finditer(text))
