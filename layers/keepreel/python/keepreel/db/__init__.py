"""DynamoDB: tables, records, status transitions, quotas."""
