"""`beatlab sweep`: many scenarios by Hydra's own grammar, each once, whatever happens on the way."""
