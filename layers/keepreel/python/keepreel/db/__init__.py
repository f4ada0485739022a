"""DynamoDB: tables, video records, status transitions, quotas."""
