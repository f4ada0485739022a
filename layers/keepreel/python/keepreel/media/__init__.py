"""Images, video files, uploads and storage."""
