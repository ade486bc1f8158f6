"""Credentials in texts and commands, and what only looks like one. Every credential is made up, and put together here,
so that no scanner takes this file for a leak."""

from __future__ import annotations

import base64

from fleet.source.redaction import HIDDEN, redacted
from fleet.source.secrets import find_secret, secret_words

WORD = "hunter2"
HELD = [
    "github" + "_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz",
    "glpat" + "-abcdefghij1234567890",
    "sk_" + "live_abcdefghij1234567890abcd",
    "npm" + "_abcdefghijabcdefghijabcdefghijabcdef",
    f"redis://:{WORD}@db:6379",
    "https://tok3n" + "abcdefg@github.com/x.git",
    "postgres://u:p:w@db",
    f"Server=db;User Id=sa;Password={WORD};",
    "Endpoint=sb://x/;SharedAccessKey=abcdefgh=",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abc/def==;",
    f"--password={WORD}",
    f"https://x/?token={WORD}",
    "https://x/?key=" + "A" * 24,
    "//npm.example.org/:_authToken=abcdef",
    "Authorization: Bearer abcdefgh",
    f"X-Api-Key: {WORD}",
    f"curl -H 'X-Api-Key: {WORD}' http://x",
    '{"auths":{"ghcr.io":{"auth":"dXNlcjpwYXNz"}}}',
    f'{{"a":"b","password":"{WORD}"}}',
    f"a: b\npassword: {WORD}\nc: d",
    f"PGPASSWORD={WORD} psql",
    "export DB_PASS='hunter 2'",
    f"mysql --password {WORD} -h x",
    "machine x login y password z123",
    f"PASSWORD=${{DB_PASSWORD:-{WORD}}}",
    "Basic " + base64.b64encode(f"user:{WORD}".encode()).decode(),
    f"curl -H 'Cookie: session={WORD}{WORD}' http://x",
    "-----BEGIN " + "OPENSSH PRIVATE KEY-----",
    "admin:$apr1$" + "abcdefgh$abcdefghijklmnopqrstuv",
]
KEYS = ("PRIVATE", "RSA PRIVATE", "EC PRIVATE", "OPENSSH PRIVATE", "DSA PRIVATE", "ENCRYPTED PRIVATE", "PGP PRIVATE")
FREE = [
    "",
    "sk-short",
    "ssh://owner@192.168.1.10",
    "https://alice@bitbucket.org/x.git",
    f"https://{'01ab' * 8}@o1.ingest.sentry.io/45",
    "postgres://app:${DB_PASSWORD}@db",
    "http://user:<password>@host/",
    "https://x/?token=${TOKEN}",
    "https://example.org/docs?key=users",
    "sha256:" + "a1" * 32,
    "ghcr.io/acme/agent@sha256:" + "0f" * 32,
    "123e4567-e89b-12d3-a456-426614174000",
    "GPU-8f6d2c4e-1a2b-3c4d-5e6f-7a8b9c0d1e2f",
    "meta-llama/Llama-3.1-8B",
    "--max-tokens=4096",
    "--api-key=$API_KEY",
    "--api-key-file=/run/secrets/x",
    "--secret=anthropic-api-key",
    "Authorization: Bearer ${TOKEN}",
    "Authorization: Bearer $(cat /run/secrets/x)",
    "mysql --password $(cat /run/secrets/x)",
    "kubectl create secret generic anthropic-api-key --from-file=value=FILE",
    "a description: of a token: which opens",
    "the token is read from a file",
    "sort --key 2",
    "-----BEGIN CERTIFICATE-----",
    base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIabc").decode(),
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE",
    "api-key: none",
    "sk-no-key-required",
    "task-management-of-agents-and-more",
    "Basic authentication",
    "Basic dGVzdGluZ3Rlc3Rpbmc=",
    "Basic Y2Fmw6k6",
    "Cookie: none",
    "export API_KEY=`cat /run/secrets/key`",
]


def test_a_credential_is_found_wherever_it_hides_and_redacted() -> None:
    encoded = [base64.b64encode(f"-----BEGIN {key} KEY BLOCK-----\nMIIabcdef".encode()).decode() for key in KEYS]
    assert [text for text in (*HELD, *encoded) if not find_secret(text)] == []
    for text in (*HELD, *encoded):
        hidden = redacted(text)
        assert HIDDEN in hidden, text
        assert WORD not in hidden, text
        assert redacted(hidden) == hidden, text


def test_what_only_looks_like_a_credential_passes() -> None:
    assert {text: kind for text in FREE if (kind := find_secret(text))} == {}
    assert [text for text in FREE if redacted(text) != text] == []


def test_a_command_s_words_are_searched_with_their_options() -> None:
    held = [
        ["redis-cli", "-a", WORD, "ping"],
        ["curl", "-u", f"a:{WORD}", "http://x"],
        ["sh", "-c", f"redis-cli -a {WORD} ping"],
        ["sh", "-c", f"'curl' -u \"a:{WORD}\" x"],
        ["serve", "--api-key", WORD],
        ["redis-server", "--requirepass", WORD],
        ["mysqladmin", f"-p{WORD}", "ping"],
        ["CMD-SHELL", f"mysqladmin ping -p{WORD}"],
        ["sshpass", "-p", WORD],
        ["curl", "-H", f"PRIVATE-TOKEN: {WORD}"],
        ["sh", "-c", f"API_KEY={WORD} exec serve $(date)"],
        ["sh", "-c", f"API_KEY=$(curl -u a:{WORD} http://x) exec serve"],
        ["sh", "-c", f"API_KEY=`redis-cli -a {WORD} get key`"],
        ["sh", "-c", f"serve $(date) --api-key {WORD}"],
    ]
    for command in held:
        found = [command[index] for index, _ in secret_words(command)]
        assert [WORD in word for word in found] == [True], command
    for command in (
        ["serve", "--api-key", "--verbose"],
        ["serve", "--api-key", "$KEY"],
        ["serve", "--key", "a"],
        ["docker", "-u", "1:1"],
        ["sh", "-c", "echo 'a b' && exec x"],
        ["redis-cli", "-a", "${PASSWORD}"],
        ["serve", "--password-file", "x"],
        ["it's", "a b"],
        ["sh", "-c", "export API_KEY=$(cat /run/secrets/t); exec serve"],
        ["sh", "-c", "API_KEY=$(cat /run/secrets/t) exec serve --password $(cat /run/secrets/t)"],
        ["sh", "-c", "API_KEY=`cat /run/secrets/t` exec serve"],
        ["-r /etc/passwd", "torch"],
    ):
        assert list(secret_words(command)) == [], command
