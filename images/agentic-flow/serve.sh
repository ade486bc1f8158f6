#!/bin/sh
# Serves one model provider on PORT, with GET /health beside it. Exit code 2: the settings cannot work.
set -eu
dist=/app/node_modules/agentic-flow/dist

fail() {
    echo "agentic-flow: $1" >&2
    exit 2
}

case "$PROVIDER" in
    onnx)
        # Needs no key; the model is fetched at the first request.
        ONNX_PROXY_PORT=$PORT exec node "$dist/proxy/anthropic-to-onnx.js" ;;
    openrouter)
        [ -n "${OPENROUTER_API_KEY:-}" ] || fail "OPENROUTER_API_KEY: is not set; give the secret to this container"
        exec node "$dist/proxy/anthropic-to-openrouter.js" ;;
    gemini)
        [ -n "${GOOGLE_GEMINI_API_KEY:-}" ] || fail "GOOGLE_GEMINI_API_KEY: is not set; give the secret to this container"
        exec node "$dist/proxy/anthropic-to-gemini.js" ;;
    anthropic)
        # Its API needs no translation: agents are run in this container, and its health tells whether they could work.
        [ -n "${ANTHROPIC_API_KEY:-}" ] || fail "ANTHROPIC_API_KEY: is not set; give the secret to this container"
        exec node --input-type=module \
            -e "const { startHealthServer } = await import('$dist/health.js'); startHealthServer(Number('$PORT'))" ;;
    *)
        fail "PROVIDER: is not known ($PROVIDER); use onnx, openrouter, gemini or anthropic" ;;
esac
