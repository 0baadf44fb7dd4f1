"""The API over queues: owners of records that are nobody's yet, each worked by a team."""
