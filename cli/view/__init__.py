"""How results look: for people (text) and for programs (JSON). Views decide nothing."""
