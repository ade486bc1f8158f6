"""Names of credentials, and the values under them that are none."""

from __future__ import annotations

from fleet.source.secrets import NAMED, find_named

SECRET = {
    "DB_PASS": "hunter2",
    "DB_PASS_PROD": "x",
    "DB_PWD": "x",
    "DB_PASSWORD": "123456",
    "MYSQL_PASSWORD": "dummy",
    "ROOT_PASSWORD": "${ROOT:-hunter2}",
    "POSTGRES_PASSWORD": "changeme",
    "PASSWORD2": "hunter2hunter2",
    "PASSWORD_HASH": "abc",
    "rootPassword": "x",
    "requirepass": "x",
    "db-password": "x",
    "SecretKey": "hunter2",
    "REDIS_AUTH": "hunter2",
    "NEO4J_AUTH": "neo4j/hunter2",
    "AUTH": "u:p",
    "JWT_SALT": "abc",
    "OPENAI_API_KEY": "changeme",
    "API_KEY": "123e4567-e89b-12d3-a456-426614174000",
    "KEY_BASE64": "x1",
    "apikey": "x1",
    "API_TOKENS": "a,b",
    "TOKEN_GITHUB": "x1",
    "TS_AUTHKEY": "x1",
    "AWS_ACCESS_KEY_ID": "x1",
    "VAULT_SECRET_ID": "x1",
}
FREE = [
    ("AUTHENTICATION_APIKEY_ENABLED", "true"),
    ("ACCESS_TOKEN_EXPIRE_MINUTES", "60"),
    ("PASSWORD_AUTH", "0"),
    *(("OPENAI_API_KEY", value) for value in ("none", "EMPTY", "dummy", "ollama", "<your key>", "${API_KEY}")),
    ("TLS_KEY", "server.key"),
    *(("DB_PASSWORD", value) for value in ("", "none", "true", "/run/secrets/db", "***")),
    ("DB_PASSWORD_FILE", "hunter2"),
    ("PASSWORD_MIN_LENGTH", "12"),
    ("API_KEY", "projects/p/secrets/s/versions/1"),
    ("API_KEY_HEADER", "X-Api-Key"),
    ("MAX_TOKENS", "4096"),
    ("STOP_TOKENS", "</s>"),
    ("TOKENIZER", "x/y"),
    ("TOKEN_ENDPOINT", "https://x/y"),
    ("TOKEN_CLASSIFIER", "dslim/bert"),
    ("SORT_KEY", "created"),
    ("SSH_PUBLIC_KEY", "ssh-ed25519 A"),
    ("MONKEY", "banana"),
    ("KEYBOARD", "us"),
    ("AUTH_TYPE", "basic"),
    ("BASIC_AUTH", "none"),
    ("KEYCLOAK_AUTH_URL", "http://x"),
    ("AUTHOR", "me"),
    ("DB_BYPASS", "yes please"),
    ("COMPASS", "north"),
    ("SECRET_NAME", "x"),
    ("SECRETARY", "x"),
]  # fmt: skip


def test_a_value_under_a_credential_s_name_is_one() -> None:
    assert {name: find_named(name, value) for name, value in SECRET.items()} == dict.fromkeys(SECRET, NAMED)


def test_switches_placeholders_paths_and_other_names_pass() -> None:
    assert [(name, value) for name, value in FREE if find_named(name, value)] == []
