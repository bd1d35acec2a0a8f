"""Evidence bundles: build, sign, so that a stranger can verify offline."""
