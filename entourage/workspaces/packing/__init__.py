"""Archives: packing what is in a workspace, and unpacking what strangers packed."""
