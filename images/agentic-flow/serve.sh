#!/bin/sh
# Serves one model provider on PORT, with GET /health beside it. Exit code 2: the settings cannot work.
set -eu
dist=/app/node_modules/agentic-flow/dist

fail() {
    echo "agentic-flow: $1" >&2
    exit 2
}

# Takes a key from the file that NAME_FILE names, where there is one: so that it stands in no container's description.
# The package itself reads the environment alone.
need_key() {
    eval "file=\${${1}_FILE:-}"
    if [ -n "$file" ]; then
        [ -r "$file" ] || fail "${1}_FILE: $file cannot be read; put the secret there, readable by this container's user"
        value=$(cat "$file")
        export "$1=$value"
    fi
    eval "value=\${$1:-}"
    [ -n "$value" ] || fail "$1: is not set; give the secret to this container"
}

case "$PROVIDER" in
    onnx)
        # Needs no key; the model is fetched at the first request.
        ONNX_PROXY_PORT=$PORT exec node "$dist/proxy/anthropic-to-onnx.js" ;;
    openrouter)
        need_key OPENROUTER_API_KEY
        exec node "$dist/proxy/anthropic-to-openrouter.js" ;;
    gemini)
        need_key GOOGLE_GEMINI_API_KEY
        exec node "$dist/proxy/anthropic-to-gemini.js" ;;
    anthropic)
        # Its API needs no translation: agents are run in this container, and its health tells whether they could work.
        need_key ANTHROPIC_API_KEY
        exec node --input-type=module \
            -e "const { startHealthServer } = await import('$dist/health.js'); startHealthServer(Number('$PORT'))" ;;
    *)
        fail "PROVIDER: is not known ($PROVIDER); use onnx, openrouter, gemini or anthropic" ;;
esac
