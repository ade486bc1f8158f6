"""One module per command, named after it. Slow imports go inside functions: `fleet --help` imports every module."""
