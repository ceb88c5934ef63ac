"""`entourage hooks`: put our hooks into the settings of coding agents, take them out, deliver what they kept."""
