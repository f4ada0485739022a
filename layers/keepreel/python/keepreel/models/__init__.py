"""The model catalog: which models there are, what each accepts and costs, and how long its vendor serves it."""
