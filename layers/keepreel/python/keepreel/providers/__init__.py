"""AI video providers: one package per vendor, one registry."""
