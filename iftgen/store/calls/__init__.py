"""The call store: every reply that was paid for, in a SQLite file or on a Redis server, durable before it is used."""
