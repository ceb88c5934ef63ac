"""The AI gateway: providers and keys, models by name, prices, embeddings, and the model that needs no provider."""
