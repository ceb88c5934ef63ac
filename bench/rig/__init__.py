"""What the gateway's benchmark stands on: a bounded upstream, a load generator, and the other gateways."""
