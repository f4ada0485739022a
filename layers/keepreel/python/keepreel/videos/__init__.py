"""What users do with videos: create, list, share, cancel, delete."""
