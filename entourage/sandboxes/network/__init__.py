"""What a sandbox reaches of the network: nothing, or hosts on a list, through a proxy that looks at each connection."""
